"""What every adapter is, and the guard that stands in front of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tongban.gateway.limits import CircuitBreaker
from tongban.gateway.mapping import RawRecord
from tongban.gateway.problems import GatewayProblem, Overloaded, SourceTimeout, SourceUnavailable
from tongban.wire.policy import Interface


class Adapter(Protocol):
    """Fetches raw records from one connection. Raises: SourceUnavailable, SourceTimeout or SourceBroken."""

    async def fetch(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        """The records that the source holds for these parameters; none when it knows of none."""

    async def close(self) -> None:
        """Give back what the adapter holds."""


class GuardedSource:
    """An adapter behind a deadline, a circuit breaker and a bound on concurrent requests."""

    def __init__(self, adapter: Adapter, *, concurrency: int = 16, waiting: int = 64) -> None:
        self.adapter = adapter
        self.breaker = CircuitBreaker()
        self._places = asyncio.Semaphore(concurrency)
        self._inside, self._bound = 0, concurrency + waiting

    async def fetch(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        """The records, or the reason why not, within the interface's time and not a moment later."""
        if not self.breaker.may_try(time.monotonic()):
            raise SourceUnavailable(provider=interface.provider, reason="circuit-open")
        if self._inside >= self._bound:
            raise Overloaded(provider=interface.provider)
        self._inside += 1
        task = asyncio.ensure_future(self._in_turn(interface, parameters))
        try:
            done, _ = await asyncio.wait({task}, timeout=interface.timeout_ms / 1000)
            records = task.result() if done else None
        except GatewayProblem as problem:
            self._report(succeeded=not isinstance(problem, SourceUnavailable | SourceTimeout))
            raise
        except BaseException:
            self._report(succeeded=False)
            raise
        finally:
            self._inside -= 1
            if not task.done():
                # The answer is due now; the adapter winds down by itself (a cancelled query may take a moment).
                task.add_done_callback(_consume)
                task.cancel()
        self._report(succeeded=records is not None)
        if records is None:
            raise SourceTimeout(provider=interface.provider, timeout_ms=interface.timeout_ms)
        return records

    def _report(self, *, succeeded: bool) -> None:
        self.breaker.report(succeeded=succeeded, now=time.monotonic())

    async def _in_turn(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        async with self._places:
            return await self.adapter.fetch(interface, parameters)


def _consume(task: asyncio.Future[Any]) -> None:
    if not task.cancelled():
        task.exception()
