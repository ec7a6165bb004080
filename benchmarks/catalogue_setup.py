"""A database with the whole demo catalogue for a measurement, gone afterwards."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "packs" / "yunzhou"
RESULTS = ROOT / "benchmarks" / "results"
ALIASES = ROOT.parent / "shared" / "data" / "services-guangdong" / "alias_queries_dev.json"


@contextmanager
def catalogue() -> Iterator[None]:
    """Django on a fresh database with the demo pack loaded."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder, _database(Path(folder)) as url:
        os.environ.update(
            DATABASE_URL=url,
            TONGBAN_ENVIRONMENT="test",
            TONGBAN_DATA=folder,
            DJANGO_SETTINGS_MODULE="tongban.assembly.settings",
        )
        (Path(folder) / "static").mkdir()
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        from tongban.assembly.packs.load import load_pack

        load_pack(PACK)
        try:
            yield
        finally:
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has one


def facts_of_items() -> list[dict[str, Any]]:
    """The shipped facts."""
    return [json.loads(line) for line in (PACK / "catalogue" / "items.jsonl").read_text("utf-8").splitlines()]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def write(
    name: str, figures: Mapping[str, float], ratios: Mapping[str, float], bars: Sequence[tuple[str, float, float, bool]]
) -> None:
    """Write the result file and print it. Shape of a bar: name, value, bound, whether it holds."""
    figures = {**figures, "load_average_1m": os.getloadavg()[0]}
    document = {
        "name": name,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "figures": dict(figures),
        "ratios": dict(ratios),
        "bars": [{"name": bar, "value": value, "bound": bound, "holds": holds} for bar, value, bound, holds in bars],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for key, value in (*figures.items(), *ratios.items()):
        print(f"{key:44} {value:10.3f}")
    for bar, value, bound, holds in bars:
        print(f"{'holds' if holds else 'FAILS':6} {bar}: {value:.3f} (bound {bound})")


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    given = os.environ.get("DATABASE_URL")
    if given is None:
        from tongban.runtime.postgres import EmbeddedPostgres

        server = EmbeddedPostgres(folder / "data", ephemeral=True)
        server.start()
        try:
            yield server.url("tongban", "tongban")
        finally:
            server.stop()
        return
    name = f"bench_catalogue_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
