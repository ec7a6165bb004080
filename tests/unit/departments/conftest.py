from __future__ import annotations

from datetime import date

import pytest

from yunzhou_departments import discrepancies
from yunzhou_departments.discrepancies import Held
from yunzhou_departments.population.build import Population, build

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def population() -> Population:
    return build(8000, seed=7, as_of=TODAY)


@pytest.fixture(scope="session")
def held(population: Population) -> Held:
    return discrepancies.plan(population)
