"""What follows from facts of identity: its holder hears that an account was locked."""

from __future__ import annotations

from uuid import UUID

from tongban.contexts.identity import models
from tongban.contexts.identity.events import AccountLocked
from tongban.contexts.notices import api as notices
from tongban.infra.outbox import subscribe
from tongban.kernel.clock import local_date


@subscribe(AccountLocked, name="identity.tell-of-lock")
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
