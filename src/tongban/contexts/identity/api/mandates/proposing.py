"""Drawing a mandate up: the principal gives, the agent asks, or the window writes for a principal who is present.

The answer is the same whether the other side is known here or not: nobody learns from it who has an account.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api.mandates.terms import (
    Identified,
    MandateMoved,
    Named,
    Terms,
    TooManyMandates,
    checked,
    identified,
    identified_person,
)
from tongban.contexts.identity.domain import mandates as rules
from tongban.contexts.identity.domain.mandates import State
from tongban.contexts.identity.events import MandateChanged
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text

PER_DAY = 20
ASKS_PER_DAY = 5
REST = timedelta(days=30)
"""How long an agent waits before asking somebody again who declined."""


@transaction.atomic
def give(*, principal: UUID, agent: Named, terms: Terms, actor: Actor) -> UUID:
    """Draw up a mandate for somebody named by name and number; it holds once the principal confirms it.

    Raises: PersonInvalid and MandateInvalid naming the field; TooManyMandates.
    """
    mine = identified_person(principal)
    recent = models.Mandate.objects.filter(principal_hash=mine.number_hash, proposed_by=models.Proposer.PRINCIPAL)
    _refuse_when_many(recent, PER_DAY)
    return _draw_up(mine, identified(agent), terms, models.Proposer.PRINCIPAL, actor).pk


@transaction.atomic
def ask(*, agent: UUID, principal: Named, terms: Terms, actor: Actor) -> UUID:
    """Ask somebody, named by name and number, for a mandate. They confirm on their own device or at a window.

    Raises: PersonInvalid and MandateInvalid naming the field; TooManyMandates; MandateMoved when the same person was
    asked already, or declined within thirty days.
    """
    mine, theirs = identified_person(agent), identified(principal)
    asked = models.Mandate.objects.filter(agent_hash=mine.number_hash, proposed_by=models.Proposer.AGENT)
    _refuse_when_many(asked, ASKS_PER_DAY)
    _refuse_when_pressing(asked.filter(principal_hash=theirs.number_hash), utc_now())
    row = _draw_up(theirs, mine, terms, models.Proposer.AGENT, actor)
    outbox.publish(MandateChanged(str(row.pk), "ask", rules.Party.AGENT.value))
    return row.pk


@transaction.atomic
def draw_up_at_window(*, principal: UUID, agent: Named, terms: Terms, actor: Actor) -> UUID:
    """Write a mandate for a registered person who stands at the window; it holds once paper and card are checked.

    Raises: PersonUnknown; PersonInvalid and MandateInvalid naming the field.
    """
    return _draw_up(identified_person(principal), identified(agent), terms, models.Proposer.WINDOW, actor).pk


def latest_day() -> date:
    """The last day that a mandate given today may hold."""
    return rules.latest_day(local_date(utc_now()))


def _draw_up(
    principal: Identified, agent: Identified, terms: Terms, by: models.Proposer, actor: Actor
) -> models.Mandate:
    terms = checked(terms, principal, agent)
    row = models.Mandate.objects.create(
        principal=principal.row,
        principal_hash=principal.number_hash,
        principal_name=principal.name,
        principal_masked=principal.masked,
        agent=agent.row,
        agent_hash=agent.number_hash,
        agent_name=agent.name,
        agent_masked=agent.masked,
        relation=terms.relation,
        services=list(terms.services),
        valid_until=terms.valid_until,
        state=State.PROPOSED.value,
        proposed_by=by,
        proposed_at=utc_now(),
    )
    detail = {"by": by.value, "services": len(terms.services), "until": terms.valid_until.isoformat()}
    audit.record(actor=actor, action="identity.mandate-proposed", subject=f"mandate:{row.pk}", detail=detail)
    return row


def _refuse_when_many(rows: QuerySet[models.Mandate], most: int) -> None:
    if rows.filter(proposed_at__gt=utc_now() - timedelta(days=1)).count() >= most:
        raise TooManyMandates(
            Text(zh="今天提的委托太多了", en="Too many mandates today"),
            remedy=Text(
                zh="请明天再来，或带身份证到任一政务服务大厅办理",
                en="Come back tomorrow, or bring the ID cards to any service hall",
            ),
        )


def _refuse_when_pressing(asked: QuerySet[models.Mandate], now: datetime) -> None:
    """One question at a time, and a no is a no for a while. The agent learns only what they did themselves."""
    waiting = asked.filter(state=State.PROPOSED.value, proposed_at__gt=now - rules.ASK_KEPT).exists()
    declined = asked.filter(state=State.DECLINED.value, ended_at__gt=now - REST).exists()
    if waiting or declined:
        raise MandateMoved(
            Text(zh="你已经请他委托过，还不能再请", en="You have asked them already"),
            remedy=Text(
                zh="请当面商量，他可以在自己的手机上委托，或一起带身份证到窗口办",
                en="Talk to them: they can give the mandate themselves, or you go to a window together",
            ),
        )
