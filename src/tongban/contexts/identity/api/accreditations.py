"""Accredited helpers: whom a community or another body sends to help people with their services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api import documents, persons
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel import resident_id
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Conflict, Invalid, NotFound, Text

LONGEST_YEARS = 3


@dataclass(frozen=True, slots=True)
class Accreditation:
    """A helper's accreditation. ``is_valid`` is as of today."""

    id: UUID
    name: str
    masked: str
    organisation: str
    number: str
    valid_until: date
    is_valid: bool
    is_ended: bool
    ended_reason: str


class AccreditationUnknown(NotFound):
    """There is no such accreditation."""

    code = "accreditation-unknown"


class AccreditationInvalid(Invalid):
    """An accreditation cannot say this. ``field`` names what to correct."""

    code = "accreditation-invalid"


class AccreditationExists(Conflict):
    """The number is in use."""

    code = "accreditation-exists"


@transaction.atomic
def accredit_helper(
    *, name: str, id_number: str, organisation: str, number: str, valid_until: date, actor: Actor
) -> Accreditation:
    """Accredit somebody. Raises: PersonInvalid and AccreditationInvalid naming the field; AccreditationExists."""
    name, person_number = persons.checked_name(name), documents.checked_id_number(id_number)
    today, organisation, number = local_date(utc_now()), " ".join(organisation.split()), number.strip()
    if not 2 <= len(organisation) <= 100:
        raise _invalid("organisation", "请写派出帮办员的社区或单位", "Name the community or body that sends them")
    if not 2 <= len(number) <= 40:
        raise _invalid("number", "请写帮办员证号", "Give the number of the helper's card")
    if not today <= valid_until <= today.replace(year=today.year + LONGEST_YEARS, day=min(today.day, 28)):
        raise _invalid("valid_until", f"有效期从今天起，最长 {LONGEST_YEARS} 年", "At most three years from today")
    row, is_new = models.Accreditation.objects.get_or_create(
        number=number,
        defaults={
            "person_hash": models.id_number_hash_of(person_number),
            "name": name,
            "masked": resident_id.mask(person_number),
            "organisation": organisation,
            "valid_until": valid_until,
            "accredited_at": utc_now(),
            "accredited_by": actor.reference,
        },
    )
    if not is_new:
        raise AccreditationExists(
            Text(zh=f"证号 {number} 已经登记过", en=f"The number {number} is in use"),
            remedy=Text(zh="请核对证号；续期请用新证号", en="Check it; give a new number to prolong"),
            field="number",
        )
    audit.record(actor=actor, action="identity.helper-accredited", subject=f"accreditation:{row.pk}")
    return _view(row)


@transaction.atomic
def end_accreditation(*, accreditation_id: UUID, reason: str, actor: Actor) -> None:
    """End an accreditation; mandates given to the helper as such stop at once. A repeat changes nothing.

    Raises: AccreditationUnknown; AccreditationInvalid without a reason.
    """
    row = models.Accreditation.objects.select_for_update().filter(pk=accreditation_id).first()
    if row is None:
        raise AccreditationUnknown(
            Text(zh="没有这名帮办员", en="There is no such helper"),
            remedy=Text(zh="请刷新名单再试", en="Reload the list and try again"),
        )
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise _invalid("reason", "请写停用的理由", "Say why it ends")
    if row.ended_at is None:
        row.ended_at, row.ended_by, row.ended_reason = utc_now(), actor.reference, reason
        row.save(update_fields=["ended_at", "ended_by", "ended_reason"])
        audit.record(actor=actor, action="identity.helper-ended", subject=f"accreditation:{row.pk}")


def list_accreditations(*, cursor: str | None = None, limit: int = 50) -> Page[Accreditation]:
    """All helpers, the latest accredited first."""
    rows = models.Accreditation.objects.order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=_row_id(str(decode_cursor(cursor, (str,))[0])))
    found = list(rows[: limit + 1])
    more = encode_cursor(str(found[limit - 1].pk)) if len(found) > limit else None
    return Page(items=tuple(_view(row) for row in found[:limit]), next=more)


def is_accredited(person_hash: str) -> bool:
    """Whether somebody is an accredited helper today. For this context: others ask by mandate."""
    return _valid(person_hash).exists()


def latest_of(person_hash: str) -> Accreditation | None:
    """Somebody's accreditation, a valid one first; for this context."""
    row = (
        _valid(person_hash).order_by("-valid_until").first()
        or models.Accreditation.objects.filter(person_hash=person_hash).order_by("-accredited_at").first()
    )
    return _view(row) if row else None


def _valid(person_hash: str) -> QuerySet[models.Accreditation]:
    today = local_date(utc_now())
    return models.Accreditation.objects.filter(person_hash=person_hash, ended_at=None, valid_until__gte=today)


def _view(row: models.Accreditation) -> Accreditation:
    is_valid = row.ended_at is None and local_date(utc_now()) <= row.valid_until
    return Accreditation(
        id=row.pk,
        name=row.name,
        masked=row.masked,
        organisation=row.organisation,
        number=row.number,
        valid_until=row.valid_until,
        is_valid=is_valid,
        is_ended=row.ended_at is not None,
        ended_reason=row.ended_reason,
    )


def _row_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise _invalid("cursor", "翻页位置已失效", "This page position is no longer valid") from error


def _invalid(field: str, zh: str, en: str) -> AccreditationInvalid:
    return AccreditationInvalid(
        Text(zh=zh, en=en), remedy=Text(zh="改好后再提交", en="Correct it and send it again"), field=field
    )
