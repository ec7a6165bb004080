"""Proving one's real name: name and number are checked at the source before an account gets a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api import persons
from tongban.contexts.identity.api.documents import RESIDENT_ID, checked_document, checked_facts, is_verified_online
from tongban.contexts.identity.api.limits import TooManyAttempts
from tongban.contexts.identity.domain import documents
from tongban.contexts.identity.domain.documents import Document, DocumentType
from tongban.contexts.identity.domain.levels import IdentityLevel
from tongban.contexts.identity.domain.real_name import Answer, Consequence, Holder, consequence_of
from tongban.contexts.identity.domain.window import level_after_online_proof
from tongban.contexts.identity.ports import document_check, real_name_check
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Text, Unavailable

SOURCE, DOCUMENT_SOURCE = "police", "exit-entry"
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
    document_type: str = RESIDENT_ID
    issuing_country: str = ""
    birth_date: date | None = None
    sex: str = ""


class VerifiedAtWindow(Conflict):
    """No register that is connected keeps documents of this type: a window looks at them."""

    code = "verified-at-window"


@dataclass(frozen=True, slots=True)
class _Claimed:
    """Who somebody says they are."""

    name: str
    document: Document
    birth_date: date
    sex: str

    @property
    def hash(self) -> str:
        return models.document_hash_of(self.document)

    @property
    def is_resident(self) -> bool:
        return self.document.type is DocumentType.RESIDENT_ID

    @property
    def source(self) -> str:
        return SOURCE if self.is_resident else DOCUMENT_SOURCE


_PROVEN = Text(zh="实名核验通过", en="Your identity is confirmed")
_REFUSED = Text(
    zh="没有通过核验：姓名和证件号码对不上，或者这个号码已在别的账号实名",
    en="Not confirmed: name and number do not match, or the number is already confirmed in another account",
)
_LATER = Text(
    zh="公安局系统现在没有应答，你填的内容已保留 24 小时",
    en="The police system does not answer now; what you entered is kept for 24 hours",
)


_LATER_DOCUMENT = Text(
    zh="出入境管理系统现在没有应答，你填的内容已保留 24 小时",
    en="The exit-entry administration does not answer now; what you entered is kept for 24 hours",
)


def prove_real_name(
    *,
    account_id: UUID,
    name: str,
    id_number: str,
    actor: Actor,
    document_type: str = RESIDENT_ID,
    issuing_country: str = "",
    birth_date: date | None = None,
    sex: str = "",
) -> RealNameResult:
    """Ask the source whether name and document belong together, and bind the person to the account if so.

    The refusal is the same whether they do not match or the number is bound elsewhere, so that nobody learns from it
    who has an account. Raises: PersonInvalid naming the field; VerifiedAtWindow; TooManyAttempts.
    """
    document = checked_document(document_type, id_number, issuing_country)
    claimed = _Claimed(persons.checked_name(name), document, *checked_facts(document, birth_date, sex))
    if not is_verified_online(document_type):
        raise _at_window(document)
    now = utc_now()
    _refuse_when_too_many(account_id, claimed.hash, now)
    answer = _ask(claimed)
    with transaction.atomic():
        account = models.Account.objects.select_for_update().get(pk=account_id)
        mine = models.Person.objects.filter(account=account).first()
        if mine is not None and mine.id_number_hash != claimed.hash:
            return RealNameResult("refused", _REFUSED)
        models.RealNameAttempt.objects.create(
            account=account, id_number_hash=claimed.hash, outcome=answer.value, attempted_at=now
        )
        row, holder = _row_and_holder(answer, account, claimed)
        consequence = consequence_of(answer, holder)
        _keep_or_drop_claim(consequence, account, claimed, now)
        return _apply(consequence, account, row, claimed, now, actor)


def find_pending_claim(account_id: UUID) -> PendingClaim | None:
    """What the account's owner typed while the source was away, for a day."""
    row = models.RealNameClaim.objects.filter(account_id=account_id, created_at__gt=utc_now() - CLAIM_KEPT).first()
    if row is None:
        return None
    return PendingClaim(
        name=row.name,
        id_number=row.id_number,
        id_number_masked=documents.mask(row.id_number),
        created_at=row.created_at,
        document_type=row.document_type,
        issuing_country=row.issuing_country,
        birth_date=row.birth_date,
        sex=row.sex,
    )


def forget_stale_claims(*, now: datetime) -> int:
    """Delete claims and attempts past their retention. Returns how many rows went."""
    claims, _ = models.RealNameClaim.objects.filter(created_at__lte=now - CLAIM_KEPT).delete()
    attempts, _ = models.RealNameAttempt.objects.filter(attempted_at__lte=now - timedelta(days=30)).delete()
    return claims + attempts


def _at_window(document: Document) -> VerifiedAtWindow:
    name = documents.kind_of(document.type).name
    return VerifiedAtWindow(
        Text(zh=f"{name.zh}在窗口核验，网上核不了", en=f"{name.en}: verified at a window, not online"),
        remedy=Text(
            zh="带证件原件到任一政务服务大厅，当场办好",
            en="Bring the document itself to any service hall; it is done on the spot",
        ),
    )


def _ask(claimed: _Claimed) -> Answer:
    try:
        if claimed.is_resident:
            matched = real_name_check().matches(name=claimed.name, id_number=claimed.document.number)
        else:
            matched = document_check().matches(
                name=claimed.name, document=claimed.document, birth_date=claimed.birth_date
            )
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
                zh="请明天再试，或带证件到任一政务服务大厅办理",
                en="Try again tomorrow, or bring your document to any service hall",
            ),
        )


def _row_and_holder(answer: Answer, account: models.Account, claimed: _Claimed) -> tuple[models.Person | None, Holder]:
    """The person's row, locked, and whose it is. Only a matched number gets a row: guesses leave none behind."""
    is_new = False
    if answer is Answer.MATCHED:
        _, is_new = persons.ensure_person(
            name=claimed.name,
            id_number=claimed.document.number,
            level=models.Level.REAL_NAME,
            verified_by=claimed.source,
            document_type=claimed.document.type.value,
            issuing_country=claimed.document.country,
            birth_date=claimed.birth_date,
            sex=claimed.sex,
        )
    row = models.Person.objects.select_for_update().filter(id_number_hash=claimed.hash).first()
    if row is None or is_new:
        return row, Holder.NOBODY
    if row.account_id is None:
        return row, Holder.UNBOUND
    return row, Holder.SAME_ACCOUNT if row.account_id == account.pk else Holder.OTHER_ACCOUNT


def _keep_or_drop_claim(consequence: Consequence, account: models.Account, claimed: _Claimed, now: datetime) -> None:
    if consequence is Consequence.WAIT:
        kept = {
            "name": claimed.name,
            "document_type": claimed.document.type.value,
            "issuing_country": claimed.document.country,
            "id_number": claimed.document.number,
            "birth_date": claimed.birth_date,
            "sex": claimed.sex,
            "created_at": now,
        }
        models.RealNameClaim.objects.update_or_create(account=account, defaults=kept)
    else:
        models.RealNameClaim.objects.filter(account=account).delete()


def _apply(
    consequence: Consequence,
    account: models.Account,
    row: models.Person | None,
    claimed: _Claimed,
    now: datetime,
    actor: Actor,
) -> RealNameResult:
    if consequence is Consequence.WAIT:
        return RealNameResult("later", _LATER if claimed.is_resident else _LATER_DOCUMENT)
    if row is None or consequence in (Consequence.REFUSE, Consequence.REFUSE_AND_WARN_HOLDER):
        if row is not None and consequence is Consequence.REFUSE_AND_WARN_HOLDER:
            _warn_holder(row, account, now)
        return RealNameResult("refused", _REFUSED)
    is_first = consequence is not Consequence.KEEP
    level = level_after_online_proof(IdentityLevel(row.level), is_bound_already=not is_first)
    row.account, row.name, row.level = account, claimed.name, level.value
    row.verified_at, row.verified_by = now, claimed.source
    row.save(update_fields=["account", "name", "level", "verified_at", "verified_by"])
    audit.record(
        actor=actor, action="identity.real-name-proven", subject=f"person:{row.pk}", detail={"by": claimed.source}
    )
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
