"""Rows as the frozen views that pages show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from tongban.contexts.cases import clocks, models, running
from tongban.contexts.cases.domain import steps, tellings
from tongban.contexts.cases.domain.numbers import spaced
from tongban.contexts.cases.domain.states import CaseState, TaskState, case_state_name
from tongban.contexts.cases.domain.views import (
    APPLICANT,
    CaseSummary,
    CaseView,
    ClockView,
    Lane,
    LogView,
    SupplementFileView,
    SupplementView,
)
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.engines.clock import Due, WorkingCalendar
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text

_Row = TypeVar("_Row", models.Clock, models.Task, models.Token)
_QUIET = {"task-opened", "notice-sent"}


@dataclass(frozen=True, slots=True)
class Names:
    """Departments' names and the calendar, read once for a page."""

    departments: Mapping[str, Text]
    calendar: WorkingCalendar
    today: date

    @classmethod
    def load(cls) -> Names:
        """Two queries."""
        short = {row.code: Text(zh=row.short, en=row.name_en) for row in identity.list_organisations()}
        return cls(short, halls.working_calendar(), local_date(utc_now()))

    def of(self, code: str) -> Text:
        """A department's short name; the code where nobody named it."""
        return self.departments.get(code, Text(zh=code, en=code))

    def days_between(self, first: datetime, last: date) -> int:
        """Working days from a moment's day up to and including a day."""
        return self.calendar.working_days(local_date(first), last + timedelta(days=1))


def show_case(case: models.Case, names: Names) -> CaseView:
    """A case with everything its page shows."""
    tasks = list(models.Task.objects.filter(case=case).order_by("opened_at", "id"))
    supplements = list(
        models.Supplement.objects.filter(case=case)
        .select_related("task")
        .prefetch_related("files")
        .order_by("requested_at")
    )
    clock = show_clock(case, list(case.clocks.all()), names)
    entries = list(models.LogEntry.objects.filter(case=case).order_by("-sequence")[:200])
    resting = models.Token.objects.filter(case=case, left_at__isnull=True).values_list("node", flat=True)
    lanes = _lanes(case, tasks, list(resting), names)
    state = CaseState(case.state)
    return CaseView(
        id=case.id,
        number=case.number,
        title=Text(zh=case.title_zh, en=case.title_en),
        conclusion=_conclusion(case, lanes, clock, names),
        service_code=case.service_code,
        person_id=case.person_id,
        enterprise_id=case.enterprise_id,
        agent_id=case.agent_id,
        applicant=case.applicant,
        department=case.department,
        department_name=names.of(case.department),
        channel=case.channel,
        state=state,
        state_name=case_state_name(state),
        state_reason=case.state_reason,
        revision=case.revision,
        received_at=case.received_at,
        accepted_at=case.accepted_at,
        closed_at=case.closed_at,
        lanes=lanes,
        clock=clock,
        log=tuple(_log(entry, names) for entry in entries if entry.kind not in _QUIET),
        supplements=tuple(_supplement(row, names) for row in supplements),
        application_id=case.application_id,
        declaration_id=case.declaration_id,
        licences=tuple(str(licence.id) for licence in licences.list_for_case(case.number)),
        issues_licences=steps.issues_licences(running.definition_of(case)),
        waiting_on=_waiting_on(case, names),
        can_withdraw=can_withdraw(case, tasks),
    )


def can_withdraw(case: models.Case, tasks: Iterable[models.Task]) -> bool:
    """Until the last department has decided; what the platform has begun to issue is not taken back."""
    state = CaseState(case.state)
    return state is CaseState.RECEIVED or (not state.is_closed and any(task.closed_at is None for task in tasks))


def show_clock(case: models.Case, rows: Sequence[models.Clock], names: Names) -> ClockView:
    """Both clocks of a case as one view."""
    values = {row.kind: clocks.value_of(row) for row in rows}
    legal, promised = values[clocks.STATUTORY], values[clocks.PROMISED]
    today, calendar = names.today, names.calendar
    legal_due, promised_due = legal.due(today, calendar), promised.due(today, calendar)
    used = promised.consumed_by(today, calendar)
    late = 0
    if promised.is_stopped:
        late = max(0, promised.consumed - promised.budget)
    elif promised_due is not None and promised.is_running and today > promised_due.due_date:
        late = max(1, used - promised.budget)
    return ClockView(
        budget_days=legal.budget,
        unit=legal.unit.value,
        consumed_days=legal.consumed_by(today, calendar),
        due_date=legal_due.due_date if legal_due else None,
        is_provisional=bool(promised_due and promised_due.is_provisional),
        is_paused=legal.is_paused,
        pause_reason=legal.pause_reason.value if legal.pause_reason else None,
        promised_days=promised.budget,
        promised_due_date=promised_due.due_date if promised_due else None,
        promised_used_days=used,
        late_days=late,
        pressure=promised.pressure(today, calendar),
    )


def show_summaries(cases: Sequence[models.Case], names: Names) -> tuple[CaseSummary, ...]:
    """Cases in a list: three queries beside the list's own, however many there are."""
    ids = [case.id for case in cases]
    clock_rows = _grouped(models.Clock.objects.filter(case__in=ids))
    task_rows = _grouped(models.Task.objects.filter(case__in=ids))
    tokens = _grouped(models.Token.objects.filter(case__in=ids, left_at__isnull=True))
    return tuple(
        _summary(case, clock_rows.get(case.id, []), task_rows.get(case.id, []), tokens.get(case.id, []), names)
        for case in cases
    )


def _summary(
    case: models.Case,
    clock_rows: list[models.Clock],
    tasks: list[models.Task],
    tokens: list[models.Token],
    names: Names,
) -> CaseSummary:
    clock = show_clock(case, clock_rows, names)
    state = CaseState(case.state)
    open_tasks = [task for task in tasks if task.closed_at is None]
    waiting = names.of(open_tasks[0].department if open_tasks else case.department)
    wanted = _steps(case, {task.node for task in tasks}, [token.node for token in tokens])
    departments = [step.department for step in wanted]
    done = sum(task.closed_at is not None for task in tasks)
    facts = _facts(case, clock, waiting, departments, done)
    return CaseSummary(
        number=case.number,
        short_number=spaced(case.number),
        title=Text(zh=case.title_zh, en=case.title_en),
        state=state,
        state_name=case_state_name(state),
        applicant=case.applicant,
        received_at=case.received_at,
        closed_at=case.closed_at,
        due_date=clock.promised_due_date,
        conclusion=tellings.conclusion(facts, names.today),
        needs_applicant=state is CaseState.SUPPLEMENT,
    )


def _grouped(rows: Iterable[_Row]) -> dict[UUID, list[_Row]]:
    found: dict[UUID, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _conclusion(case: models.Case, lanes: Sequence[Lane], clock: ClockView, names: Names) -> Text:
    done = sum(lane.state in {TaskState.APPROVED.value, TaskState.REJECTED.value} for lane in lanes)
    waiting = next((lane.department_name for lane in lanes if lane.state == "open"), names.of(case.department))
    departments = [lane.department for lane in lanes]
    return tellings.conclusion(_facts(case, clock, waiting, departments, done), names.today)


def _facts(
    case: models.Case, clock: ClockView, waiting: Text, departments: Sequence[str], done: int
) -> tellings.CaseFacts:
    due = clock.promised_due_date
    return tellings.CaseFacts(
        state=CaseState(case.state),
        waiting_department=waiting,
        total=len(departments),
        done=done,
        are_departments=len(set(departments)) == len(departments),
        due=Due(due, clock.is_provisional) if due else None,
        used_days=clock.promised_used_days,
        late_days=clock.late_days,
    )


def _lanes(case: models.Case, tasks: Sequence[models.Task], resting: Sequence[str], names: Names) -> tuple[Lane, ...]:
    """One lane a step of the process, in its order. One that cannot be reached any more is left out."""
    by_node = {task.node: task for task in tasks}
    return tuple(_lane(case, step, by_node.get(step.node), names) for step in _steps(case, set(by_node), resting))


def _steps(case: models.Case, opened: Collection[str], resting: Sequence[str]) -> list[steps.ReviewStep]:
    """The steps that were opened or may still be; before acceptance, all."""
    definition = running.definition_of(case)
    found = steps.review_steps(definition, owner=case.department)
    if CaseState(case.state) is CaseState.RECEIVED:
        return list(found)
    ahead = definition.ahead_of(resting)
    return [step for step in found if step.node in opened or step.node in ahead]


def _lane(case: models.Case, step: steps.ReviewStep, task: models.Task | None, names: Names) -> Lane:
    facts = tellings.LaneFacts(
        department_name=names.of(step.department),
        state=TaskState(task.state) if task else None,
        days_before=_days_before(case, task, names),
        days_used=_days_used(task, names),
        planned_days=step.days,
    )
    return Lane(
        department=step.department,
        department_name=facts.department_name,
        title=step.title,
        state=task.state if task else "waiting",
        days=tellings.lane_days(facts),
        note=tellings.lane_note(facts),
        comment=task.comment if task else "",
        officer=task.decided_by_name if task else "",
    )


def _days_before(case: models.Case, task: models.Task | None, names: Names) -> int:
    if task is None or case.accepted_at is None:
        return 0
    return names.calendar.working_days(local_date(case.accepted_at), local_date(task.opened_at))


def _days_used(task: models.Task | None, names: Names) -> int:
    if task is None:
        return 0
    return names.days_between(task.opened_at, local_date(task.closed_at) if task.closed_at else names.today)


def _waiting_on(case: models.Case, names: Names) -> tuple[Text, ...]:
    special = {
        "applicant": APPLICANT,
        "platform": Text(zh="平台", en="the platform"),
    }
    owners = models.Wait.objects.filter(case=case, until__isnull=True).order_by("id").values_list("owner", flat=True)
    return tuple(special.get(owner) or names.of(owner) for owner in dict.fromkeys(owners))


def _log(entry: models.LogEntry, names: Names) -> LogView:
    to = str(entry.detail.get("to", "")) or entry.department
    return LogView(
        occurred_at=entry.occurred_at,
        kind=entry.kind,
        title=tellings.log_title(entry.kind, names.of(to) if to else Text(zh="", en="")),
        note=str(entry.detail.get("reason", "")),
        officer=entry.actor_name,
        department=to,
    )


def _supplement(row: models.Supplement, names: Names) -> SupplementView:
    department = row.task.department
    return SupplementView(
        id=row.id,
        department=department,
        department_name=names.of(department),
        state=row.state,
        reason=row.reason,
        due_date=row.due_date,
        requested_at=row.requested_at,
        answered_at=row.answered_at,
        answer=row.answer,
        files=tuple(
            SupplementFileView(item.id, item.filename, item.content_type, item.size) for item in row.files.all()
        ),
    )
