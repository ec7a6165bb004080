"""Mandates as their parties and the window see them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api import accreditations
from tongban.contexts.identity.api.mandates.terms import RELATIONS, unknown
from tongban.contexts.identity.domain import mandates as rules
from tongban.contexts.identity.domain.mandates import State
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text
from tongban.runtime import settings
from tongban.runtime.files import FileStore

SHOWN = 100
"""Mandates on a person's page; nobody gives more in three years, and the newest come first."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate with both parties as it names them. ``state`` is as of today, whether or not the row says so yet."""

    id: UUID
    principal_id: UUID | None
    principal_name: str
    principal_masked: str
    agent_name: str
    agent_masked: str
    relation: str
    relation_name: Text
    services: tuple[str, ...]
    valid_until: date
    state: str
    proposed_by: str
    proposed_at: datetime
    confirmed_how: str
    confirmed_at: datetime | None
    ended_at: datetime | None
    ended_party: str
    ended_reason: str
    has_paper: bool
    accreditation: accreditations.Accreditation | None

    @property
    def is_active(self) -> bool:
        """Whether the agent may act under it today."""
        return self.state == State.ACTIVE.value

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the principal."""
        return self.state == State.PROPOSED.value


@dataclass(frozen=True, slots=True)
class Paper:
    """The signed paper of a mandate."""

    content_type: str
    data: bytes


def list_given(person_id: UUID) -> tuple[Mandate, ...]:
    """What a person gave or is asked for, the newest first."""
    return tuple(_view(row) for row in _given(_person(person_id))[:SHOWN])


def list_held(person_id: UUID) -> tuple[Mandate, ...]:
    """What a person holds, held, or asked for, the newest first. What waits for its principal's yes is not shown."""
    person = _person(person_id)
    bind_agent(person)
    rows = models.Mandate.objects.filter(agent=person).select_related("principal", "agent").order_by("-proposed_at")
    seen = rows.filter(~Q(confirmed_at=None) | Q(proposed_by=models.Proposer.AGENT))
    return tuple(_view(row) for row in seen[:SHOWN])


def count_waiting(person_id: UUID) -> int:
    """How many questions wait for a person's answer."""
    person, today = _person(person_id), local_date(utc_now())
    asked = _given(person).filter(
        state=State.PROPOSED.value,
        proposed_by=models.Proposer.AGENT,
        proposed_at__gt=utc_now() - rules.ASK_KEPT,
        valid_until__gte=today,
    )
    return asked.count()


def get_given(*, mandate_id: UUID, person_id: UUID) -> Mandate:
    """A mandate of its principal. Raises: MandateUnknown."""
    row = _given(_person(person_id)).filter(pk=mandate_id).first()
    if row is None:
        raise unknown()
    return _view(row)


def get_held(*, mandate_id: UUID, person_id: UUID) -> Mandate:
    """A mandate of its agent. Raises: MandateUnknown."""
    found = next((one for one in list_held(person_id) if one.id == mandate_id), None)
    if found is None:
        raise unknown()
    return found


def get_at_window(*, mandate_id: UUID, actor: Actor) -> Mandate:
    """A mandate as the clerk sees it; the look goes on record. Raises: MandateUnknown."""
    row = models.Mandate.objects.select_related("principal", "agent").filter(pk=mandate_id).first()
    if row is None:
        raise unknown()
    audit.record(actor=actor, action="identity.mandate-viewed", subject=f"mandate:{row.pk}")
    return _view(row)


def read_paper(*, mandate_id: UUID, actor: Actor) -> Paper:
    """The signed paper, for the principal and for clerks, whose look goes on record. Raises: MandateUnknown."""
    row = models.Mandate.objects.filter(pk=mandate_id).exclude(paper_digest="").first()
    is_clerk = actor.kind == "staff" and "clerk" in actor.roles
    is_principal = actor.acting is None and row is not None and actor.person_id == row.principal_id
    if row is None or not (is_clerk or is_principal):
        raise unknown()
    if is_clerk:
        audit.record(actor=actor, action="identity.mandate-paper-viewed", subject=f"mandate:{row.pk}")
    return Paper(row.paper_type, paper_store().get(row.paper_digest))


def paper_store() -> FileStore:
    """Where signed papers are kept: sealed with the deployment's key."""
    current = settings.current()
    return FileStore(current.data_dir / "mandates", base64.b64decode(current.secrets.field_key))


def bind_agent(person: models.Person) -> None:
    """Give a person the mandates that named them before they were known here: by number and name together."""
    waiting = models.Mandate.objects.filter(agent=None, agent_hash=person.id_number_hash)
    mine = [row.pk for row in waiting if row.agent_name == person.name]
    if mine:
        models.Mandate.objects.filter(pk__in=mine).update(agent=person)


def bind_principal(person: models.Person) -> None:
    """Give a person the questions that named them before they were known here."""
    waiting = models.Mandate.objects.filter(principal=None, principal_hash=person.id_number_hash)
    mine = [row.pk for row in waiting if row.principal_name == person.name]
    if mine:
        models.Mandate.objects.filter(pk__in=mine).update(principal=person)


def _person(person_id: UUID) -> models.Person:
    row = models.Person.objects.filter(pk=person_id).first()
    if row is None:
        raise unknown()
    return row


def _given(person: models.Person) -> QuerySet[models.Mandate]:
    bind_principal(person)
    rows = models.Mandate.objects.filter(principal=person)
    return rows.select_related("principal", "agent").order_by("-proposed_at")


def _view(row: models.Mandate) -> Mandate:
    today = local_date(utc_now())
    return Mandate(
        id=row.pk,
        principal_id=row.principal_id,
        principal_name=row.principal_name,
        principal_masked=row.principal_masked,
        agent_name=row.agent_name,
        agent_masked=row.agent_masked,
        relation=row.relation,
        relation_name=RELATIONS[row.relation],
        services=tuple(row.services),
        valid_until=row.valid_until,
        state=_state_today(row, today),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        confirmed_how=row.confirmed_how,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        ended_party=row.ended_party,
        ended_reason=row.ended_reason,
        has_paper=bool(row.paper_digest),
        accreditation=accreditations.latest_of(row.agent_hash) if row.relation == models.Relation.HELPER else None,
    )


def _state_today(row: models.Mandate, today: date) -> str:
    state = State(row.state)
    if state is State.ACTIVE and not rules.holds_on(state, row.valid_until, today):
        return State.EXPIRED.value
    if state is State.PROPOSED and not is_askable(row, today):
        return State.EXPIRED.value
    return state.value


def is_askable(row: models.Mandate, today: date) -> bool:
    """Whether a proposal can still be confirmed: within two weeks, and while its last day is not over."""
    return rules.is_open(State(row.state), row.valid_until, today) and utc_now() < row.proposed_at + rules.ASK_KEPT
