"""The departments' side: what is to be decided, what may be seen for it, and deciding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from tongban.contexts.cases import clocks, journal, models, rows, running
from tongban.contexts.cases.domain import steps
from tongban.contexts.cases.domain.errors import comment_missing, stale_task
from tongban.contexts.cases.domain.states import (
    CaseAct,
    CaseState,
    TaskAct,
    TaskState,
    next_case_state,
    next_task_state,
    task_state_name,
)
from tongban.contexts.cases.domain.views import Decision, Outcome, TaskSummary, TaskView
from tongban.contexts.cases.events import SupplementDue, SupplementRequested, TaskDecided
from tongban.contexts.cases.showing import Names, show_case
from tongban.contexts.cases.task_showing import show_task, show_task_summary
from tongban.contexts.exchange import api as exchange
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.engines.clock import PauseReason
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Actor
from tongban.infra.idempotency import once
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.clock import CITY_ZONE, local_date, utc_now
from tongban.kernel.errors import Text

PAGE_SIZE = 20
SUPPLEMENT_DAYS = 5
_FAR = date(9999, 12, 31)
ListState = Literal["open", "waiting", "done"]


def list_tasks(
    *, organisation: str, state: ListState = "open", mine: bool = False, cursor: str | None = None, actor: Actor
) -> Page[TaskSummary]:
    """A department's tasks: open ones by due date, those that wait for the applicant, or done ones, newest first.

    `mine` keeps those done that the actor decided. Other departments' lists are empty.
    """
    if actor.kind != "staff" or actor.organisation != organisation:
        return Page(())
    found = models.Task.objects.filter(department=organisation).select_related("case")
    names = Names.load()
    if state == "done":
        found = found.filter(closed_at__isnull=False).exclude(state=TaskState.CANCELLED.value)
        found = found.filter(decided_by=actor.account_id) if mine else found
        return _page_of_done(found, cursor, names)
    wanted = TaskState.OPEN if state == "open" else TaskState.SUPPLEMENT
    return _page_of_open(found.filter(state=wanted.value), cursor, names)


def count_tasks(organisation: str) -> Mapping[str, int]:
    """How many of a department's tasks are open, wait for applicants, and are open past their day. One query each."""
    open_tasks = models.Task.objects.filter(department=organisation, state=TaskState.OPEN.value)
    waiting = models.Task.objects.filter(department=organisation, state=TaskState.SUPPLEMENT.value)
    received = models.Case.objects.filter(department=organisation, state=CaseState.RECEIVED.value)
    return {
        "open": open_tasks.count(),
        "late": open_tasks.filter(due_date__lt=local_date(utc_now())).count(),
        "waiting": waiting.count(),
        "to_accept": received.count(),
    }


@transaction.atomic
def get_task(task_id: UUID, actor: Actor) -> TaskView:
    """A task with the fields of the declaration that its department may see. The look goes on record.

    Raises: TaskUnknown, also for another department's.
    """
    task = rows.task_of(task_id, actor)
    is_first = _record_reading(task, actor)
    names = Names.load()
    view = show_task(task, show_case(task.case, names), names)
    if is_first:
        _record_showing(task, view)
    return view


@transaction.atomic
def decide_task(
    *, task_id: UUID, revision: int, outcome: Outcome, comment: str, actor: Actor, idempotency_key: str
) -> Decision:
    """Decide one department's step: approve, refuse, or ask the applicant for more.

    `revision` is the one on the page: of two colleagues the second is told, and nothing happens twice.
    Raises: TaskUnknown, NotYourTask, StaleTask, CommentMissing, NotNow.
    """
    rows.require_approver(actor)
    words = comment.strip()[:1000]
    if outcome != "approve" and len(words) < 2:
        raise comment_missing()
    task = rows.task_of(task_id, actor)
    once(
        scope="cases.decide",
        key=f"{task_id}:{idempotency_key}",
        request={"revision": revision, "outcome": outcome, "comment": words, "actor": actor.reference},
        produce=lambda: _decide(task.case_id, task_id, revision, outcome, words, actor),
    )
    task.refresh_from_db()
    case = models.Case.objects.get(pk=task.case_id)
    following = models.Task.objects.filter(department=task.department, state=TaskState.OPEN.value)
    return Decision(
        task_id=task.id,
        case_number=case.number,
        case_title=Text(zh=case.title_zh, en=case.title_en),
        outcome=outcome,
        case_state=CaseState(case.state),
        next_task_id=following.order_by("due_date", "id").values_list("id", flat=True).first(),
    )


def _decide(case_id: UUID, task_id: UUID, revision: int, outcome: Outcome, words: str, actor: Actor) -> dict[str, Any]:
    case = rows.locked_case(case_id)
    task = models.Task.objects.select_for_update(of=("self",)).select_related("token").get(pk=task_id)
    if task.revision != revision:
        raise stale_task(task.decided_by_name, task_state_name(TaskState(task.state)))
    now = utc_now()
    if outcome == "supplement":
        _ask(case, task, words, actor, now)
    else:
        _close_task(case, task, outcome, words, actor, now)
    audit.record(actor=actor, action=f"cases.task-{outcome}", subject=f"task:{task.id}", detail={"case": str(case.id)})
    return {"task": str(task.id), "revision": task.revision}


def _close_task(
    case: models.Case, task: models.Task, outcome: Outcome, words: str, actor: Actor, now: datetime
) -> None:
    act = TaskAct.APPROVE if outcome == "approve" else TaskAct.REJECT
    task.state = next_task_state(TaskState(task.state), act).value
    task.closed_at, task.revision = now, task.revision + 1
    task.decided_by, task.decided_by_name, task.comment = actor.account_id, actor.name, words
    task.save()
    journal.end_wait(case, now=now, task=task)
    facts = {"task": str(task.id), "to": task.department, "reason": words}
    journal.enter(case, f"task-{outcome}", actor=actor, now=now, detail=facts)
    outbox.publish(TaskDecided(str(case.id), case.number, str(task.id), task.department, outcome))
    step = steps.review_step(running.definition_of(case), task.node, owner=case.department)
    if outcome == "reject" and step.closes_on_reject:
        running.close(case, CaseAct.REJECT, actor=actor, now=now, reason=words)
        return
    running.advance(case, task.token, now=now)
    if not CaseState(case.state).is_closed:
        clocks.refresh_due_dates(case, today=local_date(now), calendar=halls.working_calendar())


def _ask(case: models.Case, task: models.Task, words: str, actor: Actor, now: datetime) -> None:
    task.state = next_task_state(TaskState(task.state), TaskAct.ASK).value
    task.revision += 1
    task.save(update_fields=["state", "revision"])
    last = halls.working_calendar().nth_working_day(local_date(now) + timedelta(days=1), SUPPLEMENT_DAYS)
    supplement = models.Supplement.objects.create(
        case=case, task=task, reason=words, requested_at=now, requested_by_name=actor.name, due_date=last
    )
    case.state = next_case_state(CaseState(case.state), CaseAct.ASK).value
    case.revision += 1
    case.save(update_fields=["state", "revision"])
    journal.wait_for(case, journal.APPLICANT, "supplement", now=now, task=task)
    facts = {"task": str(task.id), "to": task.department, "reason": words, "due": last.isoformat()}
    journal.enter(case, "supplement-requested", actor=actor, now=now, detail=facts)
    clocks.pause(case, PauseReason.SUPPLEMENT, at=now)
    outbox.publish(SupplementRequested(str(case.id), case.number, str(supplement.id), task.department))
    due_at = datetime.combine(last + timedelta(days=1), time(), CITY_ZONE)
    outbox.publish(SupplementDue(str(supplement.id)), due_at=due_at)


def _record_showing(task: models.Task, view: TaskView) -> None:
    """The person's own record of reads names the department, the fetched fields that it was shown, and the case."""
    shown: dict[str, list[str]] = {}
    for field in view.fields:
        if field.resource and field.resource_field:
            shown.setdefault(field.resource, []).append(field.resource_field)
    case = task.case
    subject = identity.reveal_subject(person_id=case.person_id, reason=f"cases.shown:{case.number}")
    exchange.record_showing(
        reference=case.number,
        service_code=case.service_code,
        subject_id_number=subject,
        consumer=task.department,
        shown=shown,
        title=Text(zh=f"审批：{case.title_zh}", en=f"Deciding: {case.title_en}"),
        basis="本人申报，本部门审批",
        now=utc_now(),
    )


def _record_reading(task: models.Task, actor: Actor) -> bool:
    """The log names each reader once for each turn of the task; the audit names every look. Whether it is the first."""
    audit.record(
        actor=actor, action="cases.declaration-read", subject=f"task:{task.id}", detail={"case": str(task.case_id)}
    )
    facts = {"task": str(task.id), "to": task.department, "revision": task.revision}
    known = models.LogEntry.objects.filter(
        case=task.case_id, kind="declaration-read", actor=actor.reference, detail=facts
    )
    if known.exists():
        return False
    journal.enter(rows.locked_case(task.case_id), "declaration-read", actor=actor, now=utc_now(), detail=facts)
    return True


def _page_of_open(found: QuerySet[models.Task], cursor: str | None, names: Names) -> Page[TaskSummary]:
    # A case that is not accepted has no tasks, so an open task always has its date.
    found = found.order_by("due_date", "id")
    if cursor:
        day, row_id = decode_cursor(cursor, (str, str))
        last = date.fromisoformat(str(day))
        found = found.filter(Q(due_date__gt=last) | Q(due_date=last, id__gt=UUID(str(row_id))))
    some = list(found[: PAGE_SIZE + 1])
    last_row = some[PAGE_SIZE - 1] if len(some) > PAGE_SIZE else None
    following = encode_cursor((last_row.due_date or _FAR).isoformat(), str(last_row.id)) if last_row else None
    return Page(tuple(show_task_summary(task, names) for task in some[:PAGE_SIZE]), following)


def _page_of_done(found: QuerySet[models.Task], cursor: str | None, names: Names) -> Page[TaskSummary]:
    found = found.order_by(F("closed_at").desc(), F("id").desc())
    if cursor:
        moment, row_id = decode_cursor(cursor, (str, str))
        at = datetime.fromisoformat(str(moment))
        found = found.filter(Q(closed_at__lt=at) | Q(closed_at=at, id__lt=UUID(str(row_id))))
    some = list(found[: PAGE_SIZE + 1])
    last_row = some[PAGE_SIZE - 1] if len(some) > PAGE_SIZE else None
    following = (
        encode_cursor(last_row.closed_at.isoformat(), str(last_row.id)) if last_row and last_row.closed_at else None
    )
    return Page(tuple(show_task_summary(task, names) for task in some[:PAGE_SIZE]), following)
