"""Enterprises: the market register says who represents one, asked by credit code for the person who claims it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api.enterprise_checks import (
    force_of_row,
    locked_enterprise,
    lose_representative,
    note_answer,
    refresh,
)
from tongban.contexts.identity.api.limits import TooManyAttempts
from tongban.contexts.identity.domain.enterprise_roles import Seat
from tongban.contexts.identity.domain.enterprises import is_in_business, normalise_credit_code
from tongban.contexts.identity.ports import RegisteredEnterprise, enterprise_register
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel import credit_code as credit_codes
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Forbidden, Invalid, NotFound, Text, Unavailable

CLAIMS_PER_ACCOUNT = 5
CLAIM_WINDOW = timedelta(hours=24)
ATTEMPTS_KEPT = timedelta(days=30)
_COUNTED = ("asked", "refused")


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An enterprise as those who stand for it see it. ``force`` is a value of ``domain.enterprises.Force``."""

    id: UUID
    credit_code: str
    name: str
    kind: str
    status: str
    address: str
    representative_id: UUID
    representative_name: str
    force: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class EnterpriseFacts:
    """What identifies an enterprise in forms and tokens."""

    name: str
    credit_code: str
    legal_representative: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What came of a claim. ``gone`` is the representative's own enterprise that is no longer in business."""

    outcome: Literal["claimed", "refused", "gone", "later"]
    message: Text
    enterprise_id: UUID | None = None


class CreditCodeInvalid(Invalid):
    """The text cannot be a credit code."""

    code = "credit-code-invalid"


class EnterpriseUnknown(NotFound):
    """There is no such enterprise, or the person does not stand for it."""

    code = "enterprise-unknown"


class RealNameMissing(Forbidden):
    """Only a person whose name is proven can stand for an enterprise."""

    code = "real-name-missing"


_CLAIMED = Text(zh="市场监管局确认你是法定代表人，企业已添加", en="The register confirms you; the enterprise is added")
_REFUSED = Text(
    zh="没有核验通过：没有这个信用代码的企业，或者登记的法定代表人不是你",
    en="Not confirmed: no enterprise has this code, or you are not its registered legal representative",
)
_GONE = Text(
    zh="市场监管局登记这个企业已经{status}，不能再用它办事",
    en="The register says that this enterprise is no longer in business",
)
_LATER = Text(
    zh="市场监管局的系统现在没有应答，没有扣次数，请过一会儿再试",
    en="The market register does not answer now; the attempt does not count, try again later",
)


def claim_enterprise(*, credit_code: str, actor: Actor) -> ClaimResult:
    """Ask the register whether the actor represents the enterprise, and let them if so.

    The refusal is the same for an unknown code and for somebody else's enterprise. Call it outside a transaction: the
    attempt counts whatever happens. Raises: CreditCodeInvalid, RealNameMissing, TooManyAttempts.
    """
    code, (person, account_id) = checked_credit_code(credit_code), _proven_person(actor)
    attempt, now = _begin_attempt(account_id), utc_now()
    try:
        found = enterprise_register().find(credit_code=code, id_number=str(person.id_number))
    except Unavailable:
        return _close_attempt(attempt, "unavailable", ClaimResult("later", _LATER))
    if found is None:
        return _close_attempt(attempt, "refused", ClaimResult("refused", _REFUSED))
    with transaction.atomic():
        row = _take_over(code, person, found, now, actor)
        if row is None or not is_in_business(found.status):
            gone = Text(zh=_GONE.zh.format(status=found.status), en=_GONE.en)
            return _close_attempt(attempt, "gone", ClaimResult("gone", gone))
        return _close_attempt(attempt, "claimed", ClaimResult("claimed", _CLAIMED, row.pk))


def find_enterprise(enterprise_id: UUID) -> Enterprise | None:
    """An enterprise by its id, or ``None``: by what is known here, without asking the register."""
    row = models.Enterprise.objects.filter(pk=enterprise_id).first()
    return enterprise_view(row, utc_now()) if row else None


def find_enterprise_by_code(credit_code: str) -> Enterprise | None:
    """An enterprise by its credit code, however it was typed, or ``None``."""
    row = models.Enterprise.objects.filter(credit_code=normalise_credit_code(credit_code)).first()
    return enterprise_view(row, utc_now()) if row else None


def get_enterprise(*, enterprise_id: UUID, actor: Actor) -> tuple[Enterprise, Seat]:
    """An enterprise that the actor stands for, checked at the register once a day, and in what capacity they do.

    Raises: EnterpriseUnknown.
    """
    now = utc_now()
    row = models.Enterprise.objects.select_related("representative").filter(pk=enterprise_id).first()
    if row is None or find_seat(row, actor.person_id, now) is None:
        raise enterprise_unknown()
    row = refresh(row, now)
    seat = find_seat(row, actor.person_id, now)
    if seat is None:
        raise enterprise_unknown()
    return enterprise_view(row, now), seat


def list_own_enterprises(person_id: UUID) -> tuple[Enterprise, ...]:
    """The enterprises that a person claimed, by name; those that the register has given to another one included."""
    now = utc_now()
    rows = models.Enterprise.objects.filter(representative_id=person_id).order_by("name", "id")[:200]
    return tuple(enterprise_view(row, now) for row in rows)


def enterprise_facts(enterprise_id: UUID) -> EnterpriseFacts:
    """Name, code and legal representative. Raises: EnterpriseUnknown."""
    row = models.Enterprise.objects.filter(pk=enterprise_id).first()
    if row is None:
        raise enterprise_unknown()
    return EnterpriseFacts(row.name, row.credit_code, row.representative_name)


def forget_claim_attempts(*, now: datetime) -> int:
    """Delete attempts past their retention. Returns how many."""
    deleted, _ = models.EnterpriseClaimAttempt.objects.filter(attempted_at__lte=now - ATTEMPTS_KEPT).delete()
    return deleted


def checked_credit_code(text: str) -> str:
    """A credit code as stored. Raises: CreditCodeInvalid."""
    code = normalise_credit_code(text)
    if not credit_codes.is_valid(code):
        raise CreditCodeInvalid(
            Text(
                zh="信用代码不对，请对照营业执照逐位核对 18 位代码",
                en="This is not a valid credit code: check all 18 characters against the business licence",
            ),
            remedy=Text(zh="代码里没有字母 I、O、S、V、Z", en="It never holds the letters I, O, S, V and Z"),
            field="credit_code",
        )
    return code


def find_seat(row: models.Enterprise, person_id: UUID | None, now: datetime) -> Seat | None:
    """In what capacity a person stands for an enterprise now, or ``None``."""
    if person_id is None:
        return None
    if row.representative_id == person_id and row.is_represented:
        return Seat.REPRESENTATIVE
    appointment = models.OperatorAppointment.objects.filter(
        enterprise=row, person_id=person_id, state="active", valid_from__lte=now, valid_until__gt=now
    ).first()
    return Seat(appointment.role) if appointment and row.is_represented else None


def enterprise_view(row: models.Enterprise, now: datetime) -> Enterprise:
    """What other rooms may know of an enterprise's row."""
    return Enterprise(
        id=row.pk,
        credit_code=row.credit_code,
        name=row.name,
        kind=row.kind,
        status=row.status,
        address=row.address,
        representative_id=row.representative_id,
        representative_name=row.representative_name,
        force=force_of_row(row, now).value,
        checked_at=row.checked_at,
    )


def enterprise_unknown() -> EnterpriseUnknown:
    """The one answer for an enterprise that is not there and for one that is not the person's."""
    return EnterpriseUnknown(
        Text(zh="没有这个企业，或者你不能替它办事", en="There is no such enterprise, or you do not stand for it"),
        remedy=Text(zh="请回到“我的企业”查看", en="Go back to “My enterprises”"),
    )


def _proven_person(actor: Actor) -> tuple[models.Person, UUID]:
    row = models.Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    if row is None or row.account_id is None or row.level == models.Level.REGISTERED:
        raise RealNameMissing(
            Text(zh="先完成实名核验，才能添加企业", en="Prove your real name before you add an enterprise"),
            remedy=Text(zh="请到“我的资料”里完成实名核验", en="Do so in your profile"),
        )
    return row, row.account_id


def _begin_attempt(account_id: UUID) -> models.EnterpriseClaimAttempt:
    """Count the attempt before it is made, one at a time for an account. Raises: TooManyAttempts."""
    now = utc_now()
    with transaction.atomic():
        account = models.Account.objects.select_for_update().get(pk=account_id)
        recent = account.enterprise_claims.filter(attempted_at__gt=now - CLAIM_WINDOW, outcome__in=_COUNTED)
        if recent.count() >= CLAIMS_PER_ACCOUNT:
            raise TooManyAttempts(
                Text(zh="今天核验企业的次数太多了", en="Too many attempts today"),
                remedy=Text(
                    zh="请明天再试，或带营业执照和身份证到任一政务服务大厅办理",
                    en="Try again tomorrow, or bring licence and ID card to any service hall",
                ),
            )
        return models.EnterpriseClaimAttempt.objects.create(account=account, outcome="asked", attempted_at=now)


def _close_attempt(attempt: models.EnterpriseClaimAttempt, outcome: str, result: ClaimResult) -> ClaimResult:
    attempt.outcome = outcome
    attempt.save(update_fields=["outcome"])
    return result


def _take_over(
    code: str, person: models.Person, found: RegisteredEnterprise, now: datetime, actor: Actor
) -> models.Enterprise | None:
    """The enterprise with this person as its representative; ``None`` for a new one that is out of business."""
    known = models.Enterprise.objects.filter(credit_code=code).first()
    if known is None and not is_in_business(found.status):
        return None
    if known is None:
        known, _ = models.Enterprise.objects.get_or_create(
            credit_code=code,
            defaults={
                "name": found.name,
                "status": found.status,
                "representative": person,
                "representative_name": found.legal_representative,
                "is_represented": False,
                "verified_at": now,
                "checked_at": now,
                "tried_at": now,
            },
        )
    row = locked_enterprise(known.pk)
    if row.representative_id != person.pk:
        lose_representative(row, now)
    is_new = not row.is_represented
    row.representative, row.is_represented, row.verified_at = person, True, now
    note_answer(row, found, now)
    if is_new and is_in_business(found.status):
        audit.record(actor=actor, action="identity.enterprise-claimed", subject=f"enterprise:{row.pk}")
        notices.notify(
            person_id=person.pk,
            template="enterprise-claimed",
            values={"enterprise": row.name},
            idempotency_key=f"enterprise-claimed:{row.pk}:{now.isoformat()}",
            link=f"/my/enterprises/{row.pk}/",
        )
    return row
