"""The register's rows: units, titles, mortgages, leases, contracts of sale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yunzhou_departments.discrepancies import ESTATE, Held
from yunzhou_departments.population.build import Population
from yunzhou_departments.population.model import Home, Person, at_noon
from yunzhou_departments.tables import Rows, Updates


def tables(population: Population, held: Held) -> list[Rows]:
    """Everything that the estate register holds, table by table."""
    return [
        Rows("f_bdcdy", _units(population)),
        Rows("f_qlr", _titles(population, held)),
        Rows("f_dyaq", _mortgages(population)),
        Rows("f_zlba", _leases(population, held)),
        Rows("f_wqht", _contracts(population, held)),
    ]


def _units(population: Population) -> Iterator[tuple[Any, ...]]:
    for home in population.homes:
        yield (
            home.unit_number,
            home.address.district,
            home.address.text(),
            home.area,
            home.usage,
            home.structure,
            home.floor,
            str(home.built_year),
        )


def _titles(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    serial = 0
    updates = Updates(population.seed, "titles", population.as_of)
    for home in population.homes:
        share = "共同共有" if home.sharing == "1" else "100%"
        updated = updates.moment(within_days=2400, not_before=home.registered_date)
        for owner in home.owners:
            serial += 1
            yield (
                serial,
                home.certificate_number,
                home.unit_number,
                held.value(ESTATE, owner, "name", owner.name),
                "1",
                held.value(ESTATE, owner, "id_number", owner.id_number),
                home.sharing,
                share,
                _ten_thousands(home.price),
                _slashed(home.registered_date),
                "1",
                updated,
            )
        if (former := _former_title(home, serial + 1)) is not None:
            serial += 1
            yield former


def _former_title(home: Home, serial: int) -> tuple[Any, ...] | None:
    """The developer's title before the present one, for every third unit: history that a query must not return."""
    if serial % 3 or home.registered_date.year - home.built_year < 1:
        return None
    built = date(max(home.built_year, 1998), 6, 1)
    return (
        serial,
        f"云房权证{home.built_year}字第{serial:07d}号",
        home.unit_number,
        "云州城建开发有限公司",
        "7",
        "91990100MA0YUN098W",
        "0",
        "100%",
        None,
        _slashed(built),
        "0",
        _midday(built),
    )


def _mortgages(population: Population) -> Iterator[tuple[Any, ...]]:
    serial = 0
    for home in population.homes:
        if home.mortgage:
            serial += 1
            begins = home.registered_date
            ends = begins.replace(year=begins.year + 25, day=min(begins.day, 28))
            yield (
                serial,
                home.unit_number,
                home.mortgage_bank,
                _ten_thousands(home.mortgage),
                _slashed(begins),
                _slashed(ends),
                "1",
            )


def _leases(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    for lease in population.leases:
        landlord, tenant = lease.landlord, lease.tenant
        yield (
            lease.number, lease.home.unit_number, lease.home.certificate_number, _name(held, landlord),
            landlord.id_number, _name(held, tenant), tenant.id_number, Decimal(lease.rent) / 100,
            _slashed(lease.from_date), _slashed(lease.to_date), "1", _midday(lease.from_date),
        )  # fmt: skip


def _contracts(population: Population, held: Held) -> Iterator[tuple[Any, ...]]:
    for sale in population.sales:
        seller, buyer = sale.seller, sale.buyer
        yield (
            sale.number,
            sale.home.unit_number,
            sale.home.certificate_number,
            _name(held, seller),
            seller.id_number,
            _name(held, buyer),
            buyer.id_number,
            _ten_thousands(sale.price),
            _slashed(sale.signed_date),
            "1",
            _midday(sale.signed_date),
        )


def _name(held: Held, person: Person) -> str:
    return held.value(ESTATE, person, "name", person.name)


def _slashed(day: date) -> str:
    return f"{day:%Y/%m/%d}"


def _midday(day: date) -> datetime:
    return at_noon(day, 180)


def _ten_thousands(hundredths: int) -> Decimal:
    """Hundredths of 10,000 yuan as 10,000 yuan."""
    return Decimal(hundredths) / 100
