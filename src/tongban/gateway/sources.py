"""The departments' systems this gateway can reach, from the private connections file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tongban.gateway.adapters.base import Adapter, GuardedSource
from tongban.gateway.adapters.csv_drop import CsvDropAdapter
from tongban.gateway.adapters.http import HttpAdapter
from tongban.gateway.adapters.sql import SqlAdapter
from tongban.gateway.mapping import RawRecord
from tongban.gateway.problems import SourceBroken, SourceUnavailable
from tongban.runtime.logs import get_logger
from tongban.wire.policy import HttpSource, Interface, SqlSource

log = get_logger(__name__)


class Sources:
    """Connections by name. A changed file takes effect at the next look; what it no longer needs is closed."""

    def __init__(self, connections_file: Path) -> None:
        self._file = connections_file
        self._stamp: tuple[int, int] | None = None
        self._addresses: Mapping[str, str] = {}
        self._sources: dict[tuple[str, str, str], GuardedSource] = {}

    async def refresh(self) -> None:
        """Look at the connections file again. A malformed one leaves the earlier connections in force."""
        try:
            facts = self._file.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            if stamp == self._stamp:
                return
            self._addresses = read_connections(self._file)
            self._stamp = stamp
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            log.error("connections file not readable", error=type(error).__name__)
            return
        known = set(self._addresses.items())
        for key in [key for key in self._sources if key[:2] not in known]:
            await self._sources.pop(key).adapter.close()

    async def fetch(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        """Raw records from the interface's source. Raises: what the adapter raises, SourceUnavailable, SourceBroken."""
        return await self._source(interface).fetch(interface, parameters)

    async def close(self) -> None:
        """Close every connection."""
        sources, self._sources = list(self._sources.values()), {}
        await asyncio.gather(*(source.adapter.close() for source in sources), return_exceptions=True)

    def breaker_states(self) -> dict[str, str]:
        """The state of each connection's circuit breaker."""
        return {key[0]: source.breaker.state for key, source in self._sources.items()}

    def _source(self, interface: Interface) -> GuardedSource:
        name, kind = interface.source.connection, type(interface.source).__name__
        address = self._addresses.get(name)
        if address is None:
            raise SourceUnavailable(provider=interface.provider, reason="no-connection")
        key = (name, address, kind)
        source = self._sources.get(key)
        if source is None:
            try:
                source = self._sources[key] = GuardedSource(_adapter(interface, address))
            except ValueError as error:
                raise SourceBroken(provider=interface.provider, reason="connection") from error
        return source


def read_connections(path: Path) -> dict[str, str]:
    """Names and addresses. Raises: ValueError unless the file is one JSON object of strings."""
    loaded = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict) or not all(isinstance(value, str) for value in loaded.values()):
        raise ValueError("a connections file holds one object of strings")
    return loaded


def _adapter(interface: Interface, address: str) -> Adapter:
    if isinstance(interface.source, SqlSource):
        return SqlAdapter(address)
    if isinstance(interface.source, HttpSource):
        return HttpAdapter(address)
    return CsvDropAdapter(address)
