"""A real PostgreSQL for the run, and a folder of its own for secrets and files.

This module prepares the environment before Django reads its settings; workers of a parallel run inherit it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadScopeScheduling

_started_here = "TONGBAN_TEST_SCRATCH" not in os.environ
_scratch = Path(os.environ.get("TONGBAN_TEST_SCRATCH") or tempfile.mkdtemp(prefix="tongban-test-"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["TONGBAN_TEST_SCRATCH"] = str(_scratch)
os.environ["TONGBAN_ENVIRONMENT"] = "test"
os.environ["TONGBAN_DATA"] = str(_scratch / _worker)
os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.assembly.settings"
(_scratch / _worker / "static").mkdir(parents=True, exist_ok=True)

from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

from tongban.runtime.postgres import EmbeddedPostgres  # noqa: E402  reads no settings

# Time says something about the machine, not about a rule: a busy one must not fail a property.
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("house")

_server: EmbeddedPostgres | None = None
if "DATABASE_URL" not in os.environ:
    _server = EmbeddedPostgres(_scratch / "postgres", ephemeral=True)
    _server.start()
    os.environ["DATABASE_URL"] = _server.url("tongban")
django.setup()
# A worker of a parallel run that inherited this would set Django up before this module has chosen its folder.
del os.environ["DJANGO_SETTINGS_MODULE"]


class FileScheduling(LoadScopeScheduling):
    """Keeps a file's tests on one worker: what its fixtures make is made once. All journeys share one city, and all
    interoperability tests one provider."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        shared = next((name for name in ("journeys", "interop") if file.startswith(f"tests/{name}/")), None)
        return shared or file


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database that tests may empty, with no connection of ours left when it is dropped.

    The trigger that keeps the audit log from being emptied is there, switched off; its own test switches it on.
    """
    from django.db import connection

    from tongban.infra import apart

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE infra_audit_entry DISABLE TRIGGER infra_audit_entry_not_emptied")
    yield
    apart.close()


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Deal tests out by file."""
    return FileScheduling(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove the folder, in the process that made them."""
    if _server is not None:
        _server.stop()
    if _started_here:
        shutil.rmtree(_scratch, ignore_errors=True)
