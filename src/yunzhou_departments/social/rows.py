"""The system's rows: employers, insured persons, insurance periods, pensions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from yunzhou_departments.discrepancies import SOCIAL, Held
from yunzhou_departments.population.build import Population
from yunzhou_departments.population.model import Career, at_noon, month_number
from yunzhou_departments.tables import Rows, Updates

_CODES = {
    "AAC008": {"1": "正常参保", "2": "暂停缴费", "3": "已转出", "4": "已退休", "9": "终止参保"},
    "AAC016": {"1": "单位就业", "2": "灵活就业", "3": "登记失业", "4": "退休", "5": "未就业"},
    "AAB019": {"10": "企业", "20": "事业单位", "30": "机关", "50": "个体工商户", "60": "社会组织"},
    "AAE140": {"110": "企业职工基本养老保险", "170": "城乡居民养老保险"},
}
_STATES = {"employed": "1", "flexible": "1", "unemployed": "2", "retired": "4", "none": "1"}
_WORK = {"employed": "1", "flexible": "2", "unemployed": "3", "retired": "4", "none": "5"}
_FIRST_EMPLOYER = 30_000_001


def tables(population: Population, held: Held) -> list[Rows]:
    """Everything that the insurance system holds, table by table."""
    return [
        Rows("aa10", ((kind, code, name) for kind, codes in _CODES.items() for code, name in codes.items())),
        Rows("ab01", _employers(population)),
        Rows("ac01", _insured(population, held)),
        Rows("ac08", _periods(population)),
        Rows("ic10", _pensions(population, held)),
    ]


def _employers(population: Population) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "employers", population.as_of)
    for enterprise in population.enterprises:
        representative = enterprise.representative
        yield (
            _FIRST_EMPLOYER + enterprise.index, enterprise.credit_code, enterprise.name,
            representative.name if representative else "", enterprise.kind, enterprise.address.text(), enterprise.phone,
            int(f"{enterprise.founded_date:%Y%m%d}"), updates.moment(not_before=enterprise.founded_date),
        )  # fmt: skip


def _insured(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "insured", population.as_of)
    for career in population.careers:
        row = _insured_row(career, held, updates)
        yield row
        if held.is_planted(SOCIAL, career.person, "personal_number"):
            # A second file on the same person, opened years ago at another counter and never merged.
            opened = at_noon(date(2011, 3, 1 + career.person.index % 28), career.person.index % 400)
            yield (career.personal_number + 3, *row[1:5], "2", "5", None, row[8], *row[9:12], opened, 1)


def _insured_row(career: Career, held: Held, updates: Updates) -> tuple[Any, ...]:
    person, last = career.person, career.spells[-1]
    birth_date = held.value(SOCIAL, person, "birth_date", person.birth_date.isoformat())
    state = "9" if person.died_date else _STATES[person.work]
    updated = updates.moment(within_days=360)
    base = Decimal(last.base)
    if held.is_planted(SOCIAL, person, "observed_at"):
        updated = at_noon(date.fromisoformat(held.value(SOCIAL, person, "observed_at", "")))
        base = (base * 3 / 5).quantize(Decimal(1))
    employer = last.employer
    return (
        career.personal_number, person.id_number, held.value(SOCIAL, person, "name", person.name), person.sex,
        int(birth_date.replace("-", "")), state, _WORK[person.work],
        _FIRST_EMPLOYER + employer.index if employer is not None and person.work == "employed" else None, base,
        held.value(SOCIAL, person, "contact_address", person.household.address.text()), person.phone, "1", updated,
        1 + person.index % 5,
    )  # fmt: skip


def _periods(population: Population) -> Iterator[tuple[Any, ...]]:
    for career in population.careers:
        for spell in career.spells:
            yield (
                career.personal_number, spell.insurance, month_number(spell.from_month), month_number(spell.to_month),
                spell.employer_name, spell.base, spell.to_month - spell.from_month + 1, spell.agency,
            )  # fmt: skip


def _pensions(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    updates = Updates(population.seed, "pensions", population.as_of)
    for career in population.careers:
        if career.pension:
            is_over = career.person.died_date is not None and not held.is_planted(
                SOCIAL, career.person, "pension_status"
            )
            yield (
                career.personal_number, month_number(career.pension_since), career.pension, "3" if is_over else "1",
                updates.moment(within_days=40),
            )  # fmt: skip
