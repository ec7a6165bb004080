"""What follows from facts: sites learn that a session is over."""

from __future__ import annotations

from uuid import UUID

from tongban.contexts.identity import tasks
from tongban.contexts.identity.events import SessionEnded
from tongban.contexts.identity.models import Ending
from tongban.contexts.identity.provider import backchannel
from tongban.infra.outbox import subscribe

_HOLDER_MAY_HAVE_CHANGED = (Ending.PASSWORD_CHANGED, Ending.ACCOUNT_RESET)


@subscribe(SessionEnded, name="identity.tell-sites-of-sign-out")
def tell_sites(event: SessionEnded) -> None:
    sites = backchannel.note_session_end(
        UUID(event.session_id),
        UUID(event.account_id),
        holder_may_have_changed=event.because in _HOLDER_MAY_HAVE_CHANGED,
    )
    if sites:
        tasks.send_logouts.defer()
