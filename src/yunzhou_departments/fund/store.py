"""What the housing fund centre keeps in its own file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yunzhou_departments.discrepancies import FUND, Held
from yunzhou_departments.population.build import Population
from yunzhou_departments.population.model import Home, Person, month_number
from yunzhou_departments.service import write_store

FILE = Path("housing-fund") / "data.sqlite"
_FEN_PER_UNIT = 10_000
"""Homes are priced in hundredths of 10,000 yuan."""


def write(folder: Path, population: Population, held: Held) -> None:
    """Write the centre's file."""
    loans = _borrowers(population)
    write_store(
        folder / FILE,
        {
            "zh": ("grzh, xm, sfzh, dwmc, jcje, zhye, zhzt, khrq, jzny, dkye", _accounts(population, held, loans)),
            "dk": ("jkhth, xm, sfzh, dkje, dkye, yhke, fwzl, fkrq", _loans(loans)),
        },
        (),
    )


def _borrowers(population: Population) -> dict[Person, Home]:
    """Who owes the fund: of a home's holders the first with an account."""
    holders = {fund.person for fund in population.funds}
    found: dict[Person, Home] = {}
    for home in population.homes:
        if home.fund_loan and (borrower := next((owner for owner in home.owners if owner in holders), None)):
            found.setdefault(borrower, home)
    return found


def _accounts(population: Population, held: Held, loans: dict[Person, Home]) -> Iterator[tuple[Any, ...]]:
    for fund in population.funds:
        person = fund.person
        owed = loans[person].fund_loan * _FEN_PER_UNIT if person in loans else 0
        until = str(month_number(fund.deposited_until))
        yield (
            fund.account_number, held.value(FUND, person, "name", person.name), person.id_number,
            held.value(FUND, person, "employer_name", fund.employer_name), fund.monthly_deposit, fund.balance,
            fund.status, f"{fund.opened_date:%Y.%m.%d}", f"{until[:4]}-{until[4:]}", owed,
        )  # fmt: skip


def _loans(loans: dict[Person, Home]) -> Iterator[tuple[Any, ...]]:
    for number, (person, home) in enumerate(loans.items(), 1):
        owed = home.fund_loan * _FEN_PER_UNIT
        granted = home.mortgage * _FEN_PER_UNIT
        yield (
            f"GJDK{home.registered_date.year}{number:06d}", person.name, person.id_number, max(granted, owed), owed,
            round(max(granted, owed) * 0.0048), home.address.text(), f"{home.registered_date:%Y.%m.%d}",
        )  # fmt: skip
