"""Append-only record of acts."""

from __future__ import annotations

from collections.abc import Mapping

from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry
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
