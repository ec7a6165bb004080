"""A module leaves the database as it found it: what its fixtures committed is gone before the next one begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

KEPT = ("django_migrations", "django_content_type", "auth_permission")
FILLED = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relname = ANY(%s)
"""


@pytest.fixture(scope="module", autouse=True)
def clean_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Set up before a module's own fixtures, and so taken down after them."""
    yield
    with django_db_blocker.unblock():
        if connection.settings_dict["NAME"].startswith("test_"):
            empty_tables()


@pytest.fixture(autouse=True)
def _nothing_counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Counts of attempts commit by themselves, outside a test's transaction: they are gone before the next test."""
    yield
    if {"db", "transactional_db", "django_db_setup"} & set(request.fixturenames):
        from tongban.infra import apart

        apart.execute("DELETE FROM identity_attempt_window", [])


def empty_tables() -> None:
    """Empty every table that holds a row."""
    with connection.cursor() as cursor:
        cursor.execute(FILLED, [list(KEPT)])
        tables = [name for (name,) in cursor.fetchall()]
        filled = []
        for name in tables:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name})")
            if cursor.fetchone()[0]:
                filled.append(name)
        if filled:
            cursor.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")
