"""Writing the case's log, and who is being waited for. Call with the case locked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban.contexts.cases import models
from tongban.infra.authorisation import Actor
from tongban.kernel import canonical_json

APPLICANT = "applicant"
PLATFORM = "platform"


def enter(
    case: models.Case, kind: str, *, actor: Actor, now: datetime, detail: Mapping[str, object] | None = None
) -> models.LogEntry:
    """Add an entry, chained to the one before it."""
    facts = dict(detail or {})
    sequence = case.log_length + 1
    digest = entry_digest(
        case.log_head,
        case_id=str(case.id),
        sequence=sequence,
        occurred_at=now.isoformat(),
        kind=kind,
        actor=actor.reference,
        detail=facts,
    )
    entry = models.LogEntry.objects.create(
        case=case,
        sequence=sequence,
        occurred_at=now,
        kind=kind,
        actor=actor.reference,
        actor_name=actor.name if actor.kind == "staff" else "",
        department=actor.organisation or "",
        detail=facts,
        digest=digest,
    )
    case.log_length, case.log_head = sequence, digest
    models.Case.objects.filter(pk=case.pk).update(log_length=sequence, log_head=digest)
    return entry


def entry_digest(previous: str, **facts: object) -> str:
    """The digest of an entry over the one before it and its own facts. Shape: 64 hex."""
    return canonical_json.digest({"previous": previous, **facts})


def is_intact(case: models.Case) -> bool:
    """Whether the log is what was written: every digest fits, and the case knows the last."""
    previous = ""
    for entry in models.LogEntry.objects.filter(case=case).order_by("sequence"):
        expected = entry_digest(
            previous,
            case_id=str(case.id),
            sequence=entry.sequence,
            occurred_at=entry.occurred_at.isoformat(),
            kind=entry.kind,
            actor=entry.actor,
            detail=entry.detail,
        )
        if entry.digest != expected:
            return False
        previous = entry.digest
    return previous == case.log_head


def wait_for(case: models.Case, owner: str, reason: str, *, now: datetime, task: models.Task | None = None) -> None:
    """From now on somebody is waited for; an earlier wait of the same task (or of the case itself) ends."""
    end_wait(case, now=now, task=task)
    models.Wait.objects.create(case=case, task=task, owner=owner, reason=reason, since=now)


def end_wait(case: models.Case, *, now: datetime, task: models.Task | None = None) -> None:
    """Nobody is waited for any more at this task, or at the case itself."""
    models.Wait.objects.filter(case=case, task=task, until__isnull=True).update(until=now)


def end_all_waits(case: models.Case, *, now: datetime) -> None:
    """The case is closed: nobody is waited for."""
    models.Wait.objects.filter(case=case, until__isnull=True).update(until=now)
