"""A task as its department sees it: only what its step names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tongban.contexts.cases import models, running
from tongban.contexts.cases.domain import steps
from tongban.contexts.cases.domain.states import TaskState, task_state_name
from tongban.contexts.cases.domain.views import (
    CaseView,
    DataRead,
    SeenField,
    SeenMaterial,
    TaskSummary,
    TaskView,
)
from tongban.contexts.cases.showing import Names
from tongban.contexts.forms import api as forms
from tongban.engines.clock import Pressure
from tongban.infra.authorisation import SYSTEM
from tongban.kernel.errors import Text


def show_task_summary(task: models.Task, names: Names) -> TaskSummary:
    """A task in a list. The case has to be loaded with it."""
    state = TaskState(task.state)
    return TaskSummary(
        id=task.id,
        case_number=task.case.number,
        case_title=Text(zh=task.case.title_zh, en=task.case.title_en),
        applicant=task.case.applicant,
        title=Text(zh=task.title_zh, en=task.title_en),
        department=task.department,
        state=state,
        state_name=task_state_name(state),
        due_date=task.due_date,
        pressure=_pressure(task, state, names),
        days_left=_days_left(task, state, names),
        opened_at=task.opened_at,
        closed_at=task.closed_at,
        officer=task.decided_by_name,
        outcome=task.comment,
    )


def show_task(task: models.Task, case: CaseView, names: Names) -> TaskView:
    """A task with the part of the declaration that its step names."""
    declaration = forms.get_declaration(task.case.declaration_id)
    sees = None if task.sees is None else frozenset(task.sees)
    fields = _fields(task.case, declaration, sees, names)
    step = steps.review_step(running.definition_of(task.case), task.node, owner=task.case.department)
    return TaskView(
        task=show_task_summary(task, names),
        revision=task.revision,
        comment=task.comment,
        case=case,
        fields=fields,
        hidden_fields=len(declaration.values) - len(fields),
        materials=tuple(_material(item, names) for item in declaration.materials),
        reads=tuple(DataRead(resource, wanted) for resource, wanted in step.reads),
        failures=tuple(names.of(code) for code in dict.fromkeys(item["department"] for item in declaration.failures)),
    )


def _fields(
    case: models.Case, declaration: forms.Declaration, sees: frozenset[str] | None, names: Names
) -> tuple[SeenField, ...]:
    # The application gives each value its label and words; the declaration says what was handed in and from where.
    application = forms.get_application(case.application_id, SYSTEM)
    found = []
    for field in application.values:
        if field.name not in declaration.values or (sees is not None and field.name not in sees):
            continue
        found.append(_field(field, declaration.provenance.get(field.name, {}), names))
    return tuple(found)


def _field(field: forms.FieldValue, provenance: Mapping[str, Any], names: Names) -> SeenField:
    origin = str(provenance.get("origin", field.origin))
    # What the account itself holds has no department behind it.
    source = "" if origin == "account" else str(provenance.get("source", ""))
    observed = str(provenance.get("observed_at", ""))
    return SeenField(
        name=field.name,
        label=field.label,
        words=field.words,
        origin=origin,
        source_name=names.of(source) if source else Text(zh="", en=""),
        observed_at=datetime.fromisoformat(observed) if observed else None,
        reason=str(provenance.get("reason", "")),
        replaced=field.replaced,
        resource=str(provenance.get("resource", "")),
        resource_field=field.resource_field,
    )


def _material(item: Mapping[str, Any], names: Names) -> SeenMaterial:
    source = str(item.get("source", ""))
    files: Sequence[Mapping[str, Any]] = item.get("files", ())
    label = str(item.get("label") or item["name"])
    return SeenMaterial(
        name=str(item["name"]),
        label=Text(zh=label, en=str(item.get("label_en") or label)),
        state=str(item["state"]),
        source_name=names.of(source) if source else Text(zh="", en=""),
        files=tuple(str(file["digest"]) for file in files),
    )


def _pressure(task: models.Task, state: TaskState, names: Names) -> Pressure:
    if state is TaskState.SUPPLEMENT:
        return Pressure.PAUSED
    if state.is_closed:
        return Pressure.STOPPED
    if task.due_date is None:
        return Pressure.CALM
    if task.due_date < names.today:
        return Pressure.OVERDUE
    if task.due_date == names.today:
        return Pressure.TODAY
    return Pressure.SOON if (_days_left(task, state, names) or 0) <= 2 else Pressure.CALM


def _days_left(task: models.Task, state: TaskState, names: Names) -> int | None:
    """Working days from tomorrow to the due date; negative when it is past."""
    if state is not TaskState.OPEN or task.due_date is None:
        return None
    tomorrow, after_due = names.today + timedelta(days=1), task.due_date + timedelta(days=1)
    if after_due >= tomorrow:
        return names.calendar.working_days(tomorrow, after_due)
    return -names.calendar.working_days(after_due, tomorrow)
