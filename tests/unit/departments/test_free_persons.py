"""The pack's free demo persons really are in the police register, however many residents a demo has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from yunzhou_departments import demo_persons, discrepancies
from yunzhou_departments.police import rows
from yunzhou_departments.population.build import build

PACK = Path(__file__).resolve().parents[3] / "packs" / "yunzhou"
FREE = yaml.safe_load((PACK / "demo_persons.yaml").read_text(encoding="utf-8"))["persons"]


@pytest.mark.parametrize("persons", [400, 1_234, 5_000])
def test_the_police_know_every_free_person_by_name_and_number(persons: int) -> None:
    population = build(persons, as_of=date(2026, 5, 1))
    residents = next(
        table for table in rows.tables(population, discrepancies.plan(population)) if table.table == '"T_HJ_CZRK"'
    )
    register = {(row[1], row[2]) for row in residents.rows}
    assert [row for row in FREE if (row["id_number"], row["name"]) not in register] == []


def test_there_are_a_few_hundred_and_none_twice() -> None:
    assert len(FREE) >= 250
    for key in ("id_number", "phone"):
        assert len({row[key] for row in FREE}) == len(FREE)


def test_none_is_one_of_those_with_an_account_already() -> None:
    assert not {person.id_number for person in demo_persons.PERSONS} & {row["id_number"] for row in FREE}
