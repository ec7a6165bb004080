"""The departments' systems this gateway can reach, from the private connections file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tongban.gateway.adapters.base import Adapter, GuardedSource
from tongban.gateway.adapters.csv_drop import CsvDropAdapter
from tongban.gateway.adapters.http import HttpAdapter
from tongban.gateway.adapters.sql import SqlAdapter
from tongban.gateway.mapping import RawRecord
from tongban.gateway.problems import SourceBroken, SourceUnavailable
from tongban.runtime.logs import get_logger
from tongban.wire.policy import HttpSource, Interface, SqlSource

log = get_logger(__name__)


class Connection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one department's system is reached, and what callers must show it.

    ``url`` is the address of a database or a service, or a folder. ``headers`` go with every request to a service;
    ``header_files`` name private files that hold their values.
    """

    url: str
    headers: dict[str, str] = {}
    header_files: dict[str, str] = {}

    def credentials(self) -> dict[str, str]:
        """All headers to send. Raises: OSError when a file cannot be read."""
        read = {name: Path(file).read_text(encoding="utf-8").strip() for name, file in self.header_files.items()}
        return {**self.headers, **read}


class Sources:
    """Connections by name. A changed file takes effect at the next look; what it no longer needs is closed."""

    def __init__(self, connections_file: Path) -> None:
        self._file = connections_file
        self._stamp: tuple[int, int] | None = None
        self._connections: Mapping[str, Connection] = {}
        self._sources: dict[tuple[str, str], tuple[Connection, GuardedSource]] = {}

    async def refresh(self) -> None:
        """Look at the connections file again. A malformed one leaves the earlier connections in force."""
        try:
            facts = self._file.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            if stamp == self._stamp:
                return
            self._connections = read_connections(self._file)
            self._stamp = stamp
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.error("connections file not readable", error=type(error).__name__)
            return
        for key, (connection, source) in list(self._sources.items()):
            if self._connections.get(key[0]) != connection:
                del self._sources[key]
                await source.adapter.close()

    async def fetch(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        """Raw records from the interface's source. Raises: what the adapter raises, SourceUnavailable, SourceBroken."""
        return await self._source(interface).fetch(interface, parameters)

    async def close(self) -> None:
        """Close every connection."""
        sources, self._sources = [source for _, source in self._sources.values()], {}
        await asyncio.gather(*(source.adapter.close() for source in sources), return_exceptions=True)

    def breaker_states(self) -> dict[str, str]:
        """The state of each connection's circuit breaker."""
        return {key[0]: source.breaker.state for key, (_, source) in self._sources.items()}

    def _source(self, interface: Interface) -> GuardedSource:
        name = interface.source.connection
        connection = self._connections.get(name)
        if connection is None:
            raise SourceUnavailable(provider=interface.provider, reason="no-connection")
        key = (name, type(interface.source).__name__)
        if key not in self._sources:
            try:
                self._sources[key] = (connection, GuardedSource(_adapter(interface, connection)))
            except OSError as error:
                raise SourceUnavailable(provider=interface.provider, reason="credential") from error
            except ValueError as error:
                raise SourceBroken(provider=interface.provider, reason="connection") from error
        return self._sources[key][1]


def read_connections(path: Path) -> dict[str, Connection]:
    """Connections by name; a bare string is one without credentials of its own. Raises: OSError, MsgspecError."""
    loaded = msgspec.json.decode(path.read_bytes(), type=dict[str, str | Connection])
    return {name: Connection(given) if isinstance(given, str) else given for name, given in loaded.items()}


def _adapter(interface: Interface, connection: Connection) -> Adapter:
    if isinstance(interface.source, SqlSource):
        return SqlAdapter(connection.url)
    if isinstance(interface.source, HttpSource):
        return HttpAdapter(connection.url, headers=connection.credentials())
    return CsvDropAdapter(connection.url)
