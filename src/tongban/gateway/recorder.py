"""Writes exchange records durably. An answer waits until the record of it is committed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import psycopg
from psycopg import sql

from tongban.gateway.problems import RecordUnavailable
from tongban.runtime.logs import get_logger
from tongban.wire.records import RECORD_COLUMNS, RECORD_TABLE, ExchangeRecord

log = get_logger(__name__)

# Without a conflict target the statement needs no right to read the table, and a retry cannot write a row twice.
_INSERT = (
    sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING")
    .format(
        sql.Identifier(RECORD_TABLE),
        sql.SQL(", ").join(map(sql.Identifier, RECORD_COLUMNS)),
        sql.SQL(", ").join(sql.Placeholder() * len(RECORD_COLUMNS)),
    )
    .as_bytes(None)
)
_OPTIONS = "-c synchronous_commit=on -c statement_timeout=3000 -c application_name=tongban-gateway-records"
_Waiting = tuple[ExchangeRecord, "asyncio.Future[None]"]


class Recorder:
    """One writer for all requests: what waits together is committed together."""

    def __init__(self, dsn: str, *, write_timeout_s: float = 3.0, batch: int = 256, backlog: int = 4096) -> None:
        self._dsn = dsn
        self._write_timeout_s = write_timeout_s
        self._batch = batch
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(backlog)
        self._connection: psycopg.AsyncConnection | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin writing. The database need not be there yet."""
        self._task = asyncio.create_task(self._run(), name="recorder")

    async def stop(self) -> None:
        """Stop writing; requests still waiting are refused."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._drop_connection()

    async def write(self, record: ExchangeRecord) -> None:
        """Return when the record is committed. Raises: RecordUnavailable when that cannot be said for sure."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((record, committed))
            async with asyncio.timeout(self._write_timeout_s):
                await committed
        except (asyncio.QueueFull, TimeoutError) as error:
            raise RecordUnavailable(reason="timeout") from error

    async def is_ready(self) -> bool:
        """Whether the table can be written to now."""
        try:
            async with asyncio.timeout(self._write_timeout_s):
                connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, connect_timeout=2)
                async with connection:
                    cursor = await connection.execute("SELECT has_table_privilege(%s, 'INSERT')", (RECORD_TABLE,))
                    row = await cursor.fetchone()
                return bool(row and row[0])
        except (psycopg.Error, OSError, TimeoutError):
            return False

    async def _run(self) -> None:
        while True:
            waiting = [await self._queue.get()]
            while len(waiting) < self._batch and not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            waiting = [item for item in waiting if not item[1].done()]
            if waiting:
                await self._settle(waiting)

    async def _settle(self, waiting: Sequence[_Waiting]) -> None:
        try:
            await self._commit([record for record, _ in waiting])
        except psycopg.DataError:
            await self._settle_singly(waiting)
        except asyncio.CancelledError:
            _fail(waiting, RecordUnavailable(reason="stopping"))
            raise
        except Exception as error:  # noqa: BLE001 (whatever happened, no answer may leave)
            log.error("records not written", error=type(error).__name__, count=len(waiting))
            _fail(waiting, RecordUnavailable(reason=type(error).__name__))
        else:
            for _, committed in waiting:
                if not committed.done():
                    committed.set_result(None)

    async def _settle_singly(self, waiting: Sequence[_Waiting]) -> None:
        """One value that the database refuses must fail its own request only."""
        for item in waiting:
            if len(waiting) == 1:
                _fail(waiting, RecordUnavailable(reason="value"))
            else:
                await self._settle([item])

    async def _commit(self, records: Sequence[ExchangeRecord]) -> None:
        rows = [_row(record) for record in records]
        is_fresh = self._connection is None
        try:
            await self._insert(rows)
        except psycopg.OperationalError:
            await self._drop_connection()
            if is_fresh:
                raise
            await self._insert(rows)  # the connection was stale; the statement is safe to repeat

    async def _insert(self, rows: Sequence[tuple[object, ...]]) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._dsn, options=_OPTIONS, autocommit=True, connect_timeout=2, prepare_threshold=1
            )
        try:
            if len(rows) == 1:
                await self._connection.execute(_INSERT, rows[0])
                return
            async with self._connection.transaction(), self._connection.cursor() as cursor:
                await cursor.executemany(_INSERT, rows)
        except BaseException:
            if self._connection.closed or self._connection.broken:
                await self._drop_connection()
            raise

    async def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            with suppress(psycopg.Error, OSError):
                await connection.close()


def _row(record: ExchangeRecord) -> tuple[object, ...]:
    values = msgspec.structs.astuple(record)
    return tuple(list(value) if isinstance(value, tuple) else value for value in values)


def _fail(waiting: Sequence[_Waiting], problem: RecordUnavailable) -> None:
    for _, committed in waiting:
        if not committed.done():
            committed.set_exception(problem)
