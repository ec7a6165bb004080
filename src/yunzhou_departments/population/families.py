"""Households: couples, children, grandparents, the divorced, the widowed and the newcomers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from yunzhou_departments import demo_persons
from yunzhou_departments.population import places, words
from yunzhou_departments.population.model import EPOCH, Household, Marriage, Person
from yunzhou_departments.population.numbers import Numbers

MOVED_RATE = 0.15
"""Share of households that have lived elsewhere in the city, so that a department may hold the old address."""
NEWCOMER_RATE = 0.12
_YEAR = 365.2425


class Families:
    """Builds households until the city has its persons."""

    def __init__(self, rng: random.Random, numbers: Numbers) -> None:
        self._rng = rng
        self._numbers = numbers
        self.persons: list[Person] = []
        self.households: list[Household] = []
        self.marriages: list[Marriage] = []
        self._names_kept = {person.name for person in demo_persons.PERSONS}

    def fill(self, count: int) -> None:
        """Households until there are exactly ``count`` persons."""
        shapes: tuple[tuple[Callable[[], None], int, int], ...] = (
            (self._single, 1, 14), (self._couple, 2, 12), (self._one_child, 3, 27), (self._two_children, 4, 15),
            (self._three_generations, 5, 11), (self._old_couple, 2, 9), (self._widowed, 2, 4),
            (self._divorced, 3, 4), (self._adult_child, 3, 4),
        )  # fmt: skip
        weights = [weight for _, _, weight in shapes]
        while (left := count - len(self.persons)) > 0:
            if self._rng.random() < NEWCOMER_RATE and left >= 2:
                self._newcomers()
                continue
            build, size, _ = self._rng.choices(shapes, weights)[0]
            if size <= left:
                build()
            elif left < 5:
                self._single()

    def household(self, address: places.Address | None = None, *, may_have_moved: bool = True) -> Household:
        """A household at an address, with no members yet."""
        rng = self._rng
        address = address or places.home_address(rng)
        former = places.home_address(rng) if may_have_moved and rng.random() < MOVED_RATE else None
        household = Household(f"{address.district[2:]}{len(self.households) + 1:07d}", address, former)
        self.households.append(household)
        return household

    def add(
        self,
        household: Household,
        sex: str,
        birth_date: date,
        relation: str,
        *,
        surname: str = "",
        marital: str = "10",
        ethnicity: str = "",
        division: str = "",
    ) -> Person:
        """One more member, with a name and number of their own."""
        ethnicity = ethnicity or words.ethnic_group(self._rng)
        person = Person(
            index=len(self.persons), name=self._name(sex, birth_date.year, surname, ethnicity), sex=sex,
            birth_date=birth_date,
            id_number=self._numbers.identity(division or household.address.district, birth_date, sex),
            ethnicity=ethnicity, household=household, relation=relation, phone="", marital=marital,
        )  # fmt: skip
        person.phone = f"12{100_000_000 + person.index * 37 % 900_000_000}"
        self.persons.append(person)
        household.members.append(person)
        return person

    def marry(self, husband: Person, wife: Person, day: date, *, again: bool = False) -> Marriage:
        """Register a marriage on a day."""
        husband.marital = wife.marital = "22" if again else "20"
        district = husband.household.address.district
        number = f"J{district}-{day.year}-{len(self.marriages) + 1:06d}"
        office = f"云州市{places.DISTRICTS[district]}民政局婚姻登记处"
        marriage = Marriage(husband, wife, day, office, number)
        self.marriages.append(marriage)
        return marriage

    def _name(self, sex: str, year: int, surname: str, ethnicity: str) -> str:
        if ethnicity == "05" and not surname:
            return words.dotted_name(self._rng, sex)
        while True:
            name = (surname or words.surname(self._rng)) + words.given_name(self._rng, sex, year)
            if name not in self._names_kept:
                return name

    def _born(self, youngest: float, oldest: float) -> date:
        days = (youngest + self._rng.random() * (oldest - youngest)) * _YEAR
        return EPOCH - timedelta(days=1 + int(days))

    def _pair(self, household: Household, youngest: float, oldest: float, division: str = "") -> tuple[Person, Person]:
        """A husband who heads the household and his wife, both of age at the registration."""
        rng = self._rng
        his_day = self._born(youngest, oldest)
        her_day = his_day + timedelta(days=int((rng.random() * 7 - 2) * _YEAR))
        her_day = min(her_day, EPOCH - timedelta(days=int(21 * _YEAR)))
        husband = self.add(household, "1", his_day, "02", division=division)
        ethnicity = husband.ethnicity if rng.random() < 0.8 else ""
        wife = self.add(
            household, "2", her_day, "12", ethnicity=ethnicity, division=division or self._her_division(household)
        )
        of_age = max(_birthday(his_day, 22), _birthday(her_day, 20))
        day = min(of_age + timedelta(days=int(rng.random() * 6 * 365)), EPOCH - timedelta(days=2))
        self.marry(husband, wife, max(day, of_age), again=rng.random() < 0.04)
        return husband, wife

    def _her_division(self, household: Household) -> str:
        """A number is given where one is born, which need not be where one lives."""
        if self._rng.random() < 0.6:
            return household.address.district
        return self._rng.choice(tuple(places.DISTRICTS))

    def _child(self, household: Household, parents: tuple[Person, Person], after: date, years: float) -> Person | None:
        """A child born some time after a day; None when that is still to come."""
        father, mother = parents
        day = after + timedelta(days=int((0.8 + self._rng.random() * years) * 365))
        if day >= EPOCH:
            return None
        sex = "1" if self._rng.random() < 0.515 else "2"
        surname = _surname_of(father)
        child = self.add(household, sex, day, "20" if sex == "1" else "30", surname=surname, ethnicity=father.ethnicity)
        child.father, child.mother = father, mother
        return child

    def _single(self) -> None:
        self.add(self.household(), "1" if self._rng.random() < 0.55 else "2", self._born(19, 62), "02")

    def _couple(self) -> None:
        self._pair(self.household(), 24, 62)

    def _one_child(self) -> None:
        household = self.household()
        pair = self._pair(household, 25, 45)
        self._child(household, pair, self.marriages[-1].registered_date, 5)

    def _two_children(self) -> None:
        household = self.household()
        pair = self._pair(household, 28, 46)
        first = self._child(household, pair, self.marriages[-1].registered_date, 3)
        if first is not None:
            self._child(household, pair, first.birth_date, 6)

    def _three_generations(self) -> None:
        household = self.household()
        husband, wife = self._pair(household, 27, 44)
        self._child(household, (husband, wife), self.marriages[-1].registered_date, 4)
        father_day = husband.birth_date - timedelta(days=int((23 + self._rng.random() * 9) * _YEAR))
        mother_day = husband.birth_date - timedelta(days=int((21 + self._rng.random() * 9) * _YEAR))
        father = self.add(household, "1", father_day, "51", surname=_surname_of(husband), ethnicity=husband.ethnicity)
        mother = self.add(household, "2", mother_day, "52")
        husband.father, husband.mother = father, mother
        of_age = max(_birthday(father_day, 22), _birthday(mother_day, 20))
        day = min(of_age + timedelta(days=int(self._rng.random() * 300)), husband.birth_date - timedelta(days=60))
        self.marry(father, mother, day)

    def _old_couple(self) -> None:
        self._pair(self.household(), 61, 92)

    def _widowed(self) -> None:
        """Somebody whose spouse has died; the dead stay in the files, marked."""
        household = self.household()
        husband, wife = self._pair(household, 62, 94)
        died, left = (husband, wife) if self._rng.random() < 0.7 else (wife, husband)
        died.died_date = EPOCH - timedelta(days=30 + int(self._rng.random() * 2000))
        left.marital, left.relation = "30", "02"
        marriage = self.marriages[-1]
        marriage.end, marriage.ended_date = "3", died.died_date

    def _divorced(self) -> None:
        """A couple that parted: he lives alone, she with their child."""
        his, hers = self.household(), self.household()
        husband, wife = self._pair(his, 31, 55)
        his.members.remove(wife)
        hers.members.append(wife)
        wife.household, wife.relation = hers, "02"
        marriage = self.marriages[-1]
        child = self._child(hers, (husband, wife), marriage.registered_date, 3)
        earliest = child.birth_date if child else marriage.registered_date
        span = max((EPOCH - earliest).days - 30, 10)
        marriage.end, marriage.ended_date = "2", earliest + timedelta(days=5 + int(self._rng.random() * (span - 5)))
        husband.marital = wife.marital = "40"

    def _adult_child(self) -> None:
        """Parents whose grown child still lives with them."""
        household = self.household()
        pair = self._pair(household, 46, 58)
        self._child(household, pair, self.marriages[-1].registered_date, 3)

    def _newcomers(self) -> None:
        """People registered in another city who live and work here."""
        division = places.other_division(self._rng)
        household = self.household(may_have_moved=False)
        household.outside_home = places.outside_address(self._rng, division)
        if self._rng.random() < 0.55:
            self.add(household, "1" if self._rng.random() < 0.58 else "2", self._born(19, 50), "02", division=division)
        else:
            self._pair(household, 23, 50, division)


def _surname_of(person: Person) -> str:
    if "·" in person.name:
        return ""
    return person.name[:2] if person.name[:2] in words.COMPOUND_SURNAMES else person.name[0]


def _birthday(day: date, age: int) -> date:
    """The birthday at an age; the 28th stands in for the 29th of February."""
    return day.replace(year=day.year + age, day=min(day.day, 28) if day.month == 2 else day.day)
