"""Applying the engine's moves to rows. Call with the case locked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tongban.contexts.cases import clocks, journal, models
from tongban.contexts.cases.domain import steps
from tongban.contexts.cases.domain.states import CaseAct, CaseState, SupplementState, TaskState, next_case_state
from tongban.contexts.cases.events import CaseClosed, ServiceJobReady
from tongban.contexts.forms import api as forms
from tongban.engines import bpmn
from tongban.infra import outbox
from tongban.infra.authorisation import SYSTEM, Actor


def definition_of(case: models.Case) -> bpmn.Definition:
    """The process that a case runs on."""
    return bpmn.Definition.from_json(case.process.tables)


def begin(case: models.Case, *, now: datetime) -> None:
    """Put the first tokens."""
    definition = definition_of(case)
    _apply(case, definition, bpmn.start(definition, _variables(case, definition)), now=now)


def advance(case: models.Case, token: models.Token, *, now: datetime) -> None:
    """Complete the step at which a token rests, and open what follows."""
    definition = definition_of(case)
    resting = models.Token.objects.filter(case=case, left_at__isnull=True).values_list("node", "flow")
    state = Counter(bpmn.Token(node, flow) for node, flow in resting)
    place = bpmn.Token(token.node, token.flow)
    moves = bpmn.complete(definition, state, place, _variables(case, definition))
    # Of equal places the one that was completed goes; the engine counts, the rows have names.
    models.Token.objects.filter(pk=token.pk).update(left_at=now)
    _apply(case, definition, moves, now=now, already_gone=place)


def close(case: models.Case, act: CaseAct, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Bring a case to its end: what is open is cancelled, nobody is waited for, the clocks stop."""
    case.state = next_case_state(CaseState(case.state), act).value
    case.state_reason, case.closed_at, case.revision = reason, now, case.revision + 1
    case.save(update_fields=["state", "state_reason", "closed_at", "revision"])
    open_tasks = models.Task.objects.filter(case=case, closed_at__isnull=True)
    for task in open_tasks:
        task.state, task.closed_at, task.revision = TaskState.CANCELLED.value, now, task.revision + 1
        task.save(update_fields=["state", "closed_at", "revision"])
    lapsed = SupplementState.LAPSED if act is CaseAct.LAPSE else SupplementState.CANCELLED
    models.Supplement.objects.filter(case=case, state=SupplementState.OPEN).update(state=lapsed.value)
    models.ServiceJob.objects.filter(case=case, state="pending").update(state="cancelled")
    models.Token.objects.filter(case=case, left_at__isnull=True).update(left_at=now)
    journal.end_all_waits(case, now=now)
    clocks.stop(case, at=now)
    # A refusal's reason stands with the department's own entry.
    told = {"reason": reason} if reason and act is not CaseAct.REJECT else {}
    journal.enter(case, f"case-{case.state}", actor=actor, now=now, detail=told)
    outbox.publish(CaseClosed(str(case.id), case.number, case.state))


def _apply(
    case: models.Case,
    definition: bpmn.Definition,
    moves: bpmn.Moves,
    *,
    now: datetime,
    already_gone: bpmn.Token | None = None,
) -> None:
    gone = Counter(moves.consumed)
    if already_gone is not None:
        gone[already_gone] -= 1
    for place, count in (+gone).items():
        _leave(case, place, count, now)
    for place in moves.produced:
        token = models.Token.objects.create(case=case, node=place.node, flow=place.flow, rested_at=now)
        kind = definition.node(place.node).kind
        if kind is bpmn.NodeKind.USER_TASK:
            _open_task(case, definition, token, now)
        elif kind is bpmn.NodeKind.SERVICE_TASK:
            _open_job(case, definition, token, now)
    if moves.is_finished:
        refused = steps.ends_rejected(definition, moves.passed)
        close(case, CaseAct.REJECT if refused else CaseAct.APPROVE, actor=SYSTEM, now=now)


def _leave(case: models.Case, place: bpmn.Token, count: int, now: datetime) -> None:
    resting = models.Token.objects.filter(case=case, node=place.node, flow=place.flow, left_at__isnull=True)
    ids = list(resting.order_by("id").values_list("pk", flat=True)[:count])
    models.Token.objects.filter(pk__in=ids).update(left_at=now)
    for task in models.Task.objects.filter(token_id__in=ids, closed_at__isnull=True):
        task.state, task.closed_at, task.revision = TaskState.CANCELLED.value, now, task.revision + 1
        task.save(update_fields=["state", "closed_at", "revision"])
        journal.end_wait(case, now=now, task=task)


def _open_task(case: models.Case, definition: bpmn.Definition, token: models.Token, now: datetime) -> None:
    step = steps.review_step(definition, token.node, owner=case.department)
    task = models.Task.objects.create(
        case=case,
        token=token,
        node=step.node,
        title_zh=step.title.zh,
        title_en=step.title.en,
        department=step.department,
        sees=None if step.sees is None else sorted(step.sees),
        planned_days=step.days,
        opened_at=now,
    )
    journal.wait_for(case, step.department, "review", now=now, task=task)
    journal.enter(case, "task-opened", actor=SYSTEM, now=now, detail={"task": str(task.id), "to": step.department})


def _open_job(case: models.Case, definition: bpmn.Definition, token: models.Token, now: datetime) -> None:
    step = steps.machine_step(definition, token.node)
    job = models.ServiceJob.objects.create(
        case=case, token=token, node=step.node, action=step.action, subject=step.subject, created_at=now, asked_at=now
    )
    journal.wait_for(case, journal.PLATFORM, "machine", now=now)
    outbox.publish(ServiceJobReady(str(job.id)))


def _variables(case: models.Case, definition: bpmn.Definition) -> Mapping[str, object]:
    """The values that the gateways of this process ask for, and nothing else."""
    names = definition.names_read()
    if not names:
        return {}
    decided = models.Task.objects.filter(case=case, closed_at__isnull=False).order_by("closed_at")
    outcomes: dict[str, Any] = {task.node: _OUTCOMES.get(task.state, "") for task in decided}
    values: dict[str, object] = {"decision": outcomes, "channel": case.channel}
    if any(name.split(".")[0] not in values for name in names):
        declared = forms.get_declaration(case.declaration_id).values
        values = {**declared, **values}
    return values


_OUTCOMES = {TaskState.APPROVED.value: "approve", TaskState.REJECTED.value: "reject"}
