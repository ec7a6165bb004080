"""What windows attest of a person, and how an official takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api import persons, sessions
from tongban.contexts.identity.api.documents import RESIDENT_ID, get_document_kind
from tongban.contexts.identity.api.persons import Person, PersonUnknown
from tongban.contexts.identity.api.staff import Staff, find_staff
from tongban.contexts.identity.domain.levels import IdentityLevel
from tongban.contexts.identity.domain.window import BY_WINDOW, lower_levels
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Forbidden, Invalid, Text


@dataclass(frozen=True, slots=True)
class Check:
    """One look at a person's document and face, or one correction of it."""

    kind: str
    level_before: str
    level_after: str
    document_name: Text
    checked_by_name: str
    organisation: str
    hall: str
    window: str
    reason: str
    checked_at: datetime


class NotAttested(Invalid):
    """The clerk has not said that they saw document and face."""

    code = "not-attested"


class LevelRefused(Conflict):
    """A person cannot be lowered to this level."""

    code = "level-refused"


class ReasonMissing(Invalid):
    """An act that is put on record lacks its reason."""

    code = "reason-missing"


@transaction.atomic
def register_at_window(
    *,
    name: str,
    id_number: str,
    has_document: bool,
    actor: Actor,
    document_type: str = RESIDENT_ID,
    issuing_country: str = "",
    birth_date: date | None = None,
    sex: str = "",
    phone: str | None = None,
) -> Person:
    """Register somebody who came to a window; with the document in hand and the face compared, at level in-person.

    Somebody known already is found, and raised if need be. Raises: Forbidden, PersonInvalid, PersonExists.
    """
    clerk = require_clerk(actor)
    found = persons.register_person(
        name=name,
        id_number=id_number,
        phone=phone,
        actor=actor,
        verified_by=BY_WINDOW,
        document_type=document_type,
        issuing_country=issuing_country,
        birth_date=birth_date,
        sex=sex,
    )
    if not has_document:
        return found
    row = _locked(found.id)
    is_new = not row.checks.exists() and row.level == models.Level.REGISTERED and row.account_id is None
    return _attest(row, models.CheckKind.REGISTERED if is_new else models.CheckKind.RAISED, clerk, actor)


@transaction.atomic
def raise_to_in_person(*, person_id: UUID, is_attested: bool, account_is_theirs: bool, actor: Actor) -> Person:
    """Record that a clerk had the person's document in hand and compared the face; a repeat changes nothing.

    The document is the one under which the person is registered. With an account, the person has also said that it is
    theirs: the level counts for whoever signs in with it. Raises: Forbidden, PersonUnknown, NotAttested.
    """
    clerk, row = require_clerk(actor), _locked(person_id)
    if not is_attested or (row.account_id and not account_is_theirs):
        raise NotAttested(
            Text(zh="每一项都要确认，才能提升等级", en="Confirm every line to raise the level"),
            remedy=Text(
                zh="看过证件、比对过本人、问过账号后逐项勾选；账号不是本人的，请转主管部门更正",
                en="Tick each after looking at document and face; an account of somebody else is for an official",
            ),
        )
    if row.level == models.Level.IN_PERSON:
        return persons.view_of(row)
    return _attest(row, models.CheckKind.RAISED, clerk, actor)


def find_username(person_id: UUID) -> str:
    """The name of a person's account, for whoever has to ask them about it; empty without one."""
    return models.Account.objects.filter(person=person_id).values_list("username", flat=True).first() or ""


def list_lower_levels(person_id: UUID) -> tuple[str, ...]:
    """The levels to which a person can be lowered. Raises: PersonUnknown."""
    row = models.Person.objects.filter(pk=person_id).first()
    if row is None:
        persons.get_person(person_id)
        return ()
    return tuple(level.value for level in _lower_levels(row))


@transaction.atomic
def lower_level(*, person_id: UUID, level: str, reason: str, actor: Actor) -> Person:
    """Take back what was attested wrongly, with the reason.

    Down to registered, nobody has checked the person: their account is let go of, and its sessions end, so that its
    holder proves again who they are. Raises: Forbidden, PersonUnknown, ReasonMissing, LevelRefused.
    """
    official = _require(actor, "official")
    words, row = checked_reason(reason), _locked(person_id)
    if level not in {one.value for one in _lower_levels(row)}:
        raise LevelRefused(
            Text(zh="不能降到这个等级", en="The person cannot be lowered to this level"),
            remedy=Text(zh="请刷新页面，从列出的等级里选", en="Reload the page and choose a level that it lists"),
        )
    before = row.level
    row.level = level
    if level == models.Level.REGISTERED:
        row.verified_at, row.verified_by = None, ""
        _let_go_of_account(row)
    row.save(update_fields=["level", "verified_at", "verified_by", "account"])
    _record(row, models.CheckKind.LOWERED, before, official, words)
    audit.record(
        actor=actor,
        action="identity.level-lowered",
        subject=f"person:{row.pk}",
        detail={"from": before, "to": level, "reason": words},
    )
    return persons.view_of(row)


def list_checks(person_id: UUID) -> tuple[Check, ...]:
    """What was attested and corrected, newest first; the latest twenty."""
    rows = models.IdentityCheck.objects.filter(person_id=person_id).order_by("-checked_at")[:20]
    return tuple(
        Check(
            kind=row.kind,
            level_before=row.level_before,
            level_after=row.level_after,
            document_name=get_document_kind(row.document_type).name,
            checked_by_name=row.checked_by_name,
            organisation=row.organisation,
            hall=row.hall,
            window=row.window,
            reason=row.reason,
            checked_at=row.checked_at,
        )
        for row in rows
    )


def require_clerk(actor: Actor) -> Staff:
    """The clerk who acts, with hall and window. Raises: Forbidden."""
    return _require(actor, "clerk")


def checked_reason(text: str) -> str:
    """A reason as stored. Raises: ReasonMissing."""
    words = " ".join(text.replace("\x00", "").split())[:300]
    if len(words) < 2:
        raise ReasonMissing(
            Text(zh="请写明理由", en="State the reason"),
            remedy=Text(zh="写一句话，会留在记录里", en="One sentence; it stays on record"),
            field="reason",
        )
    return words


def _require(actor: Actor, role: str) -> Staff:
    staff = find_staff(actor.account_id) if actor.kind == "staff" and actor.account_id else None
    if staff is None or role not in staff.roles:
        raise Forbidden(
            Text(zh="你的账号不能做这件事", en="Your account may not do this"),
            remedy=Text(zh="如果工作需要，请向本单位管理员申请权限", en="Ask your department's administrator"),
        )
    return staff


def _locked(person_id: UUID) -> models.Person:
    row = models.Person.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if row is None:
        raise PersonUnknown(
            Text(zh="没有这个人的登记信息", en="This person is not registered"),
            remedy=Text(zh="请先登记，再办理", en="Register the person first"),
        )
    return row


def _attest(row: models.Person, kind: models.CheckKind, clerk: Staff, actor: Actor) -> Person:
    if row.level == models.Level.IN_PERSON:
        return persons.view_of(row)
    before = row.level
    if before == models.Level.REGISTERED:
        row.verified_at, row.verified_by = utc_now(), BY_WINDOW
    row.level = models.Level.IN_PERSON
    row.save(update_fields=["level", "verified_at", "verified_by"])
    _record(row, kind, "" if kind == models.CheckKind.REGISTERED else before, clerk, "")
    audit.record(
        actor=actor,
        action="identity.checked-in-person",
        subject=f"person:{row.pk}",
        detail={"document": row.document_type, "hall": clerk.hall, "window": clerk.window, "from": before},
    )
    return persons.view_of(row)


def _record(row: models.Person, kind: models.CheckKind, before: str, staff: Staff, reason: str) -> None:
    models.IdentityCheck.objects.create(
        person=row,
        kind=kind,
        level_before=before,
        level_after=row.level,
        document_type=row.document_type,
        checked_by=staff.account_id,
        checked_by_name=staff.name,
        organisation=staff.organisation,
        hall=staff.hall,
        window=staff.window,
        reason=reason,
        checked_at=utc_now(),
    )


def _lower_levels(row: models.Person) -> tuple[IdentityLevel, ...]:
    return lower_levels(IdentityLevel(row.level), verified_by=row.verified_by)


def _let_go_of_account(row: models.Person) -> None:
    """The holder is told first, then the account is nobody's until they prove who they are."""
    account = row.account
    if account is None:
        return
    notices.notify(
        person_id=row.pk,
        template="identity-withdrawn",
        values={"at": utc_now()},
        idempotency_key=f"identity-withdrawn:{row.pk}:{row.account_id}:{utc_now().isoformat()}",
        link="/account/real-name/",
        last_email=persons.confirmed_email(account),
    )
    sessions.end_sessions(account_id=account.pk, because=models.Ending.ACCOUNT_RESET)
    row.account = None
