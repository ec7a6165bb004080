"""Append-only record of acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.fields.json import KeyTextTransform

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
class ActForSomebody:
    """An act done under a right to act for somebody. ``reference`` is ``kind:id`` of the right."""

    id: int
    recorded_at: datetime
    actor: str
    action: str
    subject: str
    reference: str
    detail: Mapping[str, object]


def list_acting(references: Sequence[str], cursor: str | None = None, limit: int = 50) -> Page[ActForSomebody]:
    """What was done under rights to act for somebody (``mandate:<id>``, ``enterprise:<id>``), the newest first.

    Raises: Invalid for a cursor that is not one.
    """
    if not references:
        return Page(items=())
    rows = (
        AuditEntry.objects.filter(detail__has_key="acting")
        .annotate(acting=KeyTextTransform("acting", "detail"))
        .filter(acting__in=list(references))
        .order_by("-id")
    )
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, (int,))[0])
    found = list(rows[: limit + 1])
    shown = found[:limit]
    more = encode_cursor(shown[-1].pk) if len(found) > limit else None
    acts = (
        ActForSomebody(row.pk, row.recorded_at, row.actor, row.action, row.subject, row.detail["acting"], row.detail)
        for row in shown
    )
    return Page(items=tuple(acts), next=more)
