"""The seven departments' systems, really running, with a small population."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

import pytest

from tests.factories.processes import Departments
from tongban.kernel.clock import local_date, utc_now
from tongban.runtime import settings
from yunzhou_departments import discrepancies
from yunzhou_departments.discrepancies import Held
from yunzhou_departments.population.build import DEFAULT_SEED, Population, build
from yunzhou_departments.population.model import EPOCH


@pytest.fixture(scope="session")
def today() -> date:
    return max(local_date(utc_now()), EPOCH)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Departments]:
    made = Departments(settings.current().database_url, tmp_path_factory.mktemp("city"), f"d{os.getpid()}", persons=600)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def population(city: Departments, today: date) -> Population:
    return build(city.persons, DEFAULT_SEED, today)


@pytest.fixture(scope="session")
def held(population: Population) -> Held:
    return discrepancies.plan(population)
