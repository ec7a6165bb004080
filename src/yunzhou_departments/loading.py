"""From a population to seven filled systems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import psycopg
from psycopg import sql

from yunzhou_departments import discrepancies, estate, market, police, social
from yunzhou_departments.civil import store as civil_store
from yunzhou_departments.discrepancies import Held
from yunzhou_departments.estate import rows as estate_rows
from yunzhou_departments.fund import drop
from yunzhou_departments.fund import store as fund_store
from yunzhou_departments.market import rows as market_rows
from yunzhou_departments.medical import store as medical_store
from yunzhou_departments.police import rows as police_rows
from yunzhou_departments.population.build import Population, build
from yunzhou_departments.social import rows as social_rows
from yunzhou_departments.tables import Rows

SUMMARY_FILE = "population.json"
DISCREPANCIES_FILE = "discrepancies.csv"
SHAPE = 4
"""Raised when what a population holds changes, so that an older one is made anew."""


@dataclass(frozen=True, slots=True)
class Database:
    """One system that lives in PostgreSQL, and the table by which to tell that it is filled."""

    name: str
    package: str
    main_table: str
    tables: Callable[[Population, Held], list[Rows]]


DATABASES = (
    Database("police", police.__name__, '"T_HJ_CZRK"', police_rows.tables),
    Database("estate", estate.__name__, "f_qlr", estate_rows.tables),
    Database("social", social.__name__, "ac01", social_rows.tables),
    Database("market", market.__name__, "e_baseinfo", market_rows.tables),
)


def read_addresses(path: Path) -> dict[str, str]:
    """The owner's address of each database. Raises: ValueError naming what is missing.

    The file is one JSON object; a database goes by ``police``, ``bo_police`` or ``bo_police_owner``.
    """
    loaded = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict):
        raise ValueError(f"{path}: expected one JSON object of names and addresses")
    found: dict[str, str] = {}
    for database in DATABASES:
        names = (database.name, f"bo_{database.name}", f"bo_{database.name}_owner")
        address = next((loaded[name] for name in names if isinstance(loaded.get(name), str)), None)
        if address is None:
            raise ValueError(f"{path}: no address for {database.name} (looked for {', '.join(names)})")
        found[database.name] = address
    return found


def populate(folder: Path, addresses: Mapping[str, str], *, persons: int, seed: int, as_of: date) -> dict[str, object]:
    """Build a population and fill all seven systems with it, each of them whole or not at all. Returns: the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    summary_file = folder / SUMMARY_FILE
    summary_file.unlink(missing_ok=True)
    population = build(persons, seed, as_of)
    held = discrepancies.plan(population)
    for database in DATABASES:
        fill(addresses[database.name], database, population, held)
    medical_store.write(folder, population, held)
    civil_store.write(folder, population, held)
    fund_store.write(folder, population, held)
    drop.write(folder, as_of)
    discrepancies.write_list(folder / DISCREPANCIES_FILE, held.listed)
    summary: dict[str, object] = {
        "shape": SHAPE, "persons": persons, "seed": seed, "as_of": as_of.isoformat(), "counts": population.counts(),
        "discrepancies": len(held.listed),
    }  # fmt: skip
    summary_file.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return summary


def is_populated(folder: Path, addresses: Mapping[str, str], *, persons: int, seed: int) -> bool:
    """Whether all systems hold this population already, of whatever day."""
    try:
        summary = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if (summary.get("shape"), summary.get("persons"), summary.get("seed")) != (SHAPE, persons, seed):
        return False
    files = (medical_store.FILE, civil_store.FILE, fund_store.FILE)
    return all((folder / file).is_file() for file in files) and all(
        _is_filled(addresses[database.name], database) for database in DATABASES
    )


def fill(address: str, database: Database, population: Population, held: Held) -> None:
    """Make a database's tables anew and copy its rows in, all in one transaction."""
    package = resources.files(database.package)
    with psycopg.connect(address) as connection:
        tables = database.tables(population, held)
        for table in tables:
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.SQL(table.table)))
        connection.execute(package.joinpath("schema.sql").read_bytes())
        for table in tables:
            _copy(connection, table.table, table.rows)
        connection.execute(package.joinpath("indexes.sql").read_bytes())
        for table in tables:
            connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(table.table)))


def _copy(connection: psycopg.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    statement = sql.SQL("COPY {} FROM STDIN").format(sql.SQL(table))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _is_filled(address: str, database: Database) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [database.main_table]).fetchone()
            return bool(found and found[0])
    except psycopg.OperationalError:
        return False
