"""People, staff and a police register that answers as told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client as Browser

from tests.factories.sites import Site, make_site
from tests.integration.identity.window import at_window, exit_entry, no_exit_entry, official  # noqa: F401  fixtures
from tongban.contexts.identity import api, models, ports
from tongban.infra import outbox
from tongban.kernel import resident_id
from tongban.kernel.errors import Text, Unavailable

# The same hash, made cheap: these tests sign in hundreds of times, and none of them is about its cost.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 1024, 1

PASSWORD = "Kunlun-9024x"
ORGANISATION = {
    "code": "police",
    "credit_code": "11990000YX001117XK",
    "name": "云州市公安局",
    "short": "公安局",
    "name_en": "Public Security Bureau",
}


def id_number(serial: int, born: str = "19910514") -> str:
    first = f"990102{born}{serial:03}"
    return first + resident_id.check_character(first)


@dataclass
class Register:
    """A police register: knows some people, may be down, counts questions."""

    people: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    asked: int = 0

    def matches(self, *, name: str, id_number: str) -> bool:
        self.asked += 1
        if self.is_down:
            raise Unavailable(Text(zh="没有应答", en="No answer"))
        return self.people.get(id_number) == name


@pytest.fixture
def register() -> Iterator[Register]:
    before, register = ports.real_name_check(), Register(people={id_number(23): "王小明", id_number(24): "李晴"})
    ports.use_real_name_check(register)
    yield register
    ports.use_real_name_check(before)


@pytest.fixture
def account(db: None) -> models.Account:
    row = models.Account(username="wang", password=_hash())
    row.set_phone("13900001234", verified=True)
    row.save()
    return row


@pytest.fixture
def person(account: models.Account) -> models.Person:
    row, _ = api.persons.ensure_person(name="王小明", id_number=id_number(23), level="real-name")
    row.account = account
    row.save()
    return row


@pytest.fixture
def clerk(db: None) -> models.Account:
    api.load_organisations([ORGANISATION])
    made = api.create_staff(
        username="clerk",
        name="孙敏",
        organisation="police",
        roles=["clerk"],
        password_hash=_hash(),
        with_second_factor=False,
    )
    return models.Account.objects.get(pk=made.staff.account_id)


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


@pytest.fixture
def wang(client: Browser, person: models.Person) -> Browser:
    """The browser of somebody who has signed in by password."""
    assert client.post("/sign-in/", {"login": "wang", "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def outbox_delivered(db: None) -> Callable[[], None]:
    """Delivers what was published, without the worker's jobs."""

    def deliver() -> None:
        while outbox.deliver_due():
            pass

    return deliver


_hashes: list[str] = []


def _hash() -> str:
    if not _hashes:
        _hashes.append(make_password(PASSWORD))
    return _hashes[0]
