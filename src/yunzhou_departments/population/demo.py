"""The fixed residents' families, work, homes and papers: rich and without contradictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from yunzhou_departments import demo_persons
from yunzhou_departments.demo_persons import DemoPerson, DemoPremises
from yunzhou_departments.population.careers import AGENCY, FLEXIBLE
from yunzhou_departments.population.families import Families
from yunzhou_departments.population.homes import Homes
from yunzhou_departments.population.model import (
    Appointment,
    Birth,
    Career,
    Coverage,
    Disability,
    Enterprise,
    FundAccount,
    Home,
    Household,
    Lease,
    Person,
    ResidencePermit,
    Sale,
    Spell,
    Visit,
    Work,
    month_index,
)
from yunzhou_departments.population.places import Address


@dataclass(frozen=True, slots=True)
class DemoFamily:
    """The fixed residents once they are in the population. Going through it gives those with a working life."""

    wang: Person
    li: Person
    chen: Person
    zhou: Person
    zhao: Person
    qian: Person
    sun: Person
    jing: Person
    wu: Person
    wu_child: Person
    qian_sister: Person

    def __iter__(self) -> Iterator[Person]:
        return iter((self.wang, self.li, self.chen, self.zhou, self.zhao, self.qian, self.sun, self.jing, self.wu))


def settle(families: Families) -> DemoFamily:
    """The fixed residents' households and marriages, before anybody else is drawn."""
    young = families.household(_address(demo_persons.FLAT), may_have_moved=False)
    old = families.household(_address(demo_persons.OLD_FLAT), may_have_moved=False)
    newcomer = families.household(_address(demo_persons.RENTED_FLAT), may_have_moved=False)
    worker = families.household(Address("990102", "文汇路", "9号", "2幢305室"), may_have_moved=False)
    graduate = families.household(Address("990104", "望江路", "88号", "4幢1102室"), may_have_moved=False)
    daughter = families.household(Address("990102", "锦云路", "18号", "3幢601室"), may_have_moved=False)
    newcomer.outside_home = "临州市南屏区明泉路18号"
    family = DemoFamily(
        wang=_add(families, young, demo_persons.WANG, "02", "employed"),
        li=_add(families, young, demo_persons.LI, "12", "employed"),
        chen=_add(families, old, demo_persons.CHEN, "02", "retired"),
        zhou=_add(families, old, demo_persons.ZHOU, "12", "retired"),
        zhao=_add(families, newcomer, demo_persons.ZHAO, "02", "employed"),
        qian=_add(families, worker, demo_persons.QIAN, "02", "employed"),
        sun=_add(families, graduate, demo_persons.SUN, "02", "unemployed"),
        jing=_add(families, daughter, demo_persons.JING, "12", "employed"),
        wu=_add(families, daughter, demo_persons.WU, "02", "employed"),
        wu_child=_add(families, daughter, demo_persons.WU_CHILD, "30", "none"),
        qian_sister=_add(families, worker, demo_persons.QIAN_SISTER, "99", "none"),
    )
    family.jing.father, family.jing.mother = family.chen, family.zhou
    family.wu_child.father, family.wu_child.mother = family.wu, family.jing
    families.marry(family.wang, family.li, date(2019, 5, 20))
    families.marry(family.chen, family.zhou, date(1975, 10, 1))
    families.marry(family.wu, family.jing, date(2012, 9, 9))
    return family


def work(
    family: DemoFamily, enterprises: list[Enterprise], as_of: date
) -> tuple[list[Career], list[Coverage], list[FundAccount]]:
    """Careers, medical cover and fund accounts."""
    cloud, dawn = enterprises[0], enterprises[1]
    last = month_index(as_of) - 1
    outside = "临州市社会保险事业管理中心"
    spells = {
        family.wang: [
            Spell(None, "临州市白石软件有限公司", _month(2013, 8), _month(2017, 6), 8200, outside),
            Spell(cloud, cloud.name, _month(2017, 7), last, 15600, AGENCY),
        ],
        family.li: [Spell(dawn, dawn.name, _month(2016, 8), last, 9800, AGENCY)],
        family.chen: [Spell(None, "云州市第二纺织厂", _month(1986, 1), _month(2008, 3), 2600, AGENCY)],
        family.zhou: [Spell(None, "云州市第二纺织厂", _month(1986, 1), _month(2005, 6), 2100, AGENCY)],
        family.zhao: [
            Spell(None, "临州市恒远物流有限公司", _month(2020, 7), _month(2023, 2), 4600, outside),
            Spell(None, FLEXIBLE, _month(2023, 3), last - 14, 4800, AGENCY),
            Spell(dawn, dawn.name, last - 13, last, 6200, AGENCY),
        ],
        family.qian: [
            Spell(None, "云州市第二纺织厂", _month(1988, 8), _month(2012, 12), 3400, AGENCY),
            Spell(cloud, cloud.name, _month(2013, 1), last, 7900, AGENCY),
        ],
        family.sun: [Spell(cloud, cloud.name, _month(2023, 7), last - 3, 5600, AGENCY)],
        family.jing: [Spell(dawn, dawn.name, _month(2001, 8), last, 8600, AGENCY)],
        family.wu: [Spell(cloud, cloud.name, _month(1999, 8), last, 10400, AGENCY)],
    }
    pensions = {family.chen: (4186, _month(2008, 4)), family.zhou: (2950, _month(2005, 7))}
    careers = [
        Career(person, 6_600_000_001 + person.index * 7, spells[person], *pensions.get(person, (0, 0)))
        for person in family
    ]
    funds = [
        FundAccount(family.wang, "8801000000001", cloud.name, 8_643_215, 374_400, "0", date(2017, 7, 18), last),
        FundAccount(family.li, "8801000000014", dawn.name, 5_128_860, 196_000, "0", date(2016, 8, 22), last),
        FundAccount(family.qian, "8801000000066", cloud.name, 19_760_340, 126_400, "0", date(2013, 1, 21), last),
        FundAccount(family.sun, "8801000000079", cloud.name, 1_204_410, 89_600, "1", date(2023, 7, 20), last - 3),
    ]
    return careers, _coverages(family), funds


def _coverages(family: DemoFamily) -> list[Coverage]:
    """Medical cover: employees' for those who work or worked, residents' for the others."""
    paid = {
        family.wang: 23_456,
        family.li: 512_080,
        family.chen: 1_265_300,
        family.zhou: 386_000,
        family.zhao: 0,
        family.qian: 88_400,
        family.sun: 0,
        family.jing: 61_200,
        family.wu: 18_900,
        family.wu_child: 24_300,
        family.qian_sister: 412_500,
    }
    residents = (family.sun, family.wu_child, family.qian_sister)
    return [
        Coverage(
            person=person,
            card_number=f"Y{3_500_000_000 + person.index * 11:010d}",
            scheme="390" if person in residents else "310",
            place="990104" if person is family.sun else "990100",
            status="1",
            fund_paid=paid[person],
            account_balance=0 if person in residents else 268_000 + person.index * 4300,
            has_family_account=person in (family.wang, family.li),
        )
        for person in paid
    ]


def property_of(family: DemoFamily, as_of: date) -> tuple[list[Home], list[Sale]]:
    """The young family's mortgaged flat, 陈伯安's shop, the flat that he is selling, and the one 周玉兰 lets."""
    flat = _home(demo_persons.FLAT, [family.wang, family.li], "1", date(2021, 9, 16), 20_350, 2018, 12)
    flat.mortgage, flat.mortgage_bank, flat.fund_loan = 9_800, "云州市住房公积金管理中心", 4_126
    shop = _home(demo_persons.SHOP, [family.chen], "0", date(2016, 4, 8), 18_800, 2009, 1)
    old = _home(demo_persons.OLD_FLAT, [family.chen, family.zhou], "1", date(2009, 6, 30), 3_950, 1999, 4)
    sale = Sale(demo_persons.SALE_CONTRACT, old, family.chen, family.wang, 9_680, as_of - timedelta(days=20))
    rented = _home(demo_persons.RENTED_FLAT, [family.zhou], "0", date(2014, 11, 3), 7_400, 2010, 8)
    return [flat, shop, old, rented], [sale]


def leases_of(family: DemoFamily, shop: Home, flat: Home, as_of: date) -> list[Lease]:
    """王小明 rents 陈伯安's shop for three years, premises for a restaurant; 赵远航 rents where he lives."""
    begins = as_of - timedelta(days=23)
    ends = begins.replace(year=begins.year + 3, day=min(begins.day, 28))
    lived = as_of - timedelta(days=200)
    return [
        Lease(demo_persons.SHOP_LEASE, shop, family.chen, family.wang, 1_180_000, begins, ends),
        Lease(demo_persons.FLAT_LEASE, flat, family.zhou, family.zhao, 246_000, lived, lived + timedelta(days=730)),
    ]


def represented(family: DemoFamily, *, first_index: int) -> list[Enterprise]:
    """The enterprises whose legal representatives are fixed residents."""
    by_number = {person.id_number: person for person in family}
    places = {
        demo_persons.SMALL_FULL: Address("990102", "文汇路", "128号", "一层"),
        demo_persons.CLOSED: Address("990104", "望江路", "301号", ""),
    }
    return [
        Enterprise(
            index=first_index + position,
            name=fixed.name,
            credit_code=fixed.credit_code,
            kind="10",
            industry=fixed.industry,
            address=places[fixed],
            founded_date=date(2025, 11, 3) if fixed is demo_persons.SMALL_FULL else date(2011, 5, 9),
            phone=f"0600-6{first_index + position:06d}",
            weight=0.0,
            representative=by_number[person.id_number],
        )
        for position, (fixed, person) in enumerate(demo_persons.REPRESENTED)
    ]


def birth_of(family: DemoFamily, as_of: date) -> Birth:
    """The daughter of 王小明 and 李晴, three weeks old."""
    born = datetime.combine(as_of - timedelta(days=demo_persons.NEWBORN_AGE_DAYS), time(4, 36))
    return Birth(
        demo_persons.NEWBORN_CERTIFICATE,
        demo_persons.NEWBORN_SEX,
        born,
        "云州市妇幼保健院",
        family.li,
        family.wang,
        3260,
    )


def visits_of(family: DemoFamily, as_of: date) -> list[Visit]:
    """A stay of 王小明 in another city and the childbirth of 李晴, both paid by themselves."""
    return [
        Visit(
            "M000990001",
            family.wang,
            "21",
            "临州医科大学附属医院",
            "临州市",
            as_of - timedelta(days=47),
            as_of - timedelta(days=41),
            1_842_050,
            1_521_000,
            "9900260417",
        ),
        Visit(
            "M000990002",
            family.li,
            "52",
            "云州市妇幼保健院",
            "云州市",
            as_of - timedelta(days=22),
            as_of - timedelta(days=18),
            983_620,
            812_400,
            "9900260552",
        ),
    ]


def disabilities_of(family: DemoFamily) -> list[Disability]:
    """陈伯安's certificate, physical and without an allowance yet, and that of 钱守诚's sister, severe and mental."""
    return [
        Disability(family.chen, "4", "3", date(2023, 3, 15), "0"),
        Disability(family.qian_sister, "6", "2", date(2018, 10, 22), "2"),
    ]


def appointment_of(family: DemoFamily) -> Appointment:
    """The court's appointment of 钱守诚 as his sister's guardian."""
    return Appointment(family.qian_sister, family.qian, "1", demo_persons.GUARDIAN_DOCUMENT, date(2019, 1, 17))


def permit_of(family: DemoFamily, as_of: date) -> ResidencePermit:
    """赵远航's residence permit, which runs out in 25 days."""
    return ResidencePermit("9901042024011500", family.zhao, "01", date(2024, 1, 15), as_of + timedelta(days=25))


def add_homes(homes: Homes, family: DemoFamily, as_of: date) -> None:
    """Put the fixed homes and the sale in front of the drawn ones."""
    fixed, sales = property_of(family, as_of)
    homes.homes.extend(fixed)
    homes.sales.extend(sales)
    homes.leases.extend(leases_of(family, fixed[1], fixed[3], as_of))


def _add(families: Families, household: Household, fixed: DemoPerson, relation: str, work_kind: Work) -> Person:
    person = Person(
        index=len(families.persons),
        name=fixed.name,
        sex=fixed.sex,
        birth_date=fixed.birth_date,
        id_number=fixed.id_number,
        ethnicity="01",
        household=household,
        relation=relation,
        phone=fixed.phone,
        is_demo=True,
        work=work_kind,
    )
    families.persons.append(person)
    household.members.append(person)
    return person


def _home(
    fixed: DemoPremises, owners: list[Person], sharing: str, registered: date, price: int, built: int, floor: int
) -> Home:
    return Home(
        unit_number=fixed.unit_number,
        certificate_number=fixed.certificate_number,
        address=_address(fixed),
        area=float(fixed.area),
        usage=fixed.usage,
        structure="02",
        floor=floor,
        built_year=built,
        owners=owners,
        sharing=sharing,
        registered_date=registered,
        price=price,
    )


def _address(fixed: DemoPremises) -> Address:
    return Address(fixed.district, fixed.road, fixed.number, fixed.detail)


def _month(year: int, month: int) -> int:
    return month_index(date(year, month, 1))
