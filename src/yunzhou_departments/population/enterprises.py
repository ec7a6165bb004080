"""Employers of the city: many small, few large."""

from __future__ import annotations

import random
from datetime import timedelta

from yunzhou_departments import demo_persons
from yunzhou_departments.population import places, words
from yunzhou_departments.population.model import EPOCH, Enterprise
from yunzhou_departments.population.numbers import Numbers


def build_enterprises(rng: random.Random, numbers: Numbers, count: int) -> list[Enterprise]:
    """The demo's employers and then as many as make ``count``, every name once."""
    enterprises = [_demo(rng, position, fixed) for position, fixed in enumerate(demo_persons.EMPLOYERS)]
    names = {enterprise.name for enterprise in enterprises}
    while len(enterprises) < count:
        draw = rng.random()
        kind = "10" if draw < 0.84 else "50" if draw < 0.98 else "20"
        address = places.street_address(rng)
        industry, name = _name(rng, kind, address)
        if name in names:
            continue
        names.add(name)
        index = len(enterprises)
        weight = {"10": rng.paretovariate(1.15) * 3, "50": 1.0, "20": 60.0}[kind]
        enterprises.append(
            Enterprise(
                index=index, name=name, credit_code=numbers.credit(kind, address.district), kind=kind,
                industry=industry, address=address,
                founded_date=EPOCH - timedelta(days=200 + int(rng.random() * 9000)),
                phone=f"0600-6{index % 1_000_000:06d}", weight=min(weight, 400.0),
            )
        )  # fmt: skip
    return enterprises


def _demo(rng: random.Random, index: int, fixed: demo_persons.DemoEnterprise) -> Enterprise:
    return Enterprise(
        index=index, name=fixed.name, credit_code=fixed.credit_code, kind="10", industry=fixed.industry,
        address=places.street_address(rng), founded_date=EPOCH - timedelta(days=4100 + index * 317),
        phone=f"0600-6{index:06d}", weight=40.0,
    )  # fmt: skip


def _name(rng: random.Random, kind: str, address: places.Address) -> tuple[str, str]:
    """An industry code and a name of the form that the kind has."""
    district = places.DISTRICTS[address.district]
    if kind == "20":
        industry, word = rng.choice(words.INSTITUTIONS)
        return industry, f"云州市{district}{address.road.rstrip('路街巷')}{word}"
    if kind == "50":
        industry, word = rng.choice(words.SHOPS)
        first = words.surname(rng) + rng.choice(("记", "家", "氏", "姐", "哥", "嫂"))
        return industry, f"{district}{address.road}{first}{word}"
    industry, word = rng.choice(words.INDUSTRIES)
    first = rng.choice(words.COMPANY_FIRST) + rng.choice(words.COMPANY_SECOND)
    if rng.random() < 0.4:
        first += rng.choice(words.COMPANY_SECOND)
    return industry, f"云州{first}{word}有限公司"
