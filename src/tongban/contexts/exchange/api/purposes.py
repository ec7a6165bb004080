"""Purposes: opened in the caller's transaction, proven by a ticket, closed for good."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast
from uuid import UUID

from django.db import connection, transaction

from tongban.contexts.exchange import models
from tongban.contexts.exchange.domain.purposes import LIFETIME, make_ticket, merge_reads
from tongban.contexts.exchange.events import PurposeClosed
from tongban.contexts.services import api as services
from tongban.infra import outbox
from tongban.kernel.errors import NotFound, Text
from tongban.kernel.ids import new_id
from tongban.runtime import settings
from tongban.runtime.signatures import sign
from tongban.wire.closures import POLICY_CHANNEL
from tongban.wire.pseudonyms import Pseudonyms
from tongban.wire.tickets import TICKET_TYPE, PurposeKind, encode_ticket


class PurposeUnknown(NotFound):
    """There is no such purpose, or it is not this person's."""

    code = "purpose-unknown"


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """A person as readers of departmental data name them."""

    person_id: UUID
    id_number: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """An open purpose and a ticket for it."""

    id: UUID
    ticket: str
    expires_at: datetime


@cache
def pseudonyms() -> Pseudonyms:
    """The pseudonyms of this deployment."""
    return Pseudonyms(base64.b64decode(settings.current().secrets.lookup_key))


def open_purpose(
    *,
    kind: PurposeKind,
    reference: str,
    service_code: str | None,
    subject_id_number: str,
    reads: Sequence[tuple[str, tuple[str, ...]]],
    now: datetime,
    consumer: str = "portal",
    title: Text | None = None,
    also_id_numbers: Sequence[str] = (),
) -> Purpose:
    """Open a purpose in the caller's transaction and make its first ticket.

    ``reads`` names each resource with the fields that this purpose needs; ``title`` is what the person will be told
    that the reads were for (the service's name when it is left out); ``also_id_numbers`` are others whose data the
    purpose covers, with their consent.
    """
    row = new_purpose(
        kind=kind,
        reference=reference,
        service_code=service_code,
        subject_id_number=subject_id_number,
        reads=reads,
        now=now,
        consumer=consumer,
        title=title or _service_title(service_code),
        also_id_numbers=also_id_numbers,
    )
    ticket = _ticket(row, now)
    row.save(force_insert=True)
    return Purpose(row.id, ticket, row.expires_at)


def new_purpose(
    *,
    kind: PurposeKind,
    reference: str,
    service_code: str | None,
    subject_id_number: str,
    reads: Sequence[tuple[str, tuple[str, ...]]],
    now: datetime,
    consumer: str,
    title: Text | None,
    also_id_numbers: Sequence[str] = (),
) -> models.Purpose:
    """A purpose that is not yet stored: for this package only."""
    return models.Purpose(
        id=new_id(),
        kind=kind,
        reference=reference,
        service_code=service_code,
        title=title.zh if title else "",
        title_en=title.en if title else "",
        consumer=consumer,
        subject=pseudonyms().subject(subject_id_number),
        also=[pseudonyms().subject(number) for number in also_id_numbers],
        reads={resource: list(fields) for resource, fields in merge_reads(reads).items()},
        opened_at=now,
        expires_at=now + LIFETIME[kind],
    )


def issue_ticket(*, purpose_id: UUID, now: datetime) -> Purpose:
    """A fresh ticket for a purpose that is still open. Raises: PurposeUnknown, PurposeEnded."""
    row = _get(purpose_id)
    return Purpose(row.id, _ticket(row, now), row.expires_at)


def close_purpose(*, purpose_id: UUID, now: datetime, closed_by: str = "system") -> bool:
    """End a purpose, in the caller's transaction; gateways refuse its tickets as soon as that commits.

    Returns whether it was open. Raises: PurposeUnknown.
    """
    with transaction.atomic():
        row = _get(purpose_id, lock=True)
        return _close(row, now, closed_by)


def close_purposes_of(*, reference: str, now: datetime, closed_by: str = "system") -> int:
    """End every open purpose that serves an application or case. Returns how many there were."""
    with transaction.atomic():
        rows = models.Purpose.objects.select_for_update().filter(
            reference=reference, closed_at=None, expires_at__gt=now, kind__in=("application", "case")
        )
        return sum(_close(row, now, closed_by) for row in rows)


def _service_title(service_code: str | None) -> Text | None:
    service = services.find_service(service_code) if service_code else None
    return Text(service.name, service.name_en or service.name) if service else None


def _close(row: models.Purpose, now: datetime, closed_by: str) -> bool:
    if row.closed_at is not None:
        return False
    row.closed_at, row.closed_by = now, closed_by
    row.save(update_fields=["closed_at", "closed_by"])
    models.Closure.objects.create(purpose_id=row.id, closed_at=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [POLICY_CHANNEL])
    outbox.publish(PurposeClosed(str(row.id), row.kind, row.reference, closed_by))
    return True


def _get(purpose_id: UUID, *, lock: bool = False) -> models.Purpose:
    rows = models.Purpose.objects.select_for_update() if lock else models.Purpose.objects.all()
    row = rows.filter(id=purpose_id).first()
    if row is None:
        raise purpose_unknown()
    return row


def purpose_unknown() -> PurposeUnknown:
    """The one answer for a purpose that is not there and for one that is another person's."""
    return PurposeUnknown(
        Text(zh="没有这项用途", en="There is no such purpose"),
        remedy=Text(zh="请回到“我的数据”查看", en="Go back to “My data”"),
    )


def _ticket(row: models.Purpose, now: datetime) -> str:
    claims = make_ticket(
        purpose_id=row.id,
        kind=cast("PurposeKind", row.kind),
        reference=row.reference,
        service_code=row.service_code,
        consumer=row.consumer,
        subject=row.subject,
        also=row.also,
        reads={resource: tuple(fields) for resource, fields in row.reads.items()},
        expires_at=row.expires_at,
        closed_at=row.closed_at,
        now=now,
    )
    return sign(encode_ticket(claims), typ=TICKET_TYPE, pem=settings.current().secrets.ticket_key)
