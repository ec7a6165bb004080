"""What follows from facts: whoever was named to act for an enterprise is told."""

from __future__ import annotations

from uuid import UUID

from tongban.contexts.identity.api.appointing import tell_appointee
from tongban.contexts.identity.events import OperatorProposed
from tongban.infra.outbox import subscribe


@subscribe(OperatorProposed, name="identity.tell-appointee")
def tell_whoever_was_named(event: OperatorProposed) -> None:
    tell_appointee(UUID(event.appointment_id))
