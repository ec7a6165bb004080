"""A market register that answers as told, and residents who have an enterprise to act for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.integration.identity.conftest import id_number
from tongban.contexts.identity import api, models, ports
from tongban.contexts.identity.api.enterprise_rights import EnterpriseRights
from tongban.contexts.identity.ports import RegisteredEnterprise
from tongban.contexts.notices import api as notices
from tongban.infra import outbox
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text, Unavailable

CODE = "91990102MA0YUN039N"
OTHER_CODE = "91990104MA0YUN047E"
FACTS = RegisteredEnterprise(
    name="云州小满餐饮管理有限公司",
    legal_representative="王小明",
    kind="有限责任公司",
    status="存续",
    address="云州市湖滨区文汇路128号",
)
WANG, LI, CHEN = id_number(23), id_number(24), id_number(25)


@dataclass
class MarketRegister:
    """Knows who represents which enterprise; may be down; counts questions."""

    represented: dict[str, tuple[str, RegisteredEnterprise]] = field(default_factory=lambda: {CODE: (WANG, FACTS)})
    is_down: bool = False
    asked: int = 0

    def find(self, *, credit_code: str, id_number: str) -> RegisteredEnterprise | None:
        self.asked += 1
        if self.is_down:
            raise Unavailable(Text(zh="没有应答", en="No answer"))
        number, facts = self.represented.get(credit_code, ("", FACTS))
        return facts if number == id_number else None

    def now_says(self, number: str = WANG, **facts: Any) -> None:
        self.represented[CODE] = (number, replace(FACTS, **facts))


@pytest.fixture
def market() -> Iterator[MarketRegister]:
    before, register = ports.enterprise_register(), MarketRegister()
    ports.use_enterprise_register(register)
    yield register
    ports.use_enterprise_register(before)


def resident(username: str, name: str, number: str, phone: str = "") -> Actor:
    account = models.Account.objects.create(username=username)
    if phone:
        account.set_phone(phone, verified=True)
        account.save()
    person, _ = api.persons.ensure_person(name=name, id_number=number, level="real-name")
    person.account = account
    person.save()
    return Actor(kind="resident", account_id=account.pk, person_id=person.pk, name=name)


@pytest.fixture
def wang(db: None) -> Actor:
    return resident("wang", "王小明", WANG)


@pytest.fixture
def li(db: None) -> Actor:
    return resident("li", "李晴", LI, "13900002345")


@pytest.fixture
def chen(db: None) -> Actor:
    return resident("chen", "陈伯安", CHEN)


@pytest.fixture
def enterprise(market: MarketRegister, wang: Actor) -> UUID:
    claimed = api.claim_enterprise(credit_code=CODE, actor=wang)
    assert claimed.enterprise_id is not None
    return claimed.enterprise_id


def in_days(days: int) -> date:
    return local_date(utc_now()) + timedelta(days=days)


def appoint(enterprise: UUID, actor: Actor, **facts: Any) -> api.Appointment:
    """Name 李晴 as an operator for all services for thirty days, or as the facts say."""
    given: dict[str, Any] = {
        "name": "李晴", "id_number": LI, "role": "operator", "services": None, "last_day": in_days(30),
    }  # fmt: skip
    made = api.appoint_operator(enterprise_id=enterprise, actor=actor, **{**given, **facts})
    outbox.deliver_due()
    return made


def appointed(enterprise: UUID, by: Actor, who: Actor, **facts: Any) -> api.Appointment:
    """An operator who has accepted."""
    return api.accept_appointment(appointment_id=appoint(enterprise, by, **facts).id, actor=who)


def rights_of(actor: Actor) -> dict[UUID, frozenset[str] | None]:
    """What somebody may act for: references and scopes."""
    assert actor.person_id is not None
    return {right.acting.reference: right.acting.services for right in api.list_rights(actor.person_id)}


def find_right(actor: Actor, reference: UUID) -> object:
    """What the session of somebody who acts would find."""
    assert actor.person_id is not None
    return EnterpriseRights().find_right(agent=actor.person_id, reference=reference)


def days_pass(days: float) -> None:
    """Every enterprise was last checked, and last tried, so much earlier."""
    for row in models.Enterprise.objects.all():
        row.checked_at -= timedelta(days=days)
        row.tried_at -= timedelta(days=days)
        row.save()


def templates_of(actor: Actor) -> list[str]:
    """What somebody was told, the oldest first."""
    assert actor.person_id is not None
    return [notice.template for notice in reversed(notices.list_notices(actor.person_id).items)]
