"""What was done in an enterprise's name, for its legal representative: from the append-only audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongban.contexts.identity import models
from tongban.contexts.identity.api.enterprises import enterprise_unknown, find_seat
from tongban.contexts.identity.domain.enterprise_roles import Permission, permits
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.infra.pages import Page
from tongban.kernel.clock import utc_now


@dataclass(frozen=True, slots=True)
class EnterpriseAct:
    """One act for an enterprise. ``by`` is empty for an act of its legal representative of the time."""

    at: datetime
    by: str
    action: str
    subject: str


def list_acts(*, enterprise_id: UUID, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page[EnterpriseAct]:
    """What was done in the enterprise's name, newest first. Raises: EnterpriseUnknown."""
    row = models.Enterprise.objects.filter(pk=enterprise_id).first()
    seat = find_seat(row, actor.person_id, utc_now()) if row else None
    if seat is None or not permits(seat, Permission.READ_LOG):
        raise enterprise_unknown()
    appointments = models.OperatorAppointment.objects.filter(enterprise_id=enterprise_id).values_list("pk", "name")
    names = {f"enterprise:{pk}": name for pk, name in appointments}
    page = audit.list_acting([f"enterprise:{enterprise_id}", *names], cursor=cursor, limit=limit)
    acts = tuple(
        EnterpriseAct(act.recorded_at, names.get(act.reference, ""), act.action, act.subject) for act in page.items
    )
    return Page(acts, page.next)
