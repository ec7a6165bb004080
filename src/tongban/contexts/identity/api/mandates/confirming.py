"""What becomes of a mandate: confirmed, declined, revoked, handed back, over. Each act locks the row."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongban.contexts.identity import models
from tongban.contexts.identity.api import accreditations
from tongban.contexts.identity.api.mandates.reading import bind_agent, bind_principal, is_askable, paper_store
from tongban.contexts.identity.api.mandates.terms import MandateInvalid, moved, unknown
from tongban.contexts.identity.domain import mandates as rules
from tongban.contexts.identity.domain.mandates import Act, Party, State
from tongban.contexts.identity.events import MandateChanged
from tongban.infra import audit, outbox
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text
from tongban.runtime.file_types import inspect

REASON_LENGTH = 200


@transaction.atomic
def confirm(*, mandate_id: UUID, principal: UUID, actor: Actor) -> None:
    """The principal says yes on their own device. The caller has just made them prove themselves again.

    A repeat changes nothing. Raises: MandateUnknown, MandateMoved, MandateInvalid for a helper without accreditation.
    """
    row = _given_row(mandate_id, principal)
    if row.state == State.ACTIVE.value:
        return
    _confirm(row, models.Confirmation.OWN_DEVICE, Party.PRINCIPAL, actor)


@transaction.atomic
def confirm_at_window(*, mandate_id: UUID, id_checked: bool, paper: bytes, actor: Actor) -> None:
    """The principal says yes at a window: the clerk has seen the card, and the signed paper is kept.

    Raises: MandateUnknown, MandateMoved; MandateInvalid without the check; FileRefused for what is no picture or PDF.
    """
    row = _locked(Q(pk=mandate_id))
    if row.principal_id is None:
        raise unknown()
    if not id_checked:
        raise MandateInvalid(
            Text(zh="还没有核对本人的身份证", en="The ID card has not been checked"),
            remedy=Text(zh="请看证、看人，再勾选", en="Look at card and person, then tick the box"),
            field="id_checked",
        )
    found = inspect(paper)
    row.paper_digest, row.paper_type = paper_store().put(found.data), found.content_type
    _confirm(row, models.Confirmation.WINDOW, Party.WINDOW, actor)


@transaction.atomic
def decline(*, mandate_id: UUID, principal: UUID, actor: Actor) -> None:
    """The principal says no, or drops what they drew up themselves. Raises: MandateUnknown, MandateMoved."""
    _end(_given_row(mandate_id, principal), Act.DECLINE, Party.PRINCIPAL, "", actor)


@transaction.atomic
def revoke(*, mandate_id: UUID, principal: UUID, reason: str = "", actor: Actor) -> None:
    """The principal takes a mandate back; it ends at the agent's next request. Raises: MandateUnknown, MandateMoved."""
    _end(_given_row(mandate_id, principal), Act.REVOKE, Party.PRINCIPAL, reason, actor)


@transaction.atomic
def hand_back(*, mandate_id: UUID, agent: UUID, reason: str = "", actor: Actor) -> None:
    """The agent gives a mandate back. Raises: MandateUnknown, MandateMoved."""
    _end(_held_row(mandate_id, agent), Act.HAND_BACK, Party.AGENT, reason, actor)


@transaction.atomic
def withdraw(*, mandate_id: UUID, agent: UUID, actor: Actor) -> None:
    """The agent takes their question back. Raises: MandateUnknown, MandateMoved."""
    row = _held_row(mandate_id, agent)
    if row.proposed_by != models.Proposer.AGENT:
        raise unknown()
    _end(row, Act.WITHDRAW, Party.AGENT, "", actor)


@transaction.atomic
def end_at_window(*, mandate_id: UUID, is_present: bool, reason: str = "", actor: Actor) -> None:
    """The clerk ends a mandate, or drops a proposal, for the principal who is present.

    Raises: MandateUnknown, MandateMoved; MandateInvalid when nobody was seen.
    """
    row = _locked(Q(pk=mandate_id))
    if not is_present:
        raise MandateInvalid(
            Text(zh="本人没有到场，不能替他撤销", en="Without the principal nothing is revoked at a window"),
            remedy=Text(zh="请核对身份证和本人，再勾选", en="Check card and person, then tick the box"),
            field="present",
        )
    act = Act.DECLINE if row.state == State.PROPOSED.value else Act.REVOKE
    _end(row, act, Party.WINDOW, reason, actor)


def expire_due(*, now: datetime) -> int:
    """Mark what is over: mandates past their last day, proposals that nobody answered. Returns how many.

    No right waits for it: whoever asks for a right compares the day.
    """
    today = local_date(now)
    running = Q(state=State.ACTIVE.value, valid_until__lt=today)
    waiting = Q(state=State.PROPOSED.value) & (Q(valid_until__lt=today) | Q(proposed_at__lte=now - rules.ASK_KEPT))
    count = 0
    for key in models.Mandate.objects.filter(running | waiting).values_list("pk", flat=True)[:1000]:
        with transaction.atomic():
            row = models.Mandate.objects.select_for_update(skip_locked=True).filter(running | waiting, pk=key).first()
            if row is not None:
                _end(row, Act.EXPIRE, Party.CLOCK, "", SYSTEM)
                count += 1
    return count


def _confirm(row: models.Mandate, how: models.Confirmation, by: Party, actor: Actor) -> None:
    now = utc_now()
    after = rules.next_state(State(row.state), Act.CONFIRM, by)
    if after is None or not is_askable(row, local_date(now)):
        raise moved()
    if row.relation == models.Relation.HELPER and not accreditations.is_accredited(row.agent_hash):
        raise MandateInvalid(
            Text(zh="他现在不是登记在册的帮办员", en="They are not an accredited helper now"),
            remedy=Text(
                zh="请核对帮办员证，或按亲友关系重新委托",
                en="Check their card, or give the mandate to them as a friend or relative",
            ),
            field="relation",
        )
    row.state, row.confirmed_how, row.confirmed_at, row.confirmed_by = after.value, how, now, actor.reference
    row.save()
    _note(row, Act.CONFIRM, by, actor, {"how": how.value})


def _end(row: models.Mandate, act: Act, by: Party, reason: str, actor: Actor) -> None:
    after = rules.next_state(State(row.state), act, by)
    if after is None:
        raise moved()
    row.state, row.ended_at, row.ended_by = after.value, utc_now(), actor.reference
    row.ended_party, row.ended_reason = by.value, " ".join(reason.split())[:REASON_LENGTH]
    row.save(update_fields=["state", "ended_at", "ended_by", "ended_party", "ended_reason"])
    _note(row, act, by, actor, {"by": by.value})


def _note(row: models.Mandate, act: Act, by: Party, actor: Actor, detail: dict[str, object]) -> None:
    audit.record(actor=actor, action=f"identity.mandate-{act.value}", subject=f"mandate:{row.pk}", detail=detail)
    outbox.publish(MandateChanged(str(row.pk), act.value, by.value))


def _given_row(mandate_id: UUID, principal: UUID) -> models.Mandate:
    person = models.Person.objects.filter(pk=principal).first()
    if person is not None:
        bind_principal(person)
    return _locked(Q(pk=mandate_id, principal=principal))


def _held_row(mandate_id: UUID, agent: UUID) -> models.Mandate:
    person = models.Person.objects.filter(pk=agent).first()
    if person is not None:
        bind_agent(person)
    return _locked(Q(pk=mandate_id, agent=agent))


def _locked(which: Q) -> models.Mandate:
    row = models.Mandate.objects.select_for_update().filter(which).first()
    if row is None:
        raise unknown()
    return row
