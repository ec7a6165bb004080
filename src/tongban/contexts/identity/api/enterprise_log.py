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
    """One act for an enterprise, and the name of whoever did it."""

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
    appointments = models.OperatorAppointment.objects.filter(enterprise_id=enterprise_id).values_list("pk", flat=True)
    references = [f"enterprise:{reference}" for reference in (enterprise_id, *appointments)]
    page = audit.list_acting(references, cursor=cursor, limit=limit)
    names = _names_of({act.account_id for act in page.items})
    acts = (
        EnterpriseAct(act.recorded_at, names.get(act.account_id, ""), act.action, act.subject) for act in page.items
    )
    return Page(tuple(acts), page.next)


def _names_of(accounts: set[str]) -> dict[str, str]:
    rows = models.Person.objects.filter(account_id__in=accounts - {""}).values_list("account_id", "name")
    return {str(account): name for account, name in rows}
