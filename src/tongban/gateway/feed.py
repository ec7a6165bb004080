"""Keeps the policy and the closed purposes current: woken by NOTIFY, and looking by itself every second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import psycopg
from joserfc.jwk import OKPKey
from psycopg import sql

from tongban.gateway.policy import Policy, SnapshotRefused, open_snapshot
from tongban.gateway.problems import PolicyUnavailable
from tongban.runtime.logs import get_logger
from tongban.wire.closures import CLOSURE_TABLE, POLICY_CHANNEL, SNAPSHOT_TABLE
from tongban.wire.tickets import TICKET_LIFETIME

log = get_logger(__name__)

LOOK_EVERY_S = 1.0
STALE_AFTER = timedelta(seconds=15)
"""How long closures may be unknown before every read is refused: a withdrawn purpose must not stay readable."""

_SNAPSHOT = sql.SQL("SELECT version, document FROM {} WHERE version > %s ORDER BY version DESC LIMIT 1").format(
    sql.Identifier(SNAPSHOT_TABLE)
)
# Rows become visible when their transaction commits, not in the order of a sequence: look from the oldest
# transaction that was still running at the last look.
_CLOSURES = sql.SQL("SELECT purpose_id::text, closed_at FROM {} WHERE written_in >= %s::xid8").format(
    sql.Identifier(CLOSURE_TABLE)
)
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"


class PolicyFeed:
    """What this gateway knows of policy. Answers only while that knowledge is fresh."""

    def __init__(
        self,
        dsn: str,
        *,
        keys: Mapping[str, OKPKey],
        now: Callable[[], datetime],
        before_look: Callable[[], Awaitable[None]],
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._dsn = dsn
        self._before_look = before_look
        self._keys = keys
        self._now = now
        self._look_every_s = look_every_s
        self._policy: Policy | None = None
        self._closed: dict[str, datetime] = {}
        self._horizon = "0"
        self._looked_at: datetime | None = None
        self._refused_version = 0
        self._task: asyncio.Task[None] | None = None

    def current(self) -> Policy:
        """The policy in force. Raises: PolicyUnavailable when there is none, it has expired, or closures are stale."""
        now = self._now()
        if self._policy is None or self._policy.expires_at <= now:
            raise PolicyUnavailable(reason="expired" if self._policy else "none")
        if self._looked_at is None or now - self._looked_at > STALE_AFTER:
            raise PolicyUnavailable(reason="stale")
        return self._policy

    @property
    def closed(self) -> dict[str, datetime]:
        """Purposes that ended while a ticket of theirs may still live, by id."""
        return self._closed

    async def start(self) -> None:
        """Begin to look. The database need not be there yet."""
        self._task = asyncio.create_task(self._run(), name="policy-feed")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("policy feed lost", error=type(error).__name__)
            await asyncio.sleep(self._look_every_s)

    async def _follow(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, connect_timeout=3, options="-c application_name=tongban-gateway-policy"
        )
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(POLICY_CHANNEL)))
            while True:
                async with asyncio.timeout(5):
                    await self._before_look()
                    await self._look(connection)
                async for _ in connection.notifies(timeout=self._look_every_s, stop_after=1):
                    pass

    async def _look(self, connection: psycopg.AsyncConnection[Any]) -> None:
        started = self._now()
        horizon = await (await connection.execute(_HORIZON)).fetchone()
        closures = await (await connection.execute(_CLOSURES, (self._horizon,))).fetchall()
        newer_than = max(self._policy.version if self._policy else 0, self._refused_version)
        snapshot = await (await connection.execute(_SNAPSHOT, (newer_than,))).fetchone()
        self._closed.update(closures)
        self._forget_closures_without_tickets(started)
        if snapshot:
            self._open(snapshot[0], snapshot[1])
        self._horizon = horizon[0] if horizon else self._horizon
        self._looked_at = started

    def _open(self, version: int, document: str) -> None:
        try:
            self._policy = open_snapshot(
                document, keys=self._keys, now=self._now(), newer_than=self._policy.version if self._policy else 0
            )
            log.info("policy in force", version=self._policy.version, expires_at=self._policy.expires_at.isoformat())
        except SnapshotRefused as error:
            self._refused_version = version
            log.error("policy snapshot refused", version=version, reason=error.details.get("reason"))

    def _forget_closures_without_tickets(self, now: datetime) -> None:
        before = now - TICKET_LIFETIME - timedelta(minutes=5)
        for purpose_id in [key for key, closed_at in self._closed.items() if closed_at < before]:
            del self._closed[purpose_id]
