"""Statements that commit by themselves, whatever becomes of the request's transaction.

For what must be known to all processes at once and must outlast a rollback: counting attempts before what they try is
evaluated. The connections are few and their own, so that no request holds one while it waits for another; each is held
for one statement only.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

from django.db import connection
from psycopg_pool import ConnectionPool

MOST_CONNECTIONS = 4
_WAIT_SECONDS = 5.0
_IDLE_SECONDS = 60.0

_pools: dict[str, ConnectionPool[Any]] = {}
_making = Lock()


def execute(statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
    """Run one statement and commit it. Returns: its rows.

    Raises: django.db.OperationalError when the database is away.
    """
    with connection.wrap_database_errors, _pool().connection(timeout=_WAIT_SECONDS) as apart:
        cursor = apart.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def close() -> None:
    """Let go of every connection; the next statement opens one anew."""
    with _making:
        while _pools:
            _pools.popitem()[1].close()


def _pool() -> ConnectionPool[Any]:
    name = str(connection.settings_dict["NAME"])
    with _making:
        if name not in _pools:
            _pools[name] = ConnectionPool(
                kwargs={**connection.get_connection_params(), "autocommit": True},
                min_size=0,
                max_size=MOST_CONNECTIONS,
                max_idle=_IDLE_SECONDS,
                num_workers=1,
                check=ConnectionPool.check_connection,
                open=True,
            )
        return _pools[name]
