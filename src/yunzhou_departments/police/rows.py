"""The register's rows: local residents, identity cards, newcomers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from yunzhou_departments.demo_persons import FOREIGNERS, WANG
from yunzhou_departments.discrepancies import POLICE, Held
from yunzhou_departments.population import places, words
from yunzhou_departments.population.build import Population
from yunzhou_departments.population.model import Person
from yunzhou_departments.tables import Rows, Updates

_MARITAL_CODES = {"未婚": "10", "已婚": "20", "离婚": "40"}
_RELATIONS = {
    "02": "户主", "11": "夫", "12": "妻", "20": "子", "30": "女",
    "51": "父亲", "52": "母亲", "40": "孙子女", "99": "其他",
}  # fmt: skip
_MARITAL = {"10": "未婚", "20": "已婚", "21": "初婚", "22": "再婚", "30": "丧偶", "40": "离婚", "90": "未说明"}
_REASONS = {"01": "务工", "02": "经商", "03": "就学", "04": "投靠亲友", "99": "其他"}


def tables(population: Population, held: Held) -> list[Rows]:
    """Everything that the police hold, table by table."""
    return [
        Rows('"T_DM"', _codes()),
        Rows('"T_HJ_CZRK"', _residents(population, held)),
        Rows('"T_ZJ_SFZ"', _cards(population)),
        Rows('"T_CRJ_ZJ"', _foreigners(population.as_of)),
        Rows('"T_LK_JZZ"', _newcomers(population)),
    ]


def _codes() -> Iterator[tuple[Any, ...]]:
    districts = {code: f"{places.CITY}{name}" for code, name in places.DISTRICTS.items()}
    for kind, codes in (
        ("XZQH", districts),
        ("MZ", words.ETHNIC_GROUPS),
        ("YHZGX", _RELATIONS),
        ("HYZK", _MARITAL),
        ("JZSY", _REASONS),
    ):
        for code, name in codes.items():
            yield kind, code, name


def _residents(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "police", population.as_of)
    for person in population.persons:
        household = person.household
        if household.outside_home is not None:
            continue
        address = household.address
        marital = _MARITAL_CODES[held.value(POLICE, person, "marital_status_declared", "")] if held.is_planted(
            POLICE, person, "marital_status_declared"
        ) else person.marital  # fmt: skip
        updated = updates.moment(not_before=person.died_date or person.birth_date)
        yield (
            f"RY{person.index + 1:012d}", person.id_number, person.name, person.sex, person.ethnicity,
            f"{person.birth_date:%Y%m%d}", household.number, person.relation, marital, address.district, address.road,
            address.number, address.detail, person.phone, "1" if person.died_date else "0",
            f"{person.died_date:%Y%m%d}" if person.died_date else None,
            person.father.id_number if person.father else None, person.mother.id_number if person.mother else None,
            f"{updated:%Y%m%d%H%M%S}",
            1 + person.index % 7,
        )  # fmt: skip


def _cards(population: Population) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "cards", population.as_of)
    for person in population.persons:
        if person.died_date is not None:
            continue
        issued, valid_to = card_dates(person, population.as_of)
        if person.household.outside_home is None:
            office = f"云州市公安局{places.DISTRICTS[person.household.address.district]}分局"
        else:
            office = "".join(places.OTHER_PLACES[person.id_number[:6]][:1]) + "公安局"
        updates.moment()
        yield (
            f"SL{person.index + 1:010d}", person.id_number, f"{issued:%Y%m%d}",
            "00000000" if valid_to is None else f"{valid_to:%Y%m%d}", office,
            "3" if valid_to is not None and valid_to < population.as_of else "1", f"{issued:%Y%m%d}101500",
        )  # fmt: skip


def card_dates(person: Person, as_of: date) -> tuple[date, date | None]:
    """When the card was issued and until when it is valid; None for one without a term.

    Cards last 5 years below sixteen, 10 years up to twenty-five, 20 years up to forty-five, and then for good.
    """
    if person.id_number == WANG.id_number:
        ends = as_of + timedelta(days=40)
        return _years_on(ends, -10), ends
    issued = _years_on(person.birth_date, 0) + timedelta(days=60 + person.index * 13 % 300)
    while True:
        age = (issued - person.birth_date).days // 365
        years = 5 if age < 16 else 10 if age < 26 else 20 if age < 46 else 0
        if not years:
            return issued, None
        ends = _years_on(issued, years)
        # One in forty forgets to renew.
        if ends >= as_of or (person.index % 40 == 7 and (as_of - ends).days < years * 365):
            return issued, ends
        issued = ends + timedelta(days=person.index * 7 % 60 - 40)


def _years_on(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def _foreigners(as_of: date) -> Iterator[tuple[Any, ...]]:
    ends = _years_on(as_of, 5)
    for person in FOREIGNERS:
        yield (
            person.code, person.country, person.number, person.name, f"{person.birth_date:%Y%m%d}", person.sex,
            f"{ends:%Y%m%d}", f"{_years_on(as_of, -1):%Y%m%d}093000",
        )  # fmt: skip


def _newcomers(population: Population) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "newcomers", population.as_of)
    for permit in population.permits:
        person, address = permit.person, permit.person.household.address
        updated = updates.moment(within_days=360, not_before=permit.registered_date)
        yield (
            permit.number, person.id_number, person.name, person.household.outside_home, address.district, address.road,
            address.number, address.detail, permit.reason, f"{permit.registered_date:%Y%m%d}",
            f"{permit.valid_to:%Y%m%d}", f"{updated:%Y%m%d%H%M%S}",
        )  # fmt: skip
