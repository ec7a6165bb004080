"""What was done for somebody: shown to them, and told to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongban.contexts.identity import models
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Acting
from tongban.infra.pages import Page
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text

MOST_EXPORTED = 10_000


@dataclass(frozen=True, slots=True)
class ActDone:
    """One act that somebody did for a person: who, by which right, what, to what."""

    at: datetime
    agent_name: str
    kind: str
    right_id: UUID
    action: str
    subject: str


def list_acts(
    *, person_id: UUID, right_id: UUID | None = None, cursor: str | None = None, limit: int = 20
) -> Page[ActDone]:
    """What others did for a person, under every mandate and guardianship or under one, the newest first."""
    agents = {key: name for key, name in _agents(person_id).items() if right_id in (None, key[1])}
    page = audit.list_acting([f"{kind}:{key}" for kind, key in agents], cursor, limit)
    return Page(items=tuple(_act(entry, agents) for entry in page.items), next=page.next)


def list_every_act(*, person_id: UUID) -> Iterator[ActDone]:
    """All of it, for the person's own file; the newest ten thousand."""
    cursor, given = None, 0
    while given < MOST_EXPORTED:
        page = list_acts(person_id=person_id, cursor=cursor, limit=500)
        yield from page.items
        given, cursor = given + len(page.items), page.next
        if cursor is None:
            return


def tell_principal(acting: Acting, *, what: Text, key: str = "") -> None:
    """Tell a principal or ward that somebody acts for them, in the caller's transaction.

    ``key`` names the act (a submission, say); without one the first act of a day is told, and a repeat says nothing.
    Rights that come from enterprises have no principal to tell.
    """
    person_id = _principal_of(acting.kind, acting.reference)
    if person_id is None:
        return
    now = utc_now()
    notices.notify(
        person_id=person_id,
        template="acted-for-you",
        values={"what": what, "at": now},
        idempotency_key=f"acting:{acting.reference}:{key or local_date(now)}",
        link="/my/mandates/acts/",
    )


def _principal_of(kind: str, reference: UUID) -> UUID | None:
    if kind == "mandate":
        return models.Mandate.objects.filter(pk=reference).values_list("principal_id", flat=True).first()
    if kind == "guardian":
        return models.Guardianship.objects.filter(pk=reference).values_list("ward_id", flat=True).first()
    return None


def _agents(person_id: UUID) -> dict[tuple[str, UUID], str]:
    given = models.Mandate.objects.filter(principal=person_id).exclude(confirmed_at=None)
    guardians = models.Guardianship.objects.filter(ward=person_id).select_related("guardian")
    return {
        **{("mandate", row.pk): row.agent_name for row in given},
        **{("guardian", row.pk): row.guardian.name for row in guardians},
    }


def _act(entry: audit.ActForSomebody, agents: dict[tuple[str, UUID], str]) -> ActDone:
    kind, _, key = entry.reference.partition(":")
    right = UUID(key)
    return ActDone(entry.recorded_at, agents[kind, right], kind, right, entry.action, entry.subject)
