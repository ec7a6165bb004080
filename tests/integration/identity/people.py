"""People who give each other mandates, and the registers that know whose child is whose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from tests.integration.identity.conftest import PASSWORD, _hash, id_number
from tests.integration.services.conftest import city_files, read_yaml, shipped
from tongban.contexts.identity import api, models, ports
from tongban.contexts.identity.api import mandates
from tongban.contexts.identity.domain.guardians import Evidence, Ground
from tongban.contexts.services import api as services
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import local_date, utc_now

MOTHER, SON, STRANGER = id_number(102, "19480312"), id_number(31, "19780608"), id_number(45, "19810101")
CHILD = id_number(80, "20160908")
SERVICES = ("YZ-SENIOR-CARD", "YZ-MEDICAL")


def make(username: str, name: str, number: str, *, with_account: bool = True) -> models.Person:
    row, _ = api.persons.ensure_person(name=name, id_number=number, level="real-name")
    if with_account:
        row.account = models.Account.objects.create(username=username, password=_hash())
        row.save()
    return row


def actor_for(person: models.Person) -> Actor:
    return Actor(kind="resident", account_id=person.account_id, person_id=person.pk, name=person.name)


def terms(*, days: int = 90, relation: str = "child", services: tuple[str, ...] = SERVICES) -> mandates.Terms:
    return mandates.Terms(relation, services, local_date(utc_now()) + timedelta(days=days))


def given_mandate(mother: models.Person, son: mandates.Named | None = None, **facts: object) -> mandates.Mandate:
    """A mandate that the mother gave and confirmed on her own device."""
    agent = son or mandates.Named("陈刚", SON)
    made = mandates.give(principal=mother.pk, agent=agent, terms=terms(**facts), actor=actor_for(mother))  # type: ignore[arg-type]
    mandates.confirm(mandate_id=made, principal=mother.pk, actor=actor_for(mother))
    return mandates.get_given(mandate_id=made, person_id=mother.pk)


def signed_in(person: models.Person) -> Client:
    client = Client()
    assert person.account is not None
    done = client.post("/sign-in/", {"login": person.account.username, "password": PASSWORD})
    assert done.status_code == 302, done.content.decode()
    return client


def prove_again(client: Client) -> None:
    client.post("/account/again/", {"password": PASSWORD})


def begin_acting(client: Client, agent: models.Person, kind: str, reference: object) -> None:
    """Act for somebody from the next request on, as the switch page does."""
    request = HttpRequest()
    request.session = client.session
    api.begin_acting(request, kind=kind, reference=reference, actor=actor_for(agent))  # type: ignore[arg-type]
    request.session.save()


@dataclass
class Registers:
    """The registers of families and guardians: know some, may be silent, count questions."""

    parents: set[tuple[str, str, str]] = field(default_factory=set)
    appointed: set[tuple[str, str, str]] = field(default_factory=set)
    silent: frozenset[Ground] = frozenset()
    asked: int = 0

    def find_guardianship(
        self, *, guardian_id_number: str, ward_name: str, ward_id_number: str
    ) -> ports.CivilRegistryAnswer:
        self.asked += 1
        key = (guardian_id_number, ward_name, ward_id_number)
        found = [
            Evidence(ground, source, "7", utc_now())
            for ground, source, known in (
                (Ground.PARENT, "police", self.parents),
                (Ground.APPOINTED, "civil-affairs", self.appointed),
            )
            if key in known and ground not in self.silent
        ]
        return ports.CivilRegistryAnswer(tuple(found), self.silent)


@pytest.fixture
def registers() -> Iterator[Registers]:
    before, made = ports.civil_registry(), Registers()
    ports.use_civil_registry(made)
    yield made
    ports.use_civil_registry(before)


@cache
def few_services() -> tuple[bytes, Any, Any]:
    """Some lines of the shipped catalogue, the city's files and its departments, read once."""
    wanted = ("居民身份证".encode(), "养老金".encode())
    lines = [line for line in shipped().splitlines(keepends=True) if any(word in line for word in wanted)]
    return b"".join(lines[:6]), city_files(), read_yaml("organisations.yaml")["organisations"]


@pytest.fixture
def code(db: None) -> str:
    """A few services of the shipped catalogue; the code of one of them."""
    content, city, departments = few_services()
    api.load_organisations(departments)
    services.load_facts(content=content, pack="yunzhou", city=city)
    return services.search(q="居民身份证", limit=1).items[0].code


@pytest.fixture
def mother(db: None) -> models.Person:
    return make("mother", "陈伯安", MOTHER)


@pytest.fixture
def son(db: None) -> models.Person:
    return make("son", "陈刚", SON)
