"""For whom somebody acts: the rights they hold, and which of them a session uses now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, get_args
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from tongban.contexts.identity.events import ActingBegun
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Acting, Actor, Right
from tongban.kernel.errors import NotFound, Text

ACTING_KEY = "identity.acting"


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A right to act for somebody, as its holder sees it. ``person_id`` is whose matters these are then."""

    acting: Acting
    person_id: UUID
    expires_at: datetime | None


class RightSource(Protocol):
    """Where rights of one kind come from. It answers with rights that are in force now, and with no others."""

    def find_right(self, *, agent: UUID, reference: UUID) -> HeldRight | None:
        """The right that a person holds under a reference, or ``None``."""

    def list_rights(self, *, agent: UUID) -> tuple[HeldRight, ...]:
        """Every right of this kind that a person holds."""


class RightUnknown(NotFound):
    """The person does not hold this right now."""

    code = "right-unknown"


_sources: dict[Right, RightSource] = {}


def use_right_source(kind: Right, source: RightSource) -> None:
    """Register where rights of a kind come from: once, when the application is ready."""
    _sources[kind] = source


def list_rights(person_id: UUID) -> tuple[HeldRight, ...]:
    """Everybody for whom a person may act now."""
    return tuple(right for kind in get_args(Right) for right in _from(kind, person_id))


def begin_acting(request: HttpRequest, *, kind: str, reference: UUID, actor: Actor) -> HeldRight:
    """Act for somebody from the next request on. Raises: RightUnknown."""
    agent = actor.acting.agent_person_id if actor.acting else actor.person_id
    found = _find(kind, agent, reference) if agent else None
    if found is None:
        raise RightUnknown(
            Text(zh="你现在不能替他办事", en="You cannot act for them now"),
            remedy=Text(
                zh="委托可能已到期或撤销，请本人重新委托", en="The mandate may have ended; ask them to give it again"
            ),
        )
    with transaction.atomic():
        audit.record(
            actor=replace(actor, acting=found.acting), action="identity.acting-begun", subject=f"{kind}:{reference}"
        )
        outbox.publish(ActingBegun(kind, str(reference), str(agent)))
    request.session[ACTING_KEY] = {"kind": kind, "reference": str(reference)}
    return found


def stop_acting(request: HttpRequest, *, actor: Actor) -> None:
    """Act for oneself again."""
    if request.session.pop(ACTING_KEY, None) is not None and actor.acting is not None:
        right = f"{actor.acting.kind}:{actor.acting.reference}"
        audit.record(actor=actor, action="identity.acting-ended", subject=right)


def right_in_use(request: HttpRequest, *, agent: UUID) -> HeldRight | None:
    """The right that the session uses; a right that has ended meanwhile is let go of at once."""
    kept: Mapping[str, str] | None = request.session.get(ACTING_KEY)
    if kept is None:
        return None
    found = _find(kept["kind"], agent, UUID(kept["reference"]))
    if found is None:
        request.session.pop(ACTING_KEY)
    return found


def find_right(*, kind: str, agent: UUID, reference: UUID) -> HeldRight | None:
    """The right that a person holds now under a reference, or ``None``: it may have ended since it was last used."""
    return _find(kind, agent, reference)


def _find(kind: str, agent: UUID, reference: UUID) -> HeldRight | None:
    source = next((source for known, source in _sources.items() if known == kind), None)
    return source.find_right(agent=agent, reference=reference) if source else None


def _from(kind: Right, agent: UUID) -> tuple[HeldRight, ...]:
    source = _sources.get(kind)
    return source.list_rights(agent=agent) if source else ()
