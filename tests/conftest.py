"""Fixtures of every test: a real PostgreSQL for the run, secrets and files in a folder of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_scratch = Path(os.environ.get("TONGBAN_TEST_SCRATCH") or tempfile.mkdtemp(prefix="tongban-test-"))
os.environ["TONGBAN_TEST_SCRATCH"] = str(_scratch)
os.environ["TONGBAN_ENVIRONMENT"] = "test"
os.environ["TONGBAN_DATA"] = str(_scratch / "data")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.assembly.settings")


def _start_database() -> None:
    """Start one server for the whole run, before Django reads its settings; workers of a parallel run inherit it."""
    from tongban.runtime.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(_scratch / "data", ephemeral=True)
    server.start()
    os.environ["DATABASE_URL"] = server.url("tongban", "tongban")


def pytest_configure() -> None:
    if "DATABASE_URL" not in os.environ:
        _start_database()
