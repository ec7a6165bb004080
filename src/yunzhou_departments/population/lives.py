"""Events of life: births, hospital stays, disability, benefits, residence permits."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from yunzhou_departments.population import words
from yunzhou_departments.population.model import (
    EPOCH,
    Appointment,
    Assistance,
    Birth,
    Coverage,
    Disability,
    Household,
    Marriage,
    OutOfTownFiling,
    Person,
    ResidencePermit,
    Visit,
)

BIRTH_RATE, VISIT_RATE, FILING_RATE = 0.03, 0.02, 0.01
DISABILITY_RATE, POVERTY_RATE, OLD_AGE_RATE, PERMIT_RATE = 0.02, 0.012, 0.6, 0.8
OLD_AGE = 80


def births(rng: random.Random, marriages: list[Marriage], as_of: date) -> list[Birth]:
    """Newborns of the last two months, whose parents have not registered them yet."""
    found: list[Birth] = []
    for marriage in marriages:
        mother = marriage.wife
        draw = rng.random()
        if marriage.end != "1" or not 22 <= mother.age_on(EPOCH) <= 41 or draw >= BIRTH_RATE:
            continue
        found.append(
            Birth(
                f"Y990{200_000 + len(found):06d}",
                "1" if rng.random() < 0.51 else "2",
                datetime.combine(
                    as_of - timedelta(days=1 + int(rng.random() * 58)),
                    time(int(rng.random() * 24), int(rng.random() * 60)),
                ),
                rng.choice(words.HOSPITALS),
                mother,
                marriage.husband,
                2300 + int(rng.random() * 1900),
            )
        )
    return found


def visits(rng: random.Random, coverages: list[Coverage], as_of: date) -> list[Visit]:
    """Stays that the patients paid themselves, most of them in other cities."""
    found: list[Visit] = []
    for coverage in coverages:
        if rng.random() >= VISIT_RATE:
            continue
        left = as_of - timedelta(days=4 + int(rng.random() * 120))
        place, hospital = (
            rng.choice(words.OUTSIDE_HOSPITALS) if rng.random() < 0.8 else ("云州市", rng.choice(words.HOSPITALS))
        )
        total = 60_000 + int(rng.expovariate(1 / 900_000))
        kind = "21" if total > 200_000 else rng.choice(("11", "14"))
        came = left - timedelta(days=1 + int(rng.random() * 12)) if kind == "21" else left
        number = f"M{len(found) + 1:09d}"
        found.append(
            Visit(
                number,
                coverage.person,
                kind,
                hospital,
                place,
                came,
                left,
                total,
                int(total * (0.6 + rng.random() * 0.35)),
                f"99{len(found) * 31:08d}",
            )
        )
    return found


def filings(rng: random.Random, coverages: list[Coverage], as_of: date) -> list[OutOfTownFiling]:
    """Leave to be treated elsewhere, running or over."""
    found: list[OutOfTownFiling] = []
    for coverage in coverages:
        if rng.random() >= FILING_RATE:
            continue
        begins = as_of - timedelta(days=int(rng.random() * 500))
        place, _ = rng.choice(words.OUTSIDE_HOSPITALS)
        kind = "1" if coverage.person.work == "retired" else rng.choice("234")
        found.append(
            OutOfTownFiling(
                f"YD{len(found) + 1:08d}", coverage.person, kind, place, begins, begins + timedelta(days=364)
            )
        )
    return found


def disabilities(rng: random.Random, persons: list[Person]) -> list[Disability]:
    """Certificates; the severe grades draw an allowance."""
    found: list[Disability] = []
    for person in persons:
        if rng.random() >= DISABILITY_RATE or person.died_date is not None or person.is_demo:
            continue
        grade = rng.choice("1223344")
        issued = EPOCH - timedelta(days=100 + int(rng.random() * 3200))
        allowance = rng.choice("023") if grade in "12" else "0"
        found.append(Disability(person, rng.choice("1244456677"), grade, max(issued, person.birth_date), allowance))
    return found


def appointments(disabilities: list[Disability]) -> list[Appointment]:
    """Guardians of adults with a severe intellectual or mental disability: an adult of the same household."""
    found: list[Appointment] = []
    for held in disabilities:
        ward, household = held.person, held.person.household
        if held.category not in "56" or held.grade not in "12" or ward.age_on(EPOCH) < 18 or household.outside_home:
            continue
        fit = (one for one in household.members if one is not ward and one.died_date is None and not one.is_demo)
        guardian = next((one for one in fit if one.age_on(EPOCH) >= 18), None)
        if guardian is not None and not ward.is_demo:
            kind = "1" if ward.index % 3 else "2"
            document = f"({held.issued_date.year})云民监字第{len(found) + 1:05d}号"
            found.append(Appointment(ward, guardian, kind, document, held.issued_date + timedelta(days=60)))
    return found


def assistance(rng: random.Random, households: list[Household]) -> list[Assistance]:
    """The minimum living allowance by household, the old-age allowance from eighty on."""
    found: list[Assistance] = []
    for household in households:
        poor = rng.random() < POVERTY_RATE and household.outside_home is None
        since = EPOCH - timedelta(days=60 + int(rng.random() * 2000))
        for person in household.members:
            if person.died_date is not None or person.is_demo:
                continue
            if poor:
                found.append(Assistance(person, "A", "1", 780, since))
            if person.age_on(EPOCH) >= OLD_AGE and household.outside_home is None and rng.random() < OLD_AGE_RATE:
                begins = person.birth_date.replace(year=person.birth_date.year + OLD_AGE, day=1)
                found.append(Assistance(person, "C", "1", 100 if person.age_on(EPOCH) < 90 else 200, begins))
    return found


def permits(rng: random.Random, households: list[Household], as_of: date) -> list[ResidencePermit]:
    """Newcomers who have registered where they live."""
    found: list[ResidencePermit] = []
    for household in households:
        if household.outside_home is None:
            continue
        for person in household.members:
            if rng.random() >= PERMIT_RATE and not person.is_demo:
                continue
            registered = EPOCH - timedelta(days=20 + int(rng.random() * 1500))
            valid_to = registered.replace(day=min(registered.day, 28), year=registered.year + 1)
            while valid_to < as_of - timedelta(days=60):
                valid_to = valid_to.replace(year=valid_to.year + 1)
            found.append(
                ResidencePermit(
                    f"{household.address.district}{20_000_000 + len(found):010d}",
                    person,
                    rng.choice(("01", "01", "02", "03", "04")),
                    registered,
                    valid_to,
                )
            )
    return found
