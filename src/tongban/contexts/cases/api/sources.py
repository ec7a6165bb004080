"""What a department reads when it decides: files of the declaration, and data at its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.contexts.cases import journal, models, rows, running
from tongban.contexts.cases.domain import steps
from tongban.contexts.cases.domain.errors import not_your_task
from tongban.contexts.cases.domain.states import TaskState
from tongban.contexts.cases.domain.views import SourceAnswer
from tongban.contexts.exchange import api as exchange
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.contexts.resources import api as resources
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text


def read_at_source(*, task_id: UUID, actor: Actor) -> tuple[SourceAnswer, ...]:
    """Make the reads that the process names for this step, through the gateway, and tell what came back.

    The purpose is the case, the consumer the department; both it and the log name the read. Nothing is kept. Call it
    outside a transaction: it waits for other departments. Raises: TaskUnknown, NotYourTask.
    """
    rows.require_approver(actor)
    task = rows.task_of(task_id, actor)
    step = steps.review_step(running.definition_of(task.case), task.node, owner=task.case.department)
    if not step.reads or TaskState(task.state).is_closed:
        raise not_your_task()
    reason = f"read at source for task {task.id}"
    number = identity.reveal_id_number(person_id=task.case.person_id, reason=reason, actor=actor)
    wanted = [exchange.Read(resource, {"id_number": number}, fields) for resource, fields in step.reads]
    if not identity.get_person(task.case.person_id).has_id_number:
        words = _words(step)
        return tuple(_told(exchange.unknown_by_number(read), *words) for read in wanted)
    purpose = _open_purpose(task, step, number, actor)
    try:
        outcomes = exchange.fetch_many(ticket=purpose.ticket, reads=wanted)
    finally:
        exchange.close_purpose(purpose_id=purpose.id, now=utc_now())
    words = _words(step)
    return tuple(_told(outcome, *words) for outcome in outcomes)


def open_material_file(*, task_id: UUID, digest: str, actor: Actor) -> forms.StoredFile:
    """A file of the application, for a department that decides on it. The look goes on record. Raises: TaskUnknown."""
    task = rows.task_of(task_id, actor)
    found = forms.read_declared_file(declaration_id=task.case.declaration_id, digest=digest)
    audit.record(actor=actor, action="cases.file-viewed", subject=f"task:{task.id}", detail={"digest": digest})
    return found


@transaction.atomic
def _open_purpose(task: models.Task, step: steps.ReviewStep, number: str, actor: Actor) -> exchange.Purpose:
    case, now = rows.locked_case(task.case_id), utc_now()
    facts = {"task": str(task.id), "to": task.department, "resources": [resource for resource, _fields in step.reads]}
    journal.enter(case, "data-read", actor=actor, now=now, detail=facts)
    audit.record(actor=actor, action="cases.data-read", subject=f"task:{task.id}", detail={"case": str(case.id)})
    return exchange.open_purpose(
        kind="case",
        reference=case.number,
        service_code=case.service_code,
        subject_id_number=number,
        consumer=task.department,
        reads=step.reads,
        title=Text(zh=f"审批：{case.title_zh}", en=f"Deciding: {case.title_en}"),
        now=now,
    )


def _words(step: steps.ReviewStep) -> tuple[Mapping[str, resources.Resource], Mapping[str, Text]]:
    catalogue = resources.find_resources([resource for resource, _fields in step.reads])
    return catalogue, {row.code: Text(zh=row.short, en=row.name_en) for row in identity.list_organisations()}


def _told(
    outcome: exchange.Reading | exchange.ReadFailure,
    catalogue: Mapping[str, resources.Resource],
    names: Mapping[str, Text],
) -> SourceAnswer:
    entry = catalogue.get(outcome.resource)
    name = Text(zh=entry.name, en=entry.name_en) if entry else Text(zh=outcome.resource, en=outcome.resource)
    provider = names.get(outcome.source, Text(zh=outcome.source, en=outcome.source))
    if isinstance(outcome, exchange.ReadFailure):
        return SourceAnswer(name, provider, (), outcome.message)
    return SourceAnswer(name, provider, tuple(_record(record, entry) for record in outcome.records), None)


def _record(record: Mapping[str, Any], entry: resources.Resource | None) -> tuple[tuple[Text, str], ...]:
    found = []
    for name, value in record.items():
        field = entry.field(name) if entry else None
        label = Text(zh=field.label, en=field.label_en or field.label) if field else Text(zh=name, en=name)
        found.append((label, "" if value is None else str(value)))
    return tuple(found)
