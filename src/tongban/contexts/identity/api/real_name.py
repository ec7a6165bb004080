"""Proving one's real name: name and number are checked at the source before an account gets a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api import persons
from tongban.contexts.identity.api.limits import TooManyAttempts
from tongban.contexts.identity.domain.real_name import Answer, Consequence, Holder, consequence_of
from tongban.contexts.identity.ports import real_name_check
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel import resident_id
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text, Unavailable

SOURCE = "police"
CLAIM_KEPT = timedelta(hours=24)
ATTEMPTS_PER_ACCOUNT = 5
ATTEMPTS_PER_NUMBER = 10
ATTEMPT_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RealNameResult:
    """What came of a check: proven, refused, or to be continued when the source answers."""

    outcome: Literal["proven", "refused", "later"]
    message: Text
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PendingClaim:
    """What was typed while the source could not answer; shown back to its owner only."""

    name: str
    id_number: str
    id_number_masked: str
    created_at: datetime


_PROVEN = Text(zh="实名核验通过", en="Your identity is confirmed")
_REFUSED = Text(
    zh="没有通过核验：姓名和身份证号对不上，或者这个号码已在别的账号实名",
    en="Not confirmed: name and number do not match, or the number is already confirmed in another account",
)
_LATER = Text(
    zh="公安局系统现在没有应答，你填的内容已保留 24 小时",
    en="The police system does not answer now; what you entered is kept for 24 hours",
)


def prove_real_name(*, account_id: UUID, name: str, id_number: str, actor: Actor) -> RealNameResult:
    """Ask the source whether name and number belong together, and bind the person to the account if so.

    The refusal is the same whether they do not match or the number is bound elsewhere, so that nobody learns from it
    who has an account. Raises: PersonInvalid naming the field; TooManyAttempts.
    """
    name, number = persons.checked_name(name), persons.checked_id_number(id_number)
    now, number_hash = utc_now(), models.id_number_hash_of(number)
    _refuse_when_too_many(account_id, number_hash, now)
    answer = _ask(name, number)
    with transaction.atomic():
        account = models.Account.objects.select_for_update().get(pk=account_id)
        mine = models.Person.objects.filter(account=account).first()
        if mine is not None and mine.id_number_hash != number_hash:
            return RealNameResult("refused", _REFUSED)
        models.RealNameAttempt.objects.create(
            account=account, id_number_hash=number_hash, outcome=answer.value, attempted_at=now
        )
        row, holder = _row_and_holder(answer, account, name, number)
        consequence = consequence_of(answer, holder)
        _keep_or_drop_claim(consequence, account, name, number, now)
        return _apply(consequence, account, row, name, now, actor)


def find_pending_claim(account_id: UUID) -> PendingClaim | None:
    """What the account's owner typed while the source was away, for a day."""
    row = models.RealNameClaim.objects.filter(account_id=account_id, created_at__gt=utc_now() - CLAIM_KEPT).first()
    if row is None:
        return None
    masked = resident_id.mask(row.id_number)
    return PendingClaim(name=row.name, id_number=row.id_number, id_number_masked=masked, created_at=row.created_at)


def forget_stale_claims(*, now: datetime) -> int:
    """Delete claims and attempts past their retention. Returns how many rows went."""
    claims, _ = models.RealNameClaim.objects.filter(created_at__lte=now - CLAIM_KEPT).delete()
    attempts, _ = models.RealNameAttempt.objects.filter(attempted_at__lte=now - timedelta(days=30)).delete()
    return claims + attempts


def _ask(name: str, number: str) -> Answer:
    try:
        matched = real_name_check().matches(name=name, id_number=number)
    except Unavailable:
        return Answer.UNAVAILABLE
    return Answer.MATCHED if matched else Answer.MISMATCHED


def _refuse_when_too_many(account_id: UUID, number_hash: str, now: datetime) -> None:
    recent = models.RealNameAttempt.objects.filter(
        attempted_at__gt=now - ATTEMPT_WINDOW, outcome=Answer.MISMATCHED.value
    )
    by_account = recent.filter(account_id=account_id).count()
    by_number = recent.filter(id_number_hash=number_hash).count()
    if by_account >= ATTEMPTS_PER_ACCOUNT or by_number >= ATTEMPTS_PER_NUMBER:
        raise TooManyAttempts(
            Text(zh="今天核验的次数太多了", en="Too many attempts today"),
            remedy=Text(
                zh="请明天再试，或带身份证到任一政务服务大厅办理",
                en="Try again tomorrow, or bring your ID card to any service hall",
            ),
        )


def _row_and_holder(
    answer: Answer, account: models.Account, name: str, number: str
) -> tuple[models.Person | None, Holder]:
    """The person's row, locked, and whose it is. Only a matched number gets a row: guesses leave none behind."""
    number_hash = models.id_number_hash_of(number)
    is_new = False
    if answer is Answer.MATCHED:
        _, is_new = persons.ensure_person(name=name, id_number=number, level=models.Level.REAL_NAME, verified_by=SOURCE)
    row = models.Person.objects.select_for_update().filter(id_number_hash=number_hash).first()
    if row is None or is_new:
        return row, Holder.NOBODY
    if row.account_id is None:
        return row, Holder.UNBOUND
    return row, Holder.SAME_ACCOUNT if row.account_id == account.pk else Holder.OTHER_ACCOUNT


def _keep_or_drop_claim(
    consequence: Consequence, account: models.Account, name: str, number: str, now: datetime
) -> None:
    if consequence is Consequence.WAIT:
        models.RealNameClaim.objects.update_or_create(
            account=account, defaults={"name": name, "id_number": number, "created_at": now}
        )
    else:
        models.RealNameClaim.objects.filter(account=account).delete()


def _apply(
    consequence: Consequence,
    account: models.Account,
    row: models.Person | None,
    name: str,
    now: datetime,
    actor: Actor,
) -> RealNameResult:
    if consequence is Consequence.WAIT:
        return RealNameResult("later", _LATER)
    if row is None or consequence in (Consequence.REFUSE, Consequence.REFUSE_AND_WARN_HOLDER):
        if row is not None and consequence is Consequence.REFUSE_AND_WARN_HOLDER:
            _warn_holder(row, account, now)
        return RealNameResult("refused", _REFUSED)
    is_first = consequence is not Consequence.KEEP
    row.account, row.name, row.level = account, name, models.Level.REAL_NAME
    row.verified_at, row.verified_by = now, SOURCE
    row.save(update_fields=["account", "name", "level", "verified_at", "verified_by"])
    audit.record(actor=actor, action="identity.real-name-proven", subject=f"person:{row.pk}", detail={"by": SOURCE})
    if is_first:
        key = f"identity-confirmed:{row.pk}:{account.pk}"
        notices.notify(
            person_id=row.pk, template="identity-confirmed", values={}, idempotency_key=key, link="/my/data/"
        )
    return RealNameResult("proven", _PROVEN, row.pk)


def _warn_holder(holder: models.Person, account: models.Account, now: datetime) -> None:
    notices.notify(
        person_id=holder.pk,
        template="identity-claimed-elsewhere",
        values={},
        idempotency_key=f"identity-claimed:{holder.pk}:{account.pk}:{now:%Y%m%d}",
        link="/my/security/",
    )
