"""Real estate: homes, shops and garages, who holds them, what lies on them, and contracts of sale."""

from __future__ import annotations

import random
from datetime import date, timedelta

from yunzhou_departments.population import places, words
from yunzhou_departments.population.model import EPOCH, FundAccount, Home, Household, Lease, Marriage, Person, Sale

HOLDING_RATE, SECOND_RATE, SHOP_RATE, GARAGE_RATE, SALE_RATE = 0.58, 0.09, 0.03, 0.05, 0.007
NEWCOMER_HOLDING_RATE, LEASE_RATE = 0.12, 0.6


class Homes:
    """Draws what each household holds."""

    def __init__(self, rng: random.Random, marriages: list[Marriage], funds: list[FundAccount], as_of: date) -> None:
        self._rng = rng
        self._as_of = as_of
        self._married = {marriage.husband: marriage for marriage in marriages if marriage.end == "1"}
        self._married |= {marriage.wife: marriage for marriage in marriages if marriage.end == "1"}
        self._with_fund = {fund.person for fund in funds}
        self.homes: list[Home] = []
        self.sales: list[Sale] = []
        self.leases: list[Lease] = []

    def draw(self, household: Household) -> None:
        """What the head of a household (and the spouse) hold."""
        rng = self._rng
        head = next(
            (member for member in household.members if member.relation == "02" and member.died_date is None), None
        )
        if head is None or head.age_on(EPOCH) < 22:
            return
        if rng.random() < (NEWCOMER_HOLDING_RATE if household.outside_home else HOLDING_RATE):
            self._home(head, household.address, "010")
            if rng.random() < SECOND_RATE:
                self._home(head, places.home_address(rng), "010")
            if rng.random() < GARAGE_RATE:
                self._home(
                    head,
                    places.Address(
                        household.address.district, household.address.road, household.address.number, "地下车库"
                    ),
                    "050",
                )
        if rng.random() < SHOP_RATE:
            self._home(head, places.street_address(rng), "020")

    def sell_some(self, persons: list[Person]) -> None:
        """Contracts of sale between holders and other adults."""
        rng = self._rng
        buyers = [
            person
            for person in persons
            if not person.is_demo and person.died_date is None and 24 <= person.age_on(EPOCH) < 60
        ]
        for home in self.homes:
            if home.usage != "010" or rng.random() >= SALE_RATE or not buyers:
                continue
            buyer = rng.choice(buyers)
            if buyer.household is home.owners[0].household or home.owners[0].is_demo:
                continue
            day = self._as_of - timedelta(days=3 + int(rng.random() * 80))
            number = f"YZWQ{day:%Y%m%d}{len(self.sales) + 1:05d}"
            self.sales.append(
                Sale(number, home, home.owners[0], buyer, int(home.price * (0.9 + rng.random() * 0.5)), day)
            )

    def let_some(self, rng: random.Random, households: list[Household], persons: list[Person]) -> None:
        """Registered leases of newcomers who hold nothing: the home they live in belongs to somebody local."""
        holders = {owner for home in self.homes for owner in home.owners}
        landlords = [
            person
            for person in persons
            if person in holders and not person.is_demo and person.household.outside_home is None
        ]
        for household in households:
            tenant = household.members[0]
            if household.outside_home is None or tenant in holders or not landlords or rng.random() >= LEASE_RATE:
                continue
            landlord = landlords[int(rng.random() * len(landlords))]
            home = Home(
                unit_number=unit_number(household.address.district, len(self.homes) + 1),
                certificate_number=f"云(2018)云州市不动产权第{1_000_000 + len(self.homes) * 17:07d}号",
                address=household.address, area=round(30 + rng.random() * 70, 2), usage="010", structure="02",
                floor=1 + int(rng.random() * 18), built_year=2012, owners=[landlord], sharing="0",
                registered_date=date(2018, 1 + int(rng.random() * 12), 15), price=int(9000 + rng.random() * 9000),
            )  # fmt: skip
            self.homes.append(home)
            begins = self._as_of - timedelta(days=20 + int(rng.random() * 320))
            rent = 100_000 + int(home.area * 2500)
            number = f"YZZL{len(self.leases) + 1:010d}"
            self.leases.append(Lease(number, home, landlord, tenant, rent, begins, begins + timedelta(days=364)))

    def _home(self, head: Person, address: places.Address, usage: str) -> None:
        rng = self._rng
        marriage = self._married.get(head)
        earliest = max(date(2000, 1, 1), head.birth_date.replace(day=1) + timedelta(days=int(21.5 * 365)))
        span = (EPOCH - earliest).days
        if span < 40:
            return
        registered = earliest + timedelta(days=int(rng.random() * (span - 30)))
        owners, sharing = [head], "0"
        if marriage is not None and registered > marriage.registered_date and rng.random() < 0.7:
            owners, sharing = [marriage.husband, marriage.wife], "1"
        area = round(min(40 + rng.expovariate(1 / 45), 260), 2) if usage != "050" else round(11 + rng.random() * 8, 2)
        home = Home(
            unit_number=unit_number(address.district, len(self.homes) + 1),
            certificate_number=f"云({registered.year})云州市不动产权第{1_000_000 + len(self.homes) * 17:07d}号",
            address=address,
            area=area,
            usage=usage,
            structure="02" if rng.random() < 0.8 else "03",
            floor=1 + int(rng.random() * 18) if usage == "010" else 1,
            built_year=registered.year - int(rng.random() * 12),
            owners=owners,
            sharing=sharing,
            registered_date=registered,
            price=int(area * (70 + rng.random() * 190)),
        )
        if usage == "010" and registered.year >= 2012 and rng.random() < 0.35:
            home.mortgage = int(home.price * (0.2 + rng.random() * 0.5))
            home.mortgage_bank = rng.choice(words.BANKS)
            if any(owner in self._with_fund for owner in owners) and rng.random() < 0.5:
                home.fund_loan = int(home.mortgage * (0.3 + rng.random() * 0.6))
                home.mortgage_bank = "云州市住房公积金管理中心"
        self.homes.append(home)


def unit_number(district: str, serial: int) -> str:
    """A 28-character real-estate unit number: district, cadastral area, parcel, building and unit."""
    return f"{district}{serial % 900 + 100:03d}{serial // 900 % 900 + 100:03d}GB{serial % 99999:05d}F{serial:08d}"
