"""What follows from facts: people are told of mandates, appointments and locks, sites that a session is over."""

from __future__ import annotations

from uuid import UUID

from tongban.contexts.identity import models, tasks
from tongban.contexts.identity.api.appointing import tell_appointee
from tongban.contexts.identity.api.mandates import tell_principal
from tongban.contexts.identity.events import AccountLocked, ActingBegun, MandateChanged, OperatorProposed, SessionEnded
from tongban.contexts.identity.models import Ending
from tongban.contexts.identity.provider import backchannel
from tongban.contexts.notices import api as notices
from tongban.infra import outbox
from tongban.infra.authorisation import Acting
from tongban.kernel.clock import local_date
from tongban.kernel.errors import Text

_TOLD: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("ask", "agent"): (("principal", "mandate-asked"),),
    ("confirm", "principal"): (("principal", "mandate-confirmed"), ("agent", "mandate-given")),
    ("confirm", "window"): (("principal", "mandate-confirmed"), ("agent", "mandate-given")),
    ("decline", "principal"): (("agent", "mandate-declined"),),
    ("decline", "window"): (("agent", "mandate-declined"),),
    ("revoke", "principal"): (("agent", "mandate-ended"),),
    ("revoke", "window"): (("principal", "mandate-ended"), ("agent", "mandate-ended")),
    ("hand-back", "agent"): (("principal", "mandate-ended"),),
}
"""Who is told what, by the act and whose it was. Who did it knows already; what nobody saw begin needs no end."""
_HOLDER_MAY_HAVE_CHANGED = (Ending.PASSWORD_CHANGED, Ending.ACCOUNT_RESET)
_BEGUN = Text(zh="开始替你办事", en="began to act for you")


@outbox.subscribe(MandateChanged, name="identity.tell-of-mandates")
def tell_of_mandates(event: MandateChanged) -> None:
    """Tell the parties who are known here. Nobody waits for it, so that its time tells nothing either."""
    row = models.Mandate.objects.filter(pk=event.mandate_id).first()
    if row is None:
        return
    agent_knows = row.confirmed_at is not None or row.proposed_by == models.Proposer.AGENT
    for party, template in _TOLD.get((event.act, event.by), ()):
        person_id = row.principal_id if party == "principal" else row.agent_id
        if person_id is None or (party == "agent" and not agent_knows):
            continue
        notices.notify(
            person_id=person_id,
            template=template,
            values={},
            idempotency_key=f"{template}:{row.pk}:{party}",
            link=f"/my/mandates/{row.pk}/" if party == "principal" else "/my/mandates/",
        )


@outbox.subscribe(ActingBegun, name="identity.tell-of-acting")
def tell_of_acting(event: ActingBegun) -> None:
    """Tell the principal of the first time in a day."""
    acting = Acting(
        kind=event.kind,  # type: ignore[arg-type]  # the event was made from an Acting
        reference=UUID(event.reference),
        agent_person_id=UUID(event.agent_person_id),
        agent_name="",
        principal_name="",
    )
    tell_principal(acting, what=_BEGUN)


@outbox.subscribe(OperatorProposed, name="identity.tell-appointee")
def tell_whoever_was_named(event: OperatorProposed) -> None:
    tell_appointee(UUID(event.appointment_id))


@outbox.subscribe(SessionEnded, name="identity.tell-sites-of-sign-out")
def tell_sites(event: SessionEnded) -> None:
    sites = backchannel.note_session_end(
        UUID(event.session_id),
        UUID(event.account_id),
        holder_may_have_changed=event.because in _HOLDER_MAY_HAVE_CHANGED,
    )
    if sites:
        tasks.send_logouts.defer()


@outbox.subscribe(AccountLocked, name="identity.tell-of-lock")
def tell_of_lock(event: AccountLocked) -> None:
    """Tell the holder, once a day at most. Done apart from the request: a stranger cannot measure whom it concerns."""
    if not event.account_id:
        return
    person = models.Person.objects.filter(account_id=UUID(event.account_id)).only("id").first()
    if person is None:
        return
    notices.notify(
        person_id=person.pk,
        template="account-locked",
        values={"until": event.until},
        idempotency_key=f"account-locked:{event.account_id}:{local_date(event.until):%Y%m%d}",
        link="/my/security/",
    )
