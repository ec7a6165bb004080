"""One seed, one population."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from yunzhou_departments import demo_persons
from yunzhou_departments.population import demo, lives
from yunzhou_departments.population.careers import Careers
from yunzhou_departments.population.enterprises import build_enterprises
from yunzhou_departments.population.families import Families
from yunzhou_departments.population.homes import Homes
from yunzhou_departments.population.model import (
    EPOCH,
    Appointment,
    Assistance,
    Birth,
    Career,
    Coverage,
    Disability,
    Enterprise,
    FundAccount,
    Home,
    Household,
    Lease,
    Marriage,
    OutOfTownFiling,
    Person,
    ResidencePermit,
    Sale,
    Visit,
)
from yunzhou_departments.population.numbers import Numbers

DEFAULT_PERSONS, DEFAULT_SEED = 20_000, 2026
LEAST_PERSONS = 20
ENTERPRISES_PER_PERSON = 0.15


@dataclass(slots=True)
class Population:
    """All that is true on a day. Two calls of `build` with the same arguments give equal populations."""

    seed: int
    as_of: date
    persons: list[Person]
    households: list[Household]
    marriages: list[Marriage]
    enterprises: list[Enterprise]
    careers: list[Career]
    coverages: list[Coverage]
    funds: list[FundAccount]
    homes: list[Home]
    sales: list[Sale]
    leases: list[Lease]
    births: list[Birth]
    visits: list[Visit]
    filings: list[OutOfTownFiling]
    disabilities: list[Disability]
    appointments: list[Appointment]
    assistance: list[Assistance]
    permits: list[ResidencePermit]

    def counts(self) -> dict[str, int]:
        """How many of each there are."""
        names = self.__dataclass_fields__
        return {name: len(value) for name in names if isinstance(value := getattr(self, name), list)}


def build(persons: int = DEFAULT_PERSONS, seed: int = DEFAULT_SEED, as_of: date = EPOCH) -> Population:
    """The population of a seed as it stands on a day. Raises: ValueError below 20 persons or before 2026."""
    if persons < LEAST_PERSONS:
        raise ValueError(f"a population has at least {LEAST_PERSONS} persons")
    if as_of < EPOCH:
        raise ValueError(f"the day must not be before {EPOCH}")
    taken = {person.id_number for person in demo_persons.PERSONS} | {e.credit_code for e in demo_persons.ENTERPRISES}
    families = Families(_stream(seed, "families"), Numbers(_stream(seed, "numbers"), taken))
    family = demo.settle(families)
    settled = len(families.households)
    families.fill(persons)
    count = max(round(persons * ENTERPRISES_PER_PERSON), len(demo_persons.EMPLOYERS))
    enterprises = build_enterprises(_stream(seed, "enterprises"), Numbers(_stream(seed, "credit"), taken), count)
    careers = Careers(_stream(seed, "careers"), enterprises, as_of)
    careers.careers, careers.coverages, careers.funds = demo.work(family, enterprises, as_of)
    for person in families.persons:
        if not person.is_demo:
            careers.draw(person)
    homes = Homes(_stream(seed, "homes"), families.marriages, careers.funds, as_of)
    demo.add_homes(homes, family, as_of)
    for household in families.households[settled:]:
        homes.draw(household)
    homes.sell_some(families.persons)
    homes.let_some(_stream(seed, "leases"), families.households[settled:], families.persons)
    _appoint(_stream(seed, "representatives"), enterprises, families.persons)
    enterprises.extend(demo.represented(family, first_index=len(enterprises)))
    rng = _stream(seed, "lives")
    others = [marriage for marriage in families.marriages if not marriage.husband.is_demo]
    covered = [coverage for coverage in careers.coverages if not coverage.person.is_demo]
    births = [demo.birth_of(family, as_of), *lives.births(rng, others, as_of)]
    visits = [*demo.visits_of(family, as_of), *lives.visits(rng, covered, as_of)]
    filings = lives.filings(rng, covered, as_of)
    disabled = [*demo.disabilities_of(family), *lives.disabilities(rng, families.persons)]
    return Population(
        seed=seed, as_of=as_of, persons=families.persons, households=families.households, marriages=families.marriages,
        enterprises=enterprises, careers=careers.careers, coverages=careers.coverages, funds=careers.funds,
        homes=homes.homes, sales=homes.sales, leases=homes.leases,
        births=births, visits=visits, filings=filings,
        disabilities=disabled, appointments=[demo.appointment_of(family), *lives.appointments(disabled)],
        assistance=lives.assistance(rng, families.households),
        permits=[demo.permit_of(family, as_of), *lives.permits(rng, families.households[settled:], as_of)],
    )  # fmt: skip


def _stream(seed: int, name: str) -> random.Random:
    """A stream of its own for each part, so that a change in one part leaves the others as they were."""
    return random.Random(f"{seed}:{name}")  # noqa: S311  # a repeatable population, not a secret


def _appoint(rng: random.Random, enterprises: list[Enterprise], persons: list[Person]) -> None:
    """A legal representative for each employer."""
    adults = [p for p in persons if not p.is_demo and p.died_date is None and 26 <= p.age_on(EPOCH) < 66]
    if not adults:
        adults = persons
    for enterprise in enterprises:
        enterprise.representative = adults[int(rng.random() * len(adults))]
