"""Append-only record of acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.fields.json import KT

from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.clock import utc_now
from tongban.runtime.logs import request_id


def record(*, actor: Actor, action: str, subject: str, detail: Mapping[str, object] | None = None) -> None:
    """Write one act, in the caller's transaction. ``subject`` and ``detail`` name ids, never personal values.

    An act for somebody else names the right under which it was done.
    """
    acting = {"acting": f"{actor.acting.kind}:{actor.acting.reference}"} if actor.acting else {}
    AuditEntry.objects.create(
        recorded_at=utc_now(),
        actor=actor.reference,
        organisation=actor.organisation or "",
        action=action,
        subject=subject,
        detail={**(detail or {}), **acting},
        request_id=request_id.get(),
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One act that somebody did for somebody else.

    ``acting`` is the right: its kind, a colon, its reference. ``account_id`` is the account that did it, as text.
    """

    id: int
    recorded_at: datetime
    account_id: str
    acting: str
    action: str
    subject: str


def list_acting(references: Sequence[str], *, cursor: str | None = None, limit: int = 20) -> Page[Act]:
    """What was done under rights, newest first, for the one in whose name it was. ``references`` as in ``Act.acting``.

    Raises: Invalid for a cursor that is none.
    """
    rows = AuditEntry.objects.alias(acting=KT("detail__acting")).filter(acting__in=list(references))
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, (int,))[0])
    found = list(rows.order_by("-id")[: limit + 1])
    acts = tuple(
        Act(
            id=row.pk,
            recorded_at=row.recorded_at,
            account_id=row.actor.partition(":")[2],
            acting=str(row.detail["acting"]),
            action=row.action,
            subject=row.subject,
        )
        for row in found[:limit]
    )
    return Page(acts, encode_cursor(acts[-1].id) if len(found) > limit else None)
