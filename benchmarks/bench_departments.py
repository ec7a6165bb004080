"""How long the seven departments' systems take to fill, and what COPY gains over INSERT.

Run: ``python benchmarks/bench_departments.py [--persons N]``. Writes ``benchmarks/results/departments.json``.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tongban.runtime.postgres import EmbeddedPostgres
from yunzhou_departments import discrepancies, loading
from yunzhou_departments.police import rows as police_rows
from yunzhou_departments.population.build import DEFAULT_PERSONS, DEFAULT_SEED, build
from yunzhou_departments.population.model import EPOCH

RESULT = Path(__file__).parent / "results" / "departments.json"
BOUND_S = 8.0
RUNS = 3


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A database server: the one given, or an embedded one for this run."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    embedded = EmbeddedPostgres(folder / "postgres", ephemeral=True)
    embedded.start()
    try:
        yield embedded.url("tongban")
    finally:
        embedded.stop()


def make_databases(url: str) -> dict[str, str]:
    """Four empty databases beside the given one."""
    addresses = {}
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("police", "estate", "social", "market"):
            database = f"bench_{name}_{os.getpid()}"
            connection.execute(f'CREATE DATABASE "{database}"'.encode())
            addresses[name] = urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
    return addresses


def drop_databases(url: str, addresses: dict[str, str]) -> None:
    """Take the four away again."""
    with psycopg.connect(url, autocommit=True) as connection:
        for address in addresses.values():
            connection.execute(f'DROP DATABASE IF EXISTS "{urlsplit(address).path[1:]}" WITH (FORCE)'.encode())


def copy_against_insert(address: str, persons: int) -> tuple[float, float]:
    """Seconds to load the police's residents by COPY and by batched INSERT."""
    population = build(persons)
    residents = list(police_rows.tables(population, discrepancies.plan(population))[1].rows)
    seconds = []
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        for by_copy in (True, False):
            cursor.execute('CREATE TEMP TABLE copied (LIKE "T_HJ_CZRK")')
            began = time.perf_counter()
            if by_copy:
                with cursor.copy("COPY copied FROM STDIN") as copy:
                    for row in residents:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(residents[0]))
                cursor.executemany(f"INSERT INTO copied VALUES ({places})".encode(), residents)
            seconds.append(time.perf_counter() - began)
            cursor.execute("DROP TABLE copied")
    return seconds[0], seconds[1]


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=DEFAULT_PERSONS)
    persons = parser.parse_args().persons
    with tempfile.TemporaryDirectory() as scratch, server(Path(scratch)) as url:
        addresses = make_databases(url)
        try:
            building, filling, working = [], [], []
            for _ in range(RUNS):
                gc.collect()
                began = time.perf_counter()
                build(persons, DEFAULT_SEED, EPOCH)
                building.append(time.perf_counter() - began)
                began, worked = time.perf_counter(), time.process_time()
                loading.populate(Path(scratch) / "data", addresses, persons=persons, seed=DEFAULT_SEED, as_of=EPOCH)
                filling.append(time.perf_counter() - began)
                working.append(time.process_time() - worked)
            copied, inserted = copy_against_insert(addresses["police"], persons)
        finally:
            drop_databases(url, addresses)
    populate_s = statistics.median(filling)
    result = {
        "name": "departments",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "figures": {
            "persons": persons,
            "build_s": round(statistics.median(building), 2),
            "populate_s": round(populate_s, 2),
            "populate_cpu_s": round(statistics.median(working), 2),
            "persons_per_s": round(persons / populate_s),
            "copy_s": round(copied, 3),
            "insert_s": round(inserted, 3),
        },
        "ratios": {"insert_over_copy": round(inserted / copied, 1)},
        "bars": [
            {
                "name": f"populate {persons} persons, seconds", "value": round(populate_s, 2), "bound": BOUND_S,
                "holds": populate_s < BOUND_S,
            }
        ],
    }  # fmt: skip
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
