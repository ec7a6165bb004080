"""What is true: the records that the departments' own records are derived from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from yunzhou_departments.population.places import Address

EPOCH = date(2026, 1, 1)
"""Everybody with an identity number was born before this day, so that a seed gives the same persons on every day."""

Work = Literal["employed", "flexible", "unemployed", "retired", "none"]


@dataclass(slots=True, eq=False)
class Household:
    """Who is registered together. ``outside_home`` is set for newcomers whose registration is in another city."""

    number: str
    address: Address
    former_address: Address | None = None
    outside_home: str | None = None
    members: list[Person] = field(default_factory=list, repr=False)


@dataclass(slots=True, eq=False)
class Person:
    """One resident. ``marital`` is GB/T 2261.2, ``relation`` GB/T 4761 to the head of the household."""

    index: int
    name: str
    sex: str
    birth_date: date
    id_number: str
    ethnicity: str
    household: Household
    relation: str
    phone: str
    marital: str = "10"
    father: Person | None = None
    mother: Person | None = None
    died_date: date | None = None
    is_demo: bool = False
    work: Work = "none"

    def age_on(self, day: date) -> int:
        """Completed years."""
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))


@dataclass(slots=True, eq=False)
class Marriage:
    """One registration. ``ended`` with ``end`` 2 (divorce) or 3 (death) once it is over."""

    husband: Person
    wife: Person
    registered_date: date
    office: str
    certificate_number: str
    ended_date: date | None = None
    end: Literal["1", "2", "3"] = "1"


@dataclass(slots=True, eq=False)
class Enterprise:
    """One employer. ``kind``: 10 enterprise, 20 public institution, 50 individual business."""

    index: int
    name: str
    credit_code: str
    kind: str
    industry: str
    address: Address
    founded_date: date
    phone: str
    weight: float
    representative: Person | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A run of months at one employer. Units: months counted from year 0 (`month_index`), base in yuan."""

    employer: Enterprise | None
    employer_name: str
    from_month: int
    to_month: int
    base: int
    agency: str
    insurance: str = "110"


@dataclass(slots=True, eq=False)
class Career:
    """A person's insurance history, newest spell last, and the pension if there is one. Units: yuan."""

    person: Person
    personal_number: int
    spells: list[Spell]
    pension: int = 0
    pension_since: int = 0


@dataclass(slots=True, eq=False)
class Coverage:
    """Medical insurance. ``scheme`` 310 employees, 390 residents. Units: fen."""

    person: Person
    card_number: str
    scheme: str
    place: str
    status: str
    fund_paid: int
    account_balance: int
    has_family_account: bool


@dataclass(slots=True, eq=False)
class FundAccount:
    """A housing fund account. ``status`` 0 normal, 1 sealed. Units: fen."""

    person: Person
    account_number: str
    employer_name: str
    balance: int
    monthly_deposit: int
    status: str
    opened_date: date
    deposited_until: int


@dataclass(slots=True, eq=False)
class Home:
    """One real-estate unit and who holds it. Units: square metres, price in 1/100 of 10,000 yuan."""

    unit_number: str
    certificate_number: str
    address: Address
    area: float
    usage: str
    structure: str
    floor: int
    built_year: int
    owners: list[Person]
    sharing: str
    registered_date: date
    price: int
    mortgage: int = 0
    mortgage_bank: str = ""
    fund_loan: int = 0


@dataclass(frozen=True, slots=True)
class Sale:
    """A registered contract of sale that has not been carried out. Units: price as in `Home`."""

    number: str
    home: Home
    seller: Person
    buyer: Person
    price: int
    signed_date: date


@dataclass(frozen=True, slots=True)
class Lease:
    """A registered lease. Units: rent in fen a month."""

    number: str
    home: Home
    landlord: Person
    tenant: Person
    rent: int
    from_date: date
    to_date: date


@dataclass(frozen=True, slots=True)
class Birth:
    """A newborn without an identity number yet. Units: grams."""

    certificate_number: str
    sex: str
    born_at: datetime
    hospital: str
    mother: Person
    father: Person
    weight: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A hospital stay that the patient paid and the fund has not settled. Units: fen."""

    number: str
    person: Person
    kind: str
    hospital: str
    place: str
    admitted_date: date
    discharged_date: date
    total: int
    eligible: int
    invoice: str


@dataclass(frozen=True, slots=True)
class OutOfTownFiling:
    """Leave to be treated in another city."""

    number: str
    person: Person
    kind: str
    destination: str
    from_date: date
    to_date: date


@dataclass(frozen=True, slots=True)
class Disability:
    """A disability certificate."""

    person: Person
    category: str
    grade: str
    issued_date: date
    allowance: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointed guardian of an adult without capacity: 1 by the court, 2 by civil affairs."""

    ward: Person
    guardian: Person
    kind: str
    document: str
    decided_date: date


@dataclass(frozen=True, slots=True)
class Assistance:
    """A running benefit: A minimum living allowance, B destitute support, C old-age allowance. Units: yuan a month."""

    person: Person
    kind: str
    status: str
    amount: int
    since_date: date


@dataclass(frozen=True, slots=True)
class ResidencePermit:
    """A newcomer's registration in the city."""

    number: str
    person: Person
    reason: str
    registered_date: date
    valid_to: date


def month_index(day: date) -> int:
    """Months since year 0, so that months can be subtracted."""
    return day.year * 12 + day.month - 1


def month_number(index: int) -> int:
    """The month as yyyymm."""
    return index // 12 * 100 + index % 12 + 1


def at_noon(day: date, minutes: int = 0) -> datetime:
    """A moment in office hours of a day, in the city's own time (departments store no zone)."""
    return datetime.combine(day, time(9)) + timedelta(minutes=minutes)
