"""Who comes to the window, and what they bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tongban.contexts.identity import api, models, ports
from tongban.infra.authorisation import Actor
from tongban.kernel.errors import Text, Unavailable

BORN = date(1988, 4, 12)
MARTIN: dict[str, Any] = {
    "name": "Martin Claire",
    "id_number": "99ZZ00017",
    "document_type": "passport",
    "issuing_country": "FRA",
    "birth_date": BORN,
    "sex": "female",
}


@dataclass
class ExitEntry:
    """An exit-entry administration: knows some documents by their key, may be down."""

    people: dict[str, tuple[str, date]] = field(default_factory=dict)
    is_down: bool = False
    codes: tuple[str, ...] = ("414", "516", "511", "154", "553")

    def answers_for(self, code: str) -> bool:
        return code in self.codes

    def matches(self, *, name: str, document: api.Document, birth_date: date) -> bool:
        if self.is_down:
            raise Unavailable(Text(zh="没有应答", en="No answer"))
        return self.people.get(document.key) == (name.upper(), birth_date)


@pytest.fixture
def exit_entry() -> Iterator[ExitEntry]:
    before, register = ports.document_check(), ExitEntry({"414:FRA:99ZZ00017": ("MARTIN CLAIRE", BORN)})
    ports.use_document_check(register)
    yield register
    ports.use_document_check(before)


@pytest.fixture
def no_exit_entry() -> Iterator[None]:
    before = ports.document_check()
    ports.use_document_check(ports.NoDocumentCheck())
    yield
    ports.use_document_check(before)


def actor_for(account: models.Account, *roles: str) -> Actor:
    return Actor(
        kind="staff", account_id=account.pk, name="孙敏", organisation="police", roles=frozenset(roles or ("clerk",))
    )


@pytest.fixture
def at_window(clerk: models.Account) -> Actor:
    models.StaffMember.objects.filter(account=clerk).update(hall="binhu", window="B05")
    return actor_for(clerk)


@pytest.fixture
def official(clerk: models.Account) -> Actor:
    made = api.create_staff(
        username="official",
        name="周正",
        organisation="police",
        roles=["official"],
        password_hash="!",
        with_second_factor=False,
    )
    return actor_for(models.Account.objects.get(pk=made.staff.account_id), "official")
