"""A gateway process over the departments' real systems, and the pack's resources and grants in force."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.factories.processes import Departments, GatewayProcess, with_database
from tongban.contexts.exchange import api as exchange
from tongban.contexts.identity import api as identity
from tongban.contexts.resources import api as resources
from tongban.kernel.clock import utc_now
from tongban.runtime import settings
from tongban.wire.records import GATEWAY_ROLE
from yunzhou_departments.demo_persons import WANG

PACK = Path(__file__).parents[3] / "packs" / "yunzhou"
FIELDS: dict[str, tuple[str, ...]] = {}


def load_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def gateway_url_of_database() -> str:
    """The test database as gateways reach it: through their own role where the server has it."""
    found = settings.current()
    name = str(connection.settings_dict["NAME"])
    passwords = [found.secrets.gateway_database_password]
    embedded = Path(os.environ["TONGBAN_TEST_SCRATCH"]) / "postgres"
    passwords += [file.read_text(encoding="utf-8") for file in embedded.glob("**/gateway_database_password")]
    for password in passwords:
        url = with_database(found.database_url, name, role=GATEWAY_ROLE, password=password.strip())
        with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=3):
            return url
    return with_database(found.database_url, name)


@pytest.fixture(scope="session")
def departments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Departments]:
    made = Departments(settings.current().database_url, tmp_path_factory.mktemp("departments"), f"x{os.getpid()}")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def gateway(
    departments: Departments, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[GatewayProcess]:
    found = settings.current()
    found.connections_file.write_text(json.dumps(departments.connections), encoding="utf-8")
    with django_db_blocker.unblock():
        url = gateway_url_of_database()
    process = GatewayProcess({"TONGBAN_GATEWAY_DATABASE_URL": url})
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def loaded_city(
    gateway: GatewayProcess, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[GatewayProcess]:
    """The pack's departments, resources and grants, committed for the tests of one file and removed after them."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        replaced = dataclasses.replace(settings.current(), gateway_port=gateway.port, gateway_url=gateway.url)
        patch.setattr(settings, "current", lambda: replaced)
        identity.load_organisations(load_yaml(PACK / "organisations.yaml")["organisations"])
        documents = [load_yaml(path) for path in sorted((PACK / "resources").glob("*.yaml"))]
        resources.load_resources(documents, pack="yunzhou", now=utc_now())
        load_grants()
        FIELDS.update({code: tuple(sorted(names)) for code, names in resources.check_resources(documents).items()})
        eventually(lambda: probe() == "ok", "the policy is in force")
        yield gateway
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database without a transaction around the test: a gateway sees only what is committed."""
    with django_db_blocker.unblock():
        assert str(connection.settings_dict["NAME"]).startswith("test_")
        yield


@pytest.fixture
def city(db: None, loaded_city: GatewayProcess) -> GatewayProcess:
    """The loaded city with no record of anybody's reads."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE exchange_record")
    return loaded_city


def load_grants() -> None:
    """Put the pack's grants in force."""
    exchange.load_grants(load_yaml(PACK / "grants.yaml")["grants"], pack="yunzhou", now=utc_now())


def probe() -> str:
    [outcome] = read(("police.identity-check", {"id_number": WANG.id_number, "name": WANG.name}))
    return "ok" if isinstance(outcome, exchange.Reading) else outcome.code


def eventually(holds: Callable[[], bool], what: str, *, seconds: float = 15) -> float:
    """Wait until something holds. Returns how long it took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if holds():
            return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def ticket_for(*names: str, subject: str = WANG.id_number, **facts: Any) -> exchange.Purpose:
    """An application's purpose that names these resources with all their fields."""
    given: dict[str, Any] = {"kind": "application", "reference": "application-1", "service_code": None}
    return exchange.open_purpose(
        subject_id_number=subject,
        reads=[(name, FIELDS[name]) for name in names],
        now=utc_now(),
        **{**given, **facts},
    )


def read(*wanted: tuple[str, dict[str, str]], **facts: Any) -> list[exchange.Reading | exchange.ReadFailure]:
    """Read under a purpose opened for just that."""
    purpose = ticket_for(*(name for name, _ in wanted), **facts)
    return exchange.fetch_many(
        ticket=purpose.ticket, reads=[exchange.Read(name, parameters) for name, parameters in wanted]
    )
