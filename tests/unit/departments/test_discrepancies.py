"""Disagreements between departments: planted at the documented rates, listed, and never on the demo's residents."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from yunzhou_departments import discrepancies
from yunzhou_departments.demo_persons import PERSONS
from yunzhou_departments.discrepancies import RATES, SOCIAL, Held
from yunzhou_departments.population.build import Population
from yunzhou_departments.social import rows as social_rows


def near(count: int, rate: float, cases: int) -> bool:
    """Whether a count is within four standard deviations of what the rate leads to expect."""
    return abs(count - rate * cases) <= 4 * (cases * rate * (1 - rate)) ** 0.5 + 1


def test_every_documented_kind_occurs(held: Held) -> None:
    assert {item.kind for item in held.listed} == set(RATES)


def test_kinds_occur_at_their_rates(population: Population, held: Held) -> None:
    found = Counter(item.kind for item in held.listed)
    moved = sum(1 for c in population.careers if c.person.household.former_address is not None)
    assert near(found["address-old"], RATES["address-old"], moved)
    married = sum(1 for m in population.marriages if m.end == "1" and not m.husband.is_demo)
    assert near(found["marriage-not-updated"] // 2, RATES["marriage-not-updated"], married)
    records = len(population.careers) + len(population.coverages)
    assert near(found["birth-date-digit"], RATES["birth-date-digit"], records)
    changed = sum(1 for c in population.careers if c.person.work in ("employed", "flexible"))
    assert near(found["stale-record"], RATES["stale-record"], changed)


def test_the_demo_residents_are_spared(held: Held) -> None:
    assert {item.id_number for item in held.listed}.isdisjoint(person.id_number for person in PERSONS)


def test_what_is_held_differs_from_what_is_true(held: Held) -> None:
    assert all(item.held != item.actual for item in held.listed)


def test_a_listed_disagreement_is_what_the_system_holds(population: Population, held: Held) -> None:
    tables = {rows.table: list(rows.rows) for rows in social_rows.tables(population, held)}
    names = {row[1]: row[2] for row in tables["ac01"]}
    addresses = {row[1]: row[9] for row in tables["ac01"]}
    listed = [item for item in held.listed if item.system == SOCIAL]
    assert all(names[item.id_number] == item.held for item in listed if item.kind == "name-variant")
    assert all(addresses[item.id_number] == item.held for item in listed if item.kind == "address-old")


def test_an_unlisted_person_is_held_as_is(population: Population, held: Held) -> None:
    planted = {item.id_number for item in held.listed}
    tables = {rows.table: list(rows.rows) for rows in social_rows.tables(population, held)}
    truth = {person.id_number: person for person in population.persons}
    for row in tables["ac01"]:
        if row[1] not in planted:
            person = truth[row[1]]
            assert (row[2], row[4]) == (person.name, int(f"{person.birth_date:%Y%m%d}"))
            assert row[9] == person.household.address.text()


def test_the_same_seed_plants_the_same(population: Population, held: Held) -> None:
    assert discrepancies.plan(population).listed == held.listed


@given(day=st.dates(date(1930, 1, 1), date(2025, 12, 31)), seed=st.integers())
def test_a_wrong_birth_date_differs_in_one_digit_and_exists(day: date, seed: int) -> None:
    wrong = discrepancies.one_digit_wrong(random.Random(seed), day)
    differing = [a != b for a, b in zip(f"{day:%Y%m%d}", f"{wrong:%Y%m%d}", strict=True)]
    assert sum(differing) == 1


def test_old_numbers_have_fifteen_digits() -> None:
    assert discrepancies.fifteen_digits("990102194803120176") == "990102480312017"


def test_the_list_reads_back(tmp_path: Path, held: Held) -> None:
    path = tmp_path / "discrepancies.csv"
    discrepancies.write_list(path, held.listed)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(held.listed)
    assert rows[0]["kind"] == held.listed[0].kind
