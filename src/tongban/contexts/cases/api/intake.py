"""Receiving and accepting: a declaration becomes a case, and its clock starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import connection, transaction

from tongban.contexts.cases import clocks, journal, models, rows, running
from tongban.contexts.cases.api.processes import newest_process
from tongban.contexts.cases.api.progress import get_case
from tongban.contexts.cases.domain import numbers, steps
from tongban.contexts.cases.domain.errors import comment_missing, not_your_task
from tongban.contexts.cases.domain.limits import budgets
from tongban.contexts.cases.domain.states import CaseAct, CaseState, next_case_state
from tongban.contexts.cases.domain.tellings import masked_name
from tongban.contexts.cases.domain.views import CaseView
from tongban.contexts.cases.events import AcceptanceDue, CaseAccepted, CaseOpened
from tongban.contexts.forms import api as forms
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services
from tongban.engines.bpmn import Definition
from tongban.infra import audit, outbox
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.infra.idempotency import once
from tongban.kernel.clock import CITY_ZONE, local_date, utc_now

ACCEPTANCE_DAYS = 5
"""Working days in which acceptance is decided, or the case counts as accepted. Source: 行政许可法 §32."""


@transaction.atomic
def open_case(
    *, application_id: UUID, consents: Sequence[str], channel: str, actor: Actor, idempotency_key: str
) -> CaseView:
    """Hand in an application and open its case: one case, however often and from wherever it is submitted.

    A process with automatic acceptance accepts a complete submission at once, as a window clerk does at the counter;
    otherwise the department accepts within five working days. Raises: NotReady, ApplicationUnknown, ProcessUnknown.
    """
    answer = once(
        # The application is the key: a double click, a second tab and a repeat after a crash all mean the same case.
        scope="cases.open",
        key=str(application_id),
        request={"application": str(application_id)},
        produce=lambda: {"number": _open(application_id, consents, channel, actor, idempotency_key)},
    )
    return get_case(str(answer["number"]), actor)


@transaction.atomic
def accept_case(*, number: str, actor: Actor, idempotency_key: str) -> CaseView:
    """Accept a received case 受理: the clock starts and the departments begin. Raises: CaseUnknown, NotNow."""
    _require_intake(number, actor)

    def produce() -> dict[str, str]:
        case = _to_accept(number, actor)
        _accept(case, actor=actor, now=utc_now())
        return {"number": case.number}

    once(scope="cases.accept", key=f"{number}:{idempotency_key}", request={"number": number}, produce=produce)
    return get_case(number, actor)


@transaction.atomic
def refuse_case(*, number: str, reason: str, actor: Actor, idempotency_key: str) -> CaseView:
    """Refuse acceptance 不予受理, with the reason. Raises: CaseUnknown, NotNow, CommentMissing."""
    _require_intake(number, actor)
    words = reason.strip()[:1000]
    if len(words) < 2:
        raise comment_missing()

    def produce() -> dict[str, str]:
        case = _to_accept(number, actor)
        running.close(case, CaseAct.REFUSE, actor=actor, now=utc_now(), reason=words)
        audit.record(actor=actor, action="cases.refuse", subject=f"case:{case.id}")
        return {"number": case.number}

    request = {"number": number, "reason": words}
    once(scope="cases.refuse", key=f"{number}:{idempotency_key}", request=request, produce=produce)
    return get_case(number, actor)


@transaction.atomic
def deem_accepted(*, case_id: UUID, now: datetime) -> bool:
    """Accept from the day of receipt a case that nobody decided on in time. Returns whether it was."""
    case = rows.locked_case(case_id)
    if CaseState(case.state) is not CaseState.RECEIVED:
        return False
    _accept(case, actor=SYSTEM, now=now, from_receipt=True)
    return True


def _require_intake(number: str, actor: Actor) -> None:
    case = rows.case_by_number(number, actor)
    is_owner = actor.organisation == case.department and "approver" in actor.roles
    if actor.kind != "staff" or not ("clerk" in actor.roles or is_owner):
        raise not_your_task()


def _to_accept(number: str, actor: Actor) -> models.Case:
    return rows.locked_case(rows.case_by_number(number, actor).pk)


def _open(application_id: UUID, consents: Sequence[str], channel: str, actor: Actor, idempotency_key: str) -> str:
    now = utc_now()
    declaration = forms.submit(
        application_id=application_id, consents=consents, idempotency_key=idempotency_key, actor=actor
    )
    definition = services.get_definition(declaration.service_code, declaration.version)
    service = services.get_service(declaration.service_code, declaration.version)
    process = newest_process(definition.process)
    case = models.Case.objects.create(
        number=_next_number(declaration.service_code, now),
        process=process,
        service_code=declaration.service_code,
        service_version=declaration.version,
        title_zh=definition.name,
        title_en=definition.name_en or definition.name,
        department=definition.department,
        application_id=application_id,
        declaration_id=declaration.id,
        person_id=declaration.person_id,
        enterprise_id=declaration.enterprise_id,
        agent_id=declaration.agent_id,
        applicant=_applicant(declaration),
        channel=channel,
        state=CaseState.RECEIVED.value,
        received_at=now,
    )
    clocks.lay(case, budgets(service.statutory_limit, service.promised_limit))
    journal.enter(case, "case-opened", actor=actor, now=now, detail={"channel": channel})
    for failure in declaration.failures:
        facts = {"to": failure.get("department", ""), "resource": failure.get("resource", "")}
        journal.enter(case, "source-failed", actor=SYSTEM, now=now, detail=facts)
    journal.wait_for(case, case.department, "acceptance", now=now)
    audit.record(actor=actor, action="cases.open", subject=f"case:{case.id}", detail={"number": case.number})
    outbox.publish(CaseOpened(str(case.id), case.number, case.service_code, channel))
    _decide_acceptance(case, running.definition_of(case), actor, now)
    return case.number


def _applicant(declaration: forms.Declaration) -> str:
    """What lists show of the applicant: an enterprise by its public name, a person masked."""
    if declaration.enterprise_id is not None:
        return identity.enterprise_facts(declaration.enterprise_id).name[:60]
    return masked_name(identity.get_person(declaration.person_id).name)


def _decide_acceptance(case: models.Case, definition: Definition, actor: Actor, now: datetime) -> None:
    at_counter = case.channel == "counter" and actor.kind == "staff"
    if at_counter or steps.is_accepted_automatically(definition):
        _accept(case, actor=actor if at_counter else SYSTEM, now=now)
        return
    calendar = halls.working_calendar()
    last = calendar.nth_working_day(local_date(now) + timedelta(days=1), ACCEPTANCE_DAYS)
    due_at = datetime.combine(last + timedelta(days=1), time(), CITY_ZONE)
    outbox.publish(AcceptanceDue(str(case.id)), due_at=due_at)


def _accept(case: models.Case, *, actor: Actor, now: datetime, from_receipt: bool = False) -> None:
    case.state = next_case_state(CaseState(case.state), CaseAct.ACCEPT).value
    case.accepted_at, case.revision = (case.received_at if from_receipt else now), case.revision + 1
    case.save(update_fields=["state", "accepted_at", "revision"])
    journal.end_wait(case, now=now)
    kind = "case-deemed-accepted" if from_receipt else "case-accepted"
    journal.enter(case, kind, actor=actor, now=now)
    clocks.start(case, at=case.accepted_at)
    running.begin(case, now=now)
    clocks.refresh_due_dates(case, today=local_date(now), calendar=halls.working_calendar())
    audit.record(actor=actor, action="cases.accept", subject=f"case:{case.id}")
    outbox.publish(CaseAccepted(str(case.id), case.number))


def _next_number(service_code: str, now: datetime) -> str:
    day = local_date(now)
    prefix = numbers.number_prefix(service_code)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_number_serial (prefix, day, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (prefix, day) DO UPDATE SET last = cases_number_serial.last + 1 RETURNING last",
            [prefix, day],
        )
        (serial,) = cursor.fetchone()
    return numbers.case_number(service_code, day, serial)
