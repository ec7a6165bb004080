"""Sources that are PostgreSQL databases: read-only sessions, named parameters, nothing composed from text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from tongban.gateway.mapping import RawRecord
from tongban.gateway.problems import SourceBroken, SourceTimeout, SourceUnavailable
from tongban.wire.policy import Interface, SqlSource

_OPTIONS = (
    "-c default_transaction_read_only=on -c statement_timeout=10000 -c idle_in_transaction_session_timeout=10000"
    " -c application_name=tongban-gateway"
)
_Pool = AsyncConnectionPool[psycopg.AsyncConnection[dict[str, Any]]]


class SqlAdapter:
    """One pool of connections to one department's database."""

    def __init__(self, dsn: str, *, size: int = 8) -> None:
        # The pool begins empty and gives up on a dead server soon: the next request is what tries again.
        self._pool: _Pool = AsyncConnectionPool(
            dsn,
            min_size=0,
            max_size=size,
            open=False,
            timeout=1.5,
            max_idle=60,
            reconnect_timeout=1.0,
            check=AsyncConnectionPool.check_connection,
            kwargs={
                "autocommit": True,
                "options": _OPTIONS,
                "row_factory": dict_row,
                "connect_timeout": 2,
                "prepare_threshold": 2,
            },
        )
        self._is_open = False

    async def fetch(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        """The rows of the interface's query. Raises: SourceUnavailable, SourceTimeout, SourceBroken."""
        source = interface.source
        if not isinstance(source, SqlSource):
            raise SourceBroken(provider=interface.provider, reason="adapter")
        if not self._is_open:
            await self._pool.open()
            self._is_open = True
        try:
            async with self._pool.connection() as connection:
                # The query comes out of the signed policy, never out of a request; requests only fill its parameters.
                cursor = await connection.execute(source.query.encode(), dict(parameters))
                rows = await cursor.fetchmany(interface.max_records + 1)
        except (PoolTimeout, TooManyRequests) as error:
            raise SourceUnavailable(provider=interface.provider, reason="connection") from error
        except psycopg.errors.QueryCanceled as error:
            raise SourceTimeout(provider=interface.provider) from error
        except psycopg.OperationalError as error:
            raise SourceUnavailable(provider=interface.provider, reason="connection") from error
        except psycopg.Error as error:
            raise SourceBroken(provider=interface.provider, reason="query", sqlstate=error.sqlstate) from error
        if len(rows) > interface.max_records:
            raise SourceBroken(provider=interface.provider, reason="too-many-records")
        return rows

    async def close(self) -> None:
        """Close every connection."""
        if self._is_open:
            await self._pool.close()
