"""Four databases and three folders of files hold what the population says, whole or not at all."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.factories.processes import Departments
from yunzhou_departments import __main__ as command
from yunzhou_departments import loading
from yunzhou_departments.discrepancies import Held
from yunzhou_departments.fund import drop
from yunzhou_departments.loading import DATABASES, Database
from yunzhou_departments.population.build import Population
from yunzhou_departments.tables import Rows


def one(address: str, query: str) -> Any:
    with psycopg.connect(address) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def test_databases_hold_the_population(city: Departments, population: Population) -> None:
    local = [p for p in population.persons if p.household.outside_home is None]
    police, social, estate = (city.connections[name] for name in ("police", "social", "estate"))
    assert one(police, 'SELECT count(*) FROM "T_HJ_CZRK"') == len(local)
    assert one(police, """SELECT count(*) FROM "T_HJ_CZRK" WHERE "GMSFHM" NOT LIKE '99%'""") == 0
    assert one(social, "SELECT count(*) FROM ab01") == len(population.enterprises)
    registered = [enterprise for enterprise in population.enterprises if enterprise.kind != "20"]
    market = city.connections["market"]
    assert one(market, "SELECT count(*) FROM e_baseinfo") == len(registered)
    assert one(market, "SELECT count(*) FROM e_pri_person WHERE lerepsign = '1'") == len(registered)
    assert one(estate, "SELECT count(*) FROM f_bdcdy") == len(population.homes)
    assert one(estate, "SELECT count(*) FROM f_qlr q LEFT JOIN f_bdcdy d USING (bdcdyh) WHERE d.bdcdyh IS NULL") == 0


def test_schemas_look_like_their_age(city: Departments) -> None:
    padded = """SELECT octet_length("XM") - octet_length(rtrim("XM")) FROM "T_HJ_CZRK" WHERE rtrim("XM") = '王小明'"""
    assert one(city.connections["police"], padded) == 37
    kind = "SELECT data_type FROM information_schema.columns WHERE table_name = 'ac01' AND column_name = 'aac006'"
    assert one(city.connections["social"], kind) == "integer"


def test_a_second_run_if_missing_changes_nothing(city: Departments, capsys: pytest.CaptureFixture[str]) -> None:
    before = one(city.connections["police"], """SELECT oid FROM pg_class WHERE relname = 'T_HJ_CZRK'""")
    words = ["populate", "--if-missing", "--persons", str(city.persons), "--data", str(city.folder)]
    assert command.main([*words, "--dsn-file", str(city.folder / "owners.json")]) == 0
    assert json.loads(capsys.readouterr().out) == {"populated": False}
    assert one(city.connections["police"], """SELECT oid FROM pg_class WHERE relname = 'T_HJ_CZRK'""") == before


def test_another_population_is_not_taken_for_this_one(city: Departments) -> None:
    addresses = {database.name: city.connections[database.name] for database in DATABASES}
    assert loading.is_populated(city.folder, addresses, persons=city.persons, seed=2026)
    assert not loading.is_populated(city.folder, addresses, persons=city.persons + 1, seed=2026)
    assert not loading.is_populated(city.folder, addresses, persons=city.persons, seed=1)


def test_a_load_that_breaks_leaves_the_earlier_rows(city: Departments, population: Population, held: Held) -> None:
    def broken(population: Population, held: Held) -> list[Rows]:
        first, *others = DATABASES[1].tables(population, held)

        def rows() -> Iterator[tuple[Any, ...]]:
            yield from list(first.rows)[:3]
            raise RuntimeError("the disk is full")

        return [Rows(first.table, rows()), *others]

    database: Database = dataclasses.replace(DATABASES[1], tables=broken)
    before = one(city.connections["estate"], "SELECT count(*) FROM f_bdcdy")
    with pytest.raises(RuntimeError):
        loading.fill(city.connections["estate"], database, population, held)
    assert one(city.connections["estate"], "SELECT count(*) FROM f_bdcdy") == before


def test_tables_of_others_in_the_database_are_left_alone(city: Departments, population: Population, held: Held) -> None:
    with psycopg.connect(city.connections["estate"]) as connection:
        connection.execute("CREATE TABLE not_ours (id int)")
    loading.fill(city.connections["estate"], DATABASES[1], population, held)
    assert one(city.connections["estate"], "SELECT count(*) FROM not_ours") == 0


def test_discrepancies_are_listed(city: Departments, held: Held) -> None:
    with (city.folder / "discrepancies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(held.listed)


@pytest.mark.parametrize("content", ["[]", "{}", '{"police": "x", "estate": "x"}', "no json"])
def test_a_wrong_address_file_is_refused_in_words(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "owners.json").write_text(content)
    code = command.main(["populate", "--data", str(tmp_path), "--dsn-file", str(tmp_path / "owners.json")])
    assert code == 2
    assert capsys.readouterr().err.startswith("yunzhou_departments: ")


def test_databases_may_go_by_their_roles(tmp_path: Path) -> None:
    path = tmp_path / "owners.json"
    path.write_text(json.dumps({"bo_police_owner": "a", "bo_estate": "b", "social": "c", "market": "d"}))
    assert loading.read_addresses(path) == {"police": "a", "estate": "b", "social": "c", "market": "d"}


def test_the_nightly_file_has_title_header_and_a_counting_trailer(
    city: Departments, population: Population, today: date
) -> None:
    path = city.folder / drop.FOLDER / f"GJJ_ZHXX_{today:%Y%m%d}.csv"
    with path.open(encoding="gb18030", newline="") as file:
        title, header, *rows, trailer = list(csv.reader(file))
    assert title == ["云州市住房公积金管理中心", "个人账户信息", f"{today:%Y%m%d}", "V2.1"]
    assert tuple(header) == drop.ACCOUNT_COLUMNS
    assert trailer == ["#END", str(len(population.funds))]
    assert {len(row) for row in rows} == {len(header)}
    with pytest.raises(UnicodeDecodeError):
        path.read_text(encoding="utf-8")


def test_only_three_days_of_files_are_kept_and_none_is_half_written(city: Departments, today: date) -> None:
    for days in range(1, 6):
        drop.write(city.folder, today + timedelta(days=days))
    names = sorted(path.name for path in (city.folder / drop.FOLDER).iterdir())
    kept = [today + timedelta(days=days) for days in (3, 4, 5)]
    assert names == sorted(f"GJJ_{kind}_{day:%Y%m%d}.csv" for kind in ("ZHXX", "DKXX") for day in kept)
    for path in (city.folder / drop.FOLDER).iterdir():
        path.unlink()
    drop.write(city.folder, today)
