"""Sources that drop a file every night: a complete file is indexed in memory, an unfinished one is passed over."""

from __future__ import annotations

import asyncio
import csv
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.gateway.mapping import RawRecord
from tongban.gateway.problems import SourceBroken, SourceUnavailable
from tongban.runtime.logs import get_logger
from tongban.wire.policy import CsvSource, Interface

log = get_logger(__name__)

_Stamp = tuple[str, int, int]
_LOOK_AGAIN_S = 1.0
FILE_COLUMN = "@file"
"""Name under which every record carries the name (without extension) of the file that it came in."""


class Incomplete(ValueError):
    """A file that is still being written, was cut short, or is not in the declared encoding."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A complete file, indexed. Rows stay tuples: a city's file has many."""

    stamp: _Stamp
    header: tuple[str, ...]
    rows: Mapping[str, tuple[tuple[str, ...], ...]]

    def records(self, key: str) -> list[RawRecord]:
        """The rows of a key as records."""
        name = self.stamp[0]
        return [{**dict(zip(self.header, row, strict=True)), FILE_COLUMN: name} for row in self.rows.get(key, ())]


class CsvDropAdapter:
    """One folder into which a department drops its files."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._drops: dict[CsvSource, Drop] = {}
        self._passed_over: set[_Stamp] = set()
        self._looked_at: dict[CsvSource, float] = {}
        self._lock = asyncio.Lock()

    async def fetch(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        """The rows whose key equals the parameter. Raises: SourceUnavailable when no complete file is there."""
        source = interface.source
        if not isinstance(source, CsvSource):
            raise SourceBroken(provider=interface.provider, reason="adapter")
        if time.monotonic() - self._looked_at.get(source, -_LOOK_AGAIN_S) >= _LOOK_AGAIN_S:
            async with self._lock:
                if time.monotonic() - self._looked_at.get(source, -_LOOK_AGAIN_S) >= _LOOK_AGAIN_S:
                    # Shielded: a slow first load goes on when the request that began it has run out of time.
                    await asyncio.shield(asyncio.create_task(self._refresh(source)))
        drop = self._drops.get(source)
        if drop is None:
            raise SourceUnavailable(provider=interface.provider, reason="no-complete-file")
        return drop.records(parameters[source.key_parameter])

    async def _refresh(self, source: CsvSource) -> None:
        current = self._drops.get(source)
        newer = await asyncio.to_thread(self._newest_complete, source, current.stamp if current else None)
        if newer:
            self._drops[source] = newer
            log.info("file indexed", file=newer.stamp[0], keys=len(newer.rows))
        self._looked_at[source] = time.monotonic()

    def _newest_complete(self, source: CsvSource, current: _Stamp | None) -> Drop | None:
        """The newest complete file if it is another than the current one: by name, which carries the date."""
        for path in sorted(self._folder.glob(source.file), key=lambda found: found.name, reverse=True):
            try:
                facts = path.stat()
                stamp = (path.stem, facts.st_mtime_ns, facts.st_size)
                if stamp == current:
                    return None
                if stamp not in self._passed_over:
                    return read_drop(path, source, stamp)
            except (Incomplete, OSError) as error:
                if isinstance(error, Incomplete):
                    self._passed_over.add(stamp)
                log.warning("file passed over", file=path.name, reason=str(error))
        return None

    async def close(self) -> None:
        """Forget the indexed files."""
        self._drops.clear()


def read_drop(path: Path, source: CsvSource, stamp: _Stamp) -> Drop:
    """A file, whole or not at all. Raises: Incomplete when the trailer is absent or counts other rows."""
    try:
        with path.open(encoding=source.encoding, newline="") as file:
            return _indexed(csv.reader(file, delimiter=source.delimiter, strict=True), source, stamp)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Incomplete(type(error).__name__) from error


def _indexed(lines: Iterator[list[str]], source: CsvSource, stamp: _Stamp) -> Drop:
    for _ in range(source.skip):
        next(lines, None)
    header = tuple(next(lines, []))
    if source.key not in header:
        raise Incomplete("no key column")
    key_at, count = header.index(source.key), 0
    stated: int | None = None
    rows: dict[str, list[tuple[str, ...]]] = {}
    for line in lines:
        if stated is not None:
            raise Incomplete("lines after the trailer")
        if line and line[0].startswith(source.trailer):
            stated = _stated_count(line)
        elif len(line) != len(header):
            raise Incomplete("a line of another length")
        else:
            rows.setdefault(line[key_at].strip(), []).append(tuple(line))
            count += 1
    if stated != count:
        raise Incomplete("no trailer" if stated is None else "the trailer counts other rows")
    return Drop(stamp, header, {key: tuple(values) for key, values in rows.items()})


def _stated_count(line: Sequence[str]) -> int:
    """The number in a trailer, wherever the department's program puts it."""
    digits = [part for cell in line for part in "".join(c if c.isdigit() else " " for c in cell).split()]
    if not digits:
        raise Incomplete("the trailer states no number")
    return int(digits[-1])
