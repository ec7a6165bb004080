"""Recovery at the window: a printed code, with which the account's holder sets a new password themselves."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from tongban.contexts.identity import models
from tongban.contexts.identity.api import limits, persons
from tongban.contexts.identity.api.documents import hashes_of
from tongban.contexts.identity.api.recovery import give_new_password
from tongban.contexts.identity.api.window import NotAttested, checked_reason, require_clerk
from tongban.contexts.identity.domain import contact, recovery
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.infra.fields import keyed_hash
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Invalid, Text
from tongban.kernel.ids import new_id

SLIP_KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip as it is printed: the code is shown this once, and kept nowhere."""

    username: str
    person_name: str
    code: str
    issued_at: datetime
    expires_at: datetime
    issued_by_name: str
    hall: str
    window: str


class NoAccount(Conflict):
    """There is no account of the public to give back."""

    code = "no-account"


class TooManySlips(Conflict):
    """The account got as many slips as a day allows."""

    code = "too-many-slips"
    status = 429


class SlipSpent(Conflict):
    """The slip was used, replaced, or its time is over."""

    code = "slip-spent"


class PasswordRefused(Invalid):
    """The new password is too weak. ``reasons`` says why, in the visitor's language."""

    code = "password-refused"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(
            Text(zh="这个密码太弱", en="This password is too weak"),
            remedy=Text(zh="请换一个", en="Choose another one"),
        )
        self.reasons = reasons


@transaction.atomic
def issue_slip(*, person_id: UUID, reason: str, is_attested: bool, actor: Actor) -> Slip:
    """Print a one-time code for somebody whose document and face the clerk has checked. An earlier slip is void.

    The holder is told through every confirmed channel at once, so that a slip nobody asked for does not stay unseen.
    Raises: Forbidden, PersonUnknown, NoAccount, NotAttested, ReasonMissing, TooManySlips.
    """
    clerk, words, person = require_clerk(actor), checked_reason(reason), persons.get_person(person_id)
    if not is_attested:
        raise NotAttested(
            Text(zh="先核对证件和本人，再打找回单", en="Check document and face before printing a slip"),
            remedy=Text(zh="看过证件、比对过本人后勾选", en="Tick the box when you have looked at both"),
            field="attested",
        )
    account = models.Account.objects.select_for_update().filter(person=person_id).first()
    if account is None or account.realm != models.Realm.PUBLIC or not account.is_active:
        raise _no_account()
    now = utc_now()
    _refuse_when_too_many(account, now)
    models.RecoverySlip.objects.filter(account=account, used_at=None, replaced_at=None).update(replaced_at=now)
    code = recovery.make_code(secrets.choice)
    row = models.RecoverySlip(id=new_id(), account=account, reason=words, issued_at=now)
    row.code_hash, row.expires_at = _hash(row.pk, code), now + recovery.LIFETIME
    row.issued_by, row.issued_by_name, row.organisation = clerk.account_id, clerk.name, clerk.organisation
    row.hall, row.window = clerk.hall, clerk.window
    row.save(force_insert=True)
    audit.record(
        actor=actor,
        action="identity.recovery-slip-issued",
        subject=f"account:{account.pk}",
        detail={"slip": str(row.pk), "reason": words, "hall": clerk.hall, "window": clerk.window},
    )
    _tell(row, "recovery-slip-issued", now)
    return Slip(
        username=account.username,
        person_name=person.name,
        code=recovery.in_groups(code),
        issued_at=now,
        expires_at=row.expires_at,
        issued_by_name=clerk.name,
        hall=clerk.hall,
        window=clerk.window,
    )


def find_slip(*, login: str, code: str) -> UUID | None:
    """The open slip behind a username or document number and its code; ``None`` for a wrong name and a wrong code.

    Both ask the same one question of the database, and compare one hash.
    """
    name, typed = contact.normalise_username(login)[:40], recovery.normalise_code(code[:40])
    whose = Q(account__username=name) | Q(account__person__id_number_hash__in=hashes_of(login[:40]))
    row = _open(utc_now()).filter(whose, account__is_active=True, account__realm=models.Realm.PUBLIC).first()
    expected, given = (row.code_hash, _hash(row.pk, typed)) if row else ("", _hash(new_id(), typed))
    return row.pk if row is not None and hmac.compare_digest(expected, given) else None


def slip_is_open(slip_id: UUID) -> bool:
    """Whether a slip can still be used."""
    return _open(utc_now()).filter(pk=slip_id).exists()


@transaction.atomic
def use_slip(*, slip_id: UUID, password: str) -> None:
    """Set the new password: once. The second factor goes, every session ends, and the holder is told.

    Raises: SlipSpent; PasswordRefused, which leaves the slip as it is.
    """
    now = utc_now()
    row = _open(now).select_for_update(of=("self",)).filter(pk=slip_id).first()
    account = models.Account.objects.select_for_update().filter(pk=row.account_id).first() if row else None
    if row is None or account is None or not account.is_active:
        raise SlipSpent(
            Text(zh="这张找回单已经用过，或超过 30 分钟了", en="This slip was used, or its 30 minutes are over"),
            remedy=Text(zh="请到窗口重新打一张", en="Ask for a new one at the window"),
        )
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise PasswordRefused(tuple(error.messages)) from error
    row.used_at = now
    row.save(update_fields=["used_at"])
    give_new_password(account, password)
    audit.record(
        actor=Actor(kind="resident", account_id=account.pk),
        action="identity.account-recovered",
        subject=f"account:{account.pk}",
        detail={"slip": str(row.pk), "issued_by": f"staff:{row.issued_by}", "hall": row.hall, "window": row.window},
    )
    _tell(row, "account-recovered", now)


def may_try_slip(request: HttpRequest, *, login: str) -> bool:
    """Count a try with a slip for a name, known or not, however it is typed. False when there were too many."""
    name = contact.normalise_username(login).replace(" ", "")
    return limits.admit(request, "recovery-slip", subject=name).is_allowed


def forget_old_slips(*, now: datetime) -> int:
    """Delete slips past their retention. Returns how many."""
    gone, _ = models.RecoverySlip.objects.filter(issued_at__lte=now - SLIP_KEPT).delete()
    return gone


def _open(now: datetime) -> QuerySet[models.RecoverySlip]:
    return models.RecoverySlip.objects.filter(used_at=None, replaced_at=None, expires_at__gt=now)


def _hash(slip_id: UUID, code: str) -> str:
    return keyed_hash(f"{slip_id}:{code}", "identity.recovery-slip")


def _refuse_when_too_many(account: models.Account, now: datetime) -> None:
    today = models.RecoverySlip.objects.filter(account=account, issued_at__gt=now - timedelta(days=1)).count()
    if today >= recovery.SLIPS_A_DAY:
        raise TooManySlips(
            Text(zh="这个账号今天打过的找回单太多了", en="Too many slips for this account today"),
            remedy=Text(zh="请明天再来，或打 12345", en="Come again tomorrow, or call 12345"),
        )


def _no_account() -> NoAccount:
    return NoAccount(
        Text(zh="他名下没有可以找回的账号", en="The person has no account to recover"),
        remedy=Text(zh="请他在手机上建一个账号，再实名核验", en="They can make an account, then prove their name"),
    )


def _tell(row: models.RecoverySlip, template: str, now: datetime) -> None:
    person = models.Person.objects.filter(account_id=row.account_id).only("id").first()
    if person is not None:
        notices.notify(
            person_id=person.pk,
            template=template,
            values={"at": now, "window": row.window or "—"},
            idempotency_key=f"{template}:{row.pk}",
            link="/my/security/",
        )
