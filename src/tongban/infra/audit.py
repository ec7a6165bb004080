"""Append-only record of acts."""

from __future__ import annotations

from collections.abc import Mapping

from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now
from tongban.runtime.logs import request_id


def record(*, actor: Actor, action: str, subject: str, detail: Mapping[str, object] | None = None) -> None:
    """Write one act, in the caller's transaction. ``subject`` and ``detail`` name ids, never personal values."""
    AuditEntry.objects.create(
        recorded_at=utc_now(),
        actor=actor.reference,
        organisation=actor.organisation or "",
        action=action,
        subject=subject,
        detail=dict(detail or {}),
        request_id=request_id.get(),
    )
