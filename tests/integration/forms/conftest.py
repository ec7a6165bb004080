"""A small city that really runs: three departments' databases, a web service, files, and the gateway before them."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from tests.running import free_port
from tests.staff_entry import enter
from tongban.contexts.cases import api as cases
from tongban.contexts.exchange import api as exchange
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.contexts.resources import api as resources
from tongban.contexts.services import api as services
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id
from tongban.runtime import settings
from yunzhou_departments.__main__ import KEY_FILE
from yunzhou_departments.demo_persons import WANG

PACK = Path(__file__).parents[3] / "packs/yunzhou"
FOLDER = "housing-fund-withdrawal"
SERVICE = "11990000YX0055850B3992105001000"
HOST = "127.0.0.1"


@dataclass
class LiveCity:
    """The running city: how to break a department's connection and mend it again."""

    connections_file: Path
    connections: dict[str, Any]
    gateway_port: int
    broken: list[socket.socket] = field(default_factory=list)

    def write(self, **changed: Any) -> None:
        self.connections_file.write_text(json.dumps({**self.connections, **changed}), encoding="utf-8")
        time.sleep(2.2)  # the gateway looks every two seconds

    def take_down(self, name: str) -> None:
        """Nobody listens at the department's address any more."""
        port = free_port()
        url = f"postgresql://nobody@{HOST}:{port}/none" if name in {"police", "estate"} else f"http://{HOST}:{port}"
        self.write(**{name: url})

    def make_slow(self, name: str) -> None:
        """The department takes the call and never answers."""
        listener = socket.create_server((HOST, 0))
        self.broken.append(listener)
        self.write(**{name: {**_as_entry(self.connections[name]), "url": f"http://{HOST}:{listener.getsockname()[1]}"}})

    def mend(self) -> None:
        for listener in self.broken:
            listener.close()
        self.broken.clear()
        self.write()


def _as_entry(connection: Any) -> dict[str, Any]:
    return connection if isinstance(connection, dict) else {"url": connection}


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_for(check: Callable[[], bool], seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while not check():
        if time.monotonic() > until:
            raise TimeoutError("a process of the city did not become ready")
        time.sleep(0.1)


def dsn(name: str) -> str:
    database = django_settings.DATABASES["default"]
    login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    if str(database["HOST"]).startswith("/"):
        return f"postgresql://{login}@/{name}?host={database['HOST']}&port={database['PORT'] or 5432}"
    return f"postgresql://{login}@{database['HOST']}:{database['PORT'] or 5432}/{name}"


@pytest.fixture(scope="module")
def live_city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[LiveCity]:
    """Start it, load what the tests of one file need, and take everything away after them."""
    folder = tmp_path_factory.mktemp("city")
    with django_db_blocker.unblock():
        names = make_databases()
        processes: list[subprocess.Popen[bytes]] = []
        before = os.environ.get("TONGBAN_GATEWAY_PORT"), os.environ.get("TONGBAN_GATEWAY_URL")
        try:
            city = start(folder, names, processes)
            load_rows()
            wait_for(lambda: answers(city.gateway_port, "/readyz"))
            yield city
        finally:
            stop(processes)
            restore(before)
            call_command("flush", interactive=False, verbosity=0)
            drop_databases(names)


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def restore(before: tuple[str | None, str | None]) -> None:
    for name, value in zip(("TONGBAN_GATEWAY_PORT", "TONGBAN_GATEWAY_URL"), before, strict=True):
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    settings.current.cache_clear()


def make_databases() -> dict[str, str]:
    suffix = secrets.token_hex(4)
    names = {name: f"forms_test_{name}_{suffix}" for name in ("police", "estate", "social", "market")}
    with psycopg.connect(dsn(django_settings.DATABASES["default"]["NAME"]), autocommit=True) as connection:
        for name in names.values():
            connection.execute(f'CREATE DATABASE "{name}"')
    return names


def drop_databases(names: dict[str, str]) -> None:
    with psycopg.connect(dsn(django_settings.DATABASES["default"]["NAME"]), autocommit=True) as connection:
        for name in names.values():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def start(folder: Path, names: dict[str, str], processes: list[subprocess.Popen[bytes]]) -> LiveCity:
    owners = folder / "owners.json"
    owners.write_text(json.dumps({name: dsn(database) for name, database in names.items()}))
    words = [sys.executable, "-m", "yunzhou_departments"]
    subprocess.run(
        [*words, "populate", "--persons", "60", "--data", str(folder), "--dsn-file", str(owners)],
        check=True, capture_output=True,
    )  # fmt: skip
    civil, gateway = free_port(), free_port()
    processes.append(subprocess.Popen([*words, "serve", "civil-affairs", "--port", str(civil), "--data", str(folder)]))
    key_file = str(folder / "civil-affairs" / KEY_FILE)
    connections: dict[str, Any] = {name: dsn(database) for name, database in names.items()}
    connections |= {
        "civil-affairs": {"url": f"http://{HOST}:{civil}", "header_files": {"X-MZ-AppKey": key_file}},
        "housing-fund": str(folder / "housing-fund" / "drop"),
    }
    os.environ["TONGBAN_GATEWAY_PORT"] = str(gateway)
    os.environ["TONGBAN_GATEWAY_URL"] = f"http://{HOST}:{gateway}"
    settings.current.cache_clear()
    file = settings.current().connections_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(connections))
    database = dsn(django_settings.DATABASES["default"]["NAME"])
    environment = {**os.environ, "TONGBAN_GATEWAY_DATABASE_URL": database, "DATABASE_URL": database}
    processes.append(subprocess.Popen([sys.executable, "-m", "tongban.gateway"], env=environment))
    wait_for(lambda: answers(civil, "/healthz"))
    return LiveCity(file, connections, gateway)


def load_rows() -> None:
    """What the pack holds for one service, committed: the gateway reads the policy from the database."""
    now = utc_now()
    identity.load_organisations(read_yaml("organisations.yaml")["organisations"])
    halls.load_calendar(rows=[read_yaml(f"calendars/{year}.yaml") for year in (2025, 2026)])
    for path in sorted((PACK / "processes").glob("*.bpmn")):
        cases.publish_process(code=f"standard-{path.stem}", source=path.read_bytes())
    cases.publish_process(code=FOLDER, source=(PACK / f"services/{FOLDER}/process.bpmn").read_bytes())
    licences.load_types([read_yaml(f"licence_types/{FOLDER}-notice.yaml")])
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((PACK / "resources").glob("*.yaml"))]
    resources.load_resources(documents, pack="yunzhou", now=now)
    exchange.load_grants(read_yaml("grants.yaml")["grants"], pack="yunzhou", now=now)
    services.load_catalogue(pack="yunzhou", city="云州")
    services.load_definition(
        pack="yunzhou",
        service=read_yaml(f"services/{FOLDER}/service.yaml"),
        form=json.loads((PACK / f"services/{FOLDER}/form.json").read_text("utf-8")),
        process=FOLDER,
    )
    exchange.publish_snapshot(now=now)
    identity.load_demo_accounts(
        row for row in read_yaml("demo_accounts.yaml")["accounts"] if row["username"] in {"wang", "li", "clerk"}
    )


def read_yaml(name: str) -> Any:
    loaded = yaml.safe_load((PACK / name).read_text("utf-8"))
    return {"organisations": loaded} if name == "organisations.yaml" and isinstance(loaded, list) else loaded


def resident(name: str = WANG.name, number: str = WANG.id_number, phone: str | None = None) -> Actor:
    found = identity.register_person(name=name, id_number=number, level="real-name", phone=phone)
    return Actor(kind="resident", account_id=new_id(), person_id=found.id, name=name)


def clerk() -> Actor:
    return Actor(kind="staff", account_id=new_id(), name="孙敏", organisation="digital", roles=frozenset({"clerk"}))


def sign_in(client: Client, username: str) -> None:
    enter(client, get_user_model().objects.get(username=username))
