"""The register's rows: enterprises and individual businesses with who represents them, those that are gone included."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from yunzhou_departments import demo_persons
from yunzhou_departments.discrepancies import Held
from yunzhou_departments.population.build import Population
from yunzhou_departments.population.model import Enterprise
from yunzhou_departments.tables import Rows, Updates

IN_BUSINESS, LICENCE_REVOKED, DEREGISTERED = "1", "2", "4"
GONE_SHARE = 0.06
"""Share of the individual businesses without insured staff whose licence was revoked or that were deregistered."""

_CODES = {
    "REGSTATE": {
        IN_BUSINESS: "存续（在营、开业、在册）", LICENCE_REVOKED: "吊销，未注销", "3": "吊销后注销",
        DEREGISTERED: "注销", "5": "撤销", "6": "迁出", "9": "其他",
    },
    "ENTTYPE": {"1130": "有限责任公司（自然人投资或控股）", "9500": "个体工商户"},
    "POSITION": {"432A": "经理", "432K": "执行董事", "999K": "经营者"},
}  # fmt: skip
_TYPES = {"10": "1130", "50": "9500"}
_POSITIONS = {"10": "432K", "50": "999K"}


def tables(population: Population, _held: Held) -> list[Rows]:
    """Everything that the register holds, table by table. Public institutions are registered elsewhere."""
    registered = [enterprise for enterprise in population.enterprises if enterprise.kind in _TYPES]
    return [
        Rows("ca_code", ((kind, code, name) for kind, codes in _CODES.items() for code, name in codes.items())),
        Rows("e_baseinfo", _enterprises(population, registered)),
        Rows("e_pri_person", _representatives(registered)),
    ]


def _enterprises(population: Population, registered: list[Enterprise]) -> Iterator[tuple[Any, ...]]:
    rng = random.Random(f"{population.seed}:register")  # noqa: S311  # repeatable, not a secret
    updates = Updates(population.seed, "register", population.as_of)
    employing = {spell.employer for career in population.careers for spell in career.spells[-1:] if spell.employer}
    for enterprise in registered:
        may_be_gone = enterprise.kind == "50" and enterprise not in employing
        state, since = _state(rng, enterprise, may_be_gone, population.as_of)
        yield (
            _number(enterprise), enterprise.credit_code, enterprise.name, _TYPES[enterprise.kind], enterprise.industry,
            enterprise.address.text(), enterprise.founded_date.isoformat(), state, since, "云州市市场监督管理局",
            updates.moment(not_before=enterprise.founded_date),
        )  # fmt: skip


def _state(rng: random.Random, enterprise: Enterprise, may_be_gone: bool, as_of: date) -> tuple[str, str | None]:
    draw, days = rng.random(), int(rng.random() * 300)
    if enterprise.credit_code == demo_persons.CLOSED.credit_code:
        return DEREGISTERED, (as_of - timedelta(days=120)).isoformat()
    if not may_be_gone or draw >= GONE_SHARE:
        return IN_BUSINESS, None
    since = max(enterprise.founded_date, as_of - timedelta(days=30 + days))
    return (LICENCE_REVOKED if draw < GONE_SHARE / 3 else DEREGISTERED), since.isoformat()


def _representatives(registered: list[Enterprise]) -> Iterator[tuple[Any, ...]]:
    for serial, enterprise in enumerate(registered, start=1):
        person = enterprise.representative
        if person is not None:
            yield (
                serial, _number(enterprise), person.name, "10", person.id_number, _POSITIONS[enterprise.kind], "1",
                enterprise.founded_date.isoformat(),
            )  # fmt: skip


def _number(enterprise: Enterprise) -> str:
    return f"9901{enterprise.founded_date:%Y%m}{enterprise.index:010d}"
