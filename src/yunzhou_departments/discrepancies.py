"""Where departments disagree with the truth, planted at known rates and listed one by one.

Every kind is one that real departments have. ``RATES`` are shares of the records that the kind can befall; the fixed
demo residents are spared.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta
from pathlib import Path

from yunzhou_departments.population import words
from yunzhou_departments.population.build import Population
from yunzhou_departments.population.model import EPOCH, Career, Person

POLICE, ESTATE, SOCIAL = "police", "natural-resources", "human-resources"
MEDICAL, CIVIL, FUND = "medical-insurance", "civil-affairs", "housing-fund"

RATES = {
    "name-variant": 0.35,
    "address-old": 0.30,
    "birth-date-digit": 0.005,
    "marriage-not-updated": 0.08,
    "divorce-not-updated": 0.15,
    "spouse-missing": 0.04,
    "employer-left": 0.06,
    "stale-record": 0.03,
    "id-number-15": 0.08,
    "duplicate-record": 0.005,
    "death-not-updated": 0.25,
}


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One planted disagreement: what is true, and what the system holds. ``field`` is the shared resource's field."""

    kind: str
    system: str
    id_number: str
    field: str
    actual: str
    held: str


class Held:
    """What each system holds instead of the truth."""

    def __init__(self) -> None:
        self.listed: list[Discrepancy] = []
        self._held: dict[tuple[str, int, str], str] = {}

    def plant(self, kind: str, system: str, person: Person, field: str, actual: str, held: str) -> None:
        """Let a system hold something else than the truth about a person."""
        self._held[system, person.index, field] = held
        self.listed.append(Discrepancy(kind, system, person.id_number, field, actual, held))

    def value(self, system: str, person: Person, field: str, actual: str) -> str:
        """What the system holds: the truth unless something else was planted."""
        return self._held.get((system, person.index, field), actual)

    def is_planted(self, system: str, person: Person, field: str) -> bool:
        """Whether the system holds something else than the truth."""
        return (system, person.index, field) in self._held


class _Planter:
    def __init__(self, population: Population) -> None:
        self._population = population
        self._rng = random.Random(f"{population.seed}:discrepancies")  # noqa: S311  # repeatable, not a secret
        self.held = Held()

    def _befalls(self, kind: str, person: Person) -> bool:
        return self._rng.random() < RATES[kind] and not person.is_demo

    def names(self) -> None:
        """Rare characters and middle dots, written otherwise by whoever could not type them."""
        holders = {
            SOCIAL: [career.person for career in self._population.careers],
            MEDICAL: [coverage.person for coverage in self._population.coverages],
            FUND: [fund.person for fund in self._population.funds],
            ESTATE: list(dict.fromkeys(owner for home in self._population.homes for owner in home.owners)),
        }
        for system, persons in holders.items():
            for person in persons:
                variant = words.spelt_otherwise(person.name)
                if variant is not None and self._befalls("name-variant", person):
                    self.held.plant("name-variant", system, person, "name", person.name, variant)

    def social(self) -> None:
        """Old addresses, forgotten records, doubles, and pensions that go on after death."""
        for career in self._population.careers:
            person, former = career.person, career.person.household.former_address
            if former is not None and self._befalls("address-old", person):
                actual = person.household.address.text()
                self.held.plant("address-old", SOCIAL, person, "contact_address", actual, former.text())
            if self._befalls("birth-date-digit", person):
                self._wrong_birth_date(SOCIAL, person)
            if person.work in ("employed", "flexible") and self._befalls("stale-record", person):
                self._stale(career)
            if person.died_date is None and self._befalls("duplicate-record", person):
                number = str(career.personal_number)
                self.held.plant(
                    "duplicate-record",
                    SOCIAL,
                    person,
                    "personal_number",
                    number,
                    f"{number},{career.personal_number + 3}",
                )
            if career.pension and person.died_date is not None and self._befalls("death-not-updated", person):
                self.held.plant("death-not-updated", SOCIAL, person, "pension_status", "终止", "正常发放")

    def medical(self) -> None:
        """Birth dates with one digit wrong."""
        for coverage in self._population.coverages:
            if self._befalls("birth-date-digit", coverage.person):
                self._wrong_birth_date(MEDICAL, coverage.person)

    def marriages(self) -> None:
        """Marriages and divorces that the police never heard of, and old registrations without the wife's number."""
        for marriage in self._population.marriages:
            husband, wife = marriage.husband, marriage.wife
            if marriage.end == "1" and self._befalls("marriage-not-updated", husband):
                for person in (husband, wife):
                    self.held.plant("marriage-not-updated", POLICE, person, "marital_status_declared", "已婚", "未婚")
            if marriage.end == "2" and self._befalls("divorce-not-updated", husband):
                for person in (husband, wife):
                    self.held.plant("divorce-not-updated", POLICE, person, "marital_status_declared", "离婚", "已婚")
            if marriage.registered_date.year < 2005 and self._befalls("spouse-missing", husband):
                self.held.plant("spouse-missing", CIVIL, husband, "spouse_id_number", wife.id_number, "")

    def fund(self) -> None:
        """People who changed jobs and are still listed with the employer they left."""
        careers = {career.person: career for career in self._population.careers}
        for fund in self._population.funds:
            names = [spell.employer_name for spell in careers[fund.person].spells]
            former = next((name for name in reversed(names) if name != fund.employer_name), None)
            if former is not None and self._befalls("employer-left", fund.person):
                self.held.plant("employer-left", FUND, fund.person, "employer_name", fund.employer_name, former)

    def titles(self) -> None:
        """Titles registered under the fifteen-digit numbers of former times."""
        newest: dict[Person, date] = {}
        for home in self._population.homes:
            for owner in home.owners:
                newest[owner] = max(home.registered_date, newest.get(owner, home.registered_date))
        for owner, day in newest.items():
            if day.year < 2012 and owner.birth_date.year < 1985 and self._befalls("id-number-15", owner):
                self.held.plant(
                    "id-number-15", ESTATE, owner, "id_number", owner.id_number, fifteen_digits(owner.id_number)
                )

    def _wrong_birth_date(self, system: str, person: Person) -> None:
        held = one_digit_wrong(self._rng, person.birth_date)
        self.held.plant(
            "birth-date-digit", system, person, "birth_date", person.birth_date.isoformat(), held.isoformat()
        )

    def _stale(self, career: Career) -> None:
        day = EPOCH - timedelta(days=5 * 365 + int(self._rng.random() * 2000))
        self.held.plant("stale-record", SOCIAL, career.person, "observed_at", "", day.isoformat())


def plan(population: Population) -> Held:
    """All disagreements of a population; the same for the same seed."""
    planter = _Planter(population)
    planter.names()
    planter.social()
    planter.medical()
    planter.marriages()
    planter.fund()
    planter.titles()
    return planter.held


def fifteen_digits(number: str) -> str:
    """The number as it was before 1999: no century and no check character."""
    return number[:6] + number[8:17]


def one_digit_wrong(rng: random.Random, day: date) -> date:
    """A date that differs in exactly one of its eight digits, and exists."""
    text = f"{day:%Y%m%d}"
    while True:
        position = 3 + int(rng.random() * 5)
        digit = str(int(rng.random() * 10))
        changed = text[:position] + digit + text[position + 1 :]
        if digit == text[position]:
            continue
        try:
            return date(int(changed[:4]), int(changed[4:6]), int(changed[6:]))
        except ValueError:
            continue


def write_list(path: Path, listed: Iterable[Discrepancy]) -> None:
    """The list as UTF-8 CSV with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(Discrepancy)])
        writer.writerows(astuple(item) for item in listed)
