"""Work and what follows from it: insurance histories, pensions, medical cover, housing fund accounts."""

from __future__ import annotations

import random
from datetime import date
from itertools import accumulate, pairwise

from yunzhou_departments.population import places
from yunzhou_departments.population.model import (
    EPOCH,
    Career,
    Coverage,
    Enterprise,
    FundAccount,
    Person,
    Spell,
    month_index,
)

RETIREMENT_AGE = {"1": 60, "2": 55}
AGENCY = "云州市社会保险事业管理中心"
FLEXIBLE = "灵活就业人员窗口"
RESIDENTS = "城乡居民"
_WORK_SHARES = (("employed", 0.64), ("flexible", 0.75), ("unemployed", 0.80), ("none", 1.0))


class Careers:
    """Draws one career for each person; the months end with the month before ``as_of``."""

    def __init__(self, rng: random.Random, enterprises: list[Enterprise], as_of: date) -> None:
        self._rng = rng
        self._enterprises = enterprises
        self._weights = list(accumulate(enterprise.weight for enterprise in enterprises))
        self._last_month = month_index(as_of) - 1
        self._epoch_month = month_index(EPOCH) - 1
        self.careers: list[Career] = []
        self.coverages: list[Coverage] = []
        self.funds: list[FundAccount] = []

    def draw(self, person: Person) -> None:
        """Work, insurance, cover and fund of one person."""
        age = person.age_on(EPOCH)
        career = None
        if age >= RETIREMENT_AGE[person.sex]:
            career = self._retired(person)
        elif age >= 20 and person.died_date is None:
            career = self._working(person, age)
        if career is not None:
            self.careers.append(career)
            if career.spells and career.spells[-1].insurance == "110":
                self._fund(career)
        if person.died_date is None:
            self._cover(person, career)

    def employer(self) -> Enterprise:
        """Any employer, the large ones more often."""
        return self._rng.choices(self._enterprises, cum_weights=self._weights)[0]

    def number(self, person: Person) -> int:
        """The ten-digit personal number of the insurance agency."""
        return 6_600_000_001 + person.index * 7

    def _working(self, person: Person, age: int) -> Career | None:
        draw = self._rng.random()
        work = next(name for name, bound in _WORK_SHARES if draw < bound)
        if work == "none":
            person.work = "none"
            return self._resident_scheme(person, age) if self._rng.random() < 0.4 else None
        person.work = work  # type: ignore[assignment]  # one of the Literal's words, from the table above
        spells = self._spells(person, age, work)
        return Career(person, self.number(person), spells) if spells else None

    def _spells(self, person: Person, age: int, work: str) -> list[Spell]:
        """Up to three employers one after the other; whoever is unemployed stopped some months ago."""
        rng = self._rng
        start = month_index(person.birth_date) + 12 * (19 + int(rng.random() * 6))
        end = self._last_month if work != "unemployed" else self._epoch_month - 1 - int(rng.random() * 14)
        start = max(min(start, self._epoch_month - 3), month_index(date(1998, 1, 1)))
        if end - start < 3:
            return []
        count = 1 + (rng.random() < 0.45) + (rng.random() < 0.2)
        cuts = sorted({start + int(rng.random() * (self._epoch_month - start)) for _ in range(count - 1)})
        base = 4200 + int(rng.paretovariate(2.2) * 1800)
        edges = [start, *[cut for cut in cuts if start + 2 < cut < end - 2], end + 1]
        spells: list[Spell] = []
        for position, (first, after) in enumerate(pairwise(edges)):
            is_last = position == len(edges) - 2
            outside = not is_last and rng.random() < 0.25
            spells.append(
                self._spell(first, after - 1, min(base, 34000), is_last and work == "flexible", outside=outside)
            )
            base = int(base * (1.05 + rng.random() * 0.3))
        return spells

    def _spell(self, first: int, last: int, base: int, is_flexible: bool, *, outside: bool) -> Spell:
        if is_flexible:
            return Spell(None, FLEXIBLE, first, last, min(base, 9000), AGENCY)
        if outside:
            city, _ = places.OTHER_PLACES[places.other_division(self._rng)]
            return Spell(None, f"{city}原参保单位", first, last, base, f"{city}社会保险事业管理中心")
        employer = self.employer()
        return Spell(employer, employer.name, first, last, base, AGENCY)

    def _resident_scheme(self, person: Person, age: int) -> Career:
        years = min(age - 18, 15)
        first = self._epoch_month - 12 * years + 1
        return Career(
            person, self.number(person), [Spell(None, RESIDENTS, first, self._epoch_month, 300, AGENCY, "170")]
        )

    def _retired(self, person: Person) -> Career | None:
        """Four of five draw a pension: employees' after a career, residents' otherwise."""
        rng = self._rng
        if person.died_date is None:
            person.work = "retired"
        since = month_index(person.birth_date) + 12 * RETIREMENT_AGE[person.sex] + 1
        draw = rng.random()
        if draw > 0.92:
            return None
        is_employee = draw < 0.6
        years = 15 + int(rng.random() * 20)
        first = max(since - 12 * years, month_index(date(1986, 1, 1)))
        if since - first < 12:
            first = since - 12
        if is_employee:
            spell = self._spell(first, since - 1, 1500 + int(rng.random() * 5000), False, outside=False)
            return Career(person, self.number(person), [spell], 2300 + int(rng.random() * 4200), since)
        spell = Spell(None, RESIDENTS, first, since - 1, 300, AGENCY, "170")
        return Career(person, self.number(person), [spell], 180 + int(rng.random() * 260), since)

    def _cover(self, person: Person, career: Career | None) -> None:
        rng = self._rng
        if rng.random() < 0.035:
            return
        as_employee = career is not None and career.spells[-1].insurance == "110" and person.work != "unemployed"
        place = "990100" if as_employee and rng.random() < 0.4 else person.household.address.district
        paid = int(rng.expovariate(1 / 180_000)) if rng.random() < 0.45 else 0
        self.coverages.append(
            Coverage(
                person, f"Y{3_500_000_000 + person.index * 11:010d}", "310" if as_employee else "390", place, "1", paid,
                int(rng.expovariate(1 / 420_000)) if as_employee else 0,
                as_employee and person.marital in ("20", "22") and rng.random() < 0.5,
            )
        )  # fmt: skip

    def _fund(self, career: Career) -> None:
        rng = self._rng
        spell = career.spells[-1]
        if spell.employer is None or spell.employer.kind == "50" or career.pension or rng.random() > 0.78:
            return
        monthly = int(spell.base * rng.choice((5, 7, 8, 10, 12)) / 100) * 2 * 100
        months = spell.to_month - career.spells[0].from_month + 1
        status = "1" if career.person.work == "unemployed" else "0"
        opened = career.spells[0].from_month
        self.funds.append(
            FundAccount(
                career.person, f"8801{career.person.index * 13 + 1:09d}", spell.employer_name,
                int(months * monthly * (0.25 + rng.random() * 0.6)), monthly, status,
                date(opened // 12, opened % 12 + 1, 1 + int(rng.random() * 28)), spell.to_month,
            )
        )  # fmt: skip
