"""What follows from facts: the platform's own steps, timers, and telling the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from tongban.contexts.cases import api, clocks, jobs, models
from tongban.contexts.cases.api.applicants import lapse_supplement
from tongban.contexts.cases.api.intake import deem_accepted
from tongban.contexts.cases.domain.states import CaseState
from tongban.contexts.cases.events import (
    AcceptanceDue,
    CaseAccepted,
    CaseClosed,
    ServiceJobReady,
    SupplementAnswered,
    SupplementDue,
    SupplementRequested,
)
from tongban.contexts.exchange import api as exchange
from tongban.contexts.halls.events import CalendarPublished
from tongban.contexts.identity import api as identity
from tongban.contexts.notices import api as notices
from tongban.infra.authorisation import SYSTEM
from tongban.infra.outbox import subscribe
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text

Values = Mapping[str, Text | str | date]


@subscribe(ServiceJobReady, name="cases.run-service-job")
def run_service_job(event: ServiceJobReady) -> None:
    jobs.run(UUID(event.job_id))


@subscribe(SupplementDue, name="cases.lapse-supplement")
def end_without_answer(event: SupplementDue) -> None:
    lapse_supplement(supplement_id=UUID(event.supplement_id), now=utc_now())


@subscribe(AcceptanceDue, name="cases.deem-accepted")
def accept_without_decision(event: AcceptanceDue) -> None:
    deem_accepted(case_id=UUID(event.case_id), now=utc_now())


@subscribe(CalendarPublished, name="cases.derive-due-dates-again")
def derive_due_dates_again(_event: CalendarPublished) -> None:
    clocks.refresh_all_due_dates(today=local_date(utc_now()))


@subscribe(CaseClosed, name="cases.close-purposes")
def close_purposes(event: CaseClosed) -> None:
    exchange.close_purposes_of(reference=event.number, now=utc_now())


@subscribe(CaseAccepted, name="cases.tell-accepted")
def tell_accepted(event: CaseAccepted) -> None:
    case = models.Case.objects.get(pk=event.case_id)
    due = api.get_case(case.number, SYSTEM).due_date
    if due is not None:
        _tell(case, "case-accepted", f"accepted:{case.id}", {"due_date": due})


@subscribe(SupplementRequested, name="cases.tell-supplement-requested")
def tell_supplement_requested(event: SupplementRequested) -> None:
    row = models.Supplement.objects.select_related("case").get(pk=event.supplement_id)
    department, reason = _name(event.department), _unstopped(row.reason)
    values: Values = {"department": department, "reason": reason, "due_date": row.due_date}
    _tell(row.case, "supplement-requested", f"supplement:{row.id}", values)


@subscribe(SupplementAnswered, name="cases.tell-supplement-received")
def tell_supplement_received(event: SupplementAnswered) -> None:
    case = models.Case.objects.get(pk=event.case_id)
    key = f"supplement-received:{event.supplement_id}"
    _tell(case, "supplement-received", key, {"department": _name(event.department)})


@subscribe(CaseClosed, name="cases.tell-closed")
def tell_closed(event: CaseClosed) -> None:
    case = models.Case.objects.get(pk=event.case_id)
    templates = {
        CaseState.APPROVED.value: "case-approved",
        CaseState.REJECTED.value: "case-rejected",
        CaseState.NOT_ACCEPTED.value: "case-rejected",
        CaseState.LAPSED.value: "case-rejected",
        CaseState.WITHDRAWN.value: "case-withdrawn",
    }
    values = {"reason": _unstopped(case.state_reason)} if templates[event.outcome] == "case-rejected" else {}
    _tell(case, templates[event.outcome], f"closed:{case.id}", values)


def _unstopped(reason: str) -> str:
    """A reason without its last full stop: the sentence that holds it goes on."""
    return reason.rstrip("。．.；;，, \n")


def _tell(case: models.Case, template: str, key: str, values: Values) -> None:
    """Tell the applicant, and whoever handed the case in for them."""
    link = f"/my/cases/{case.number}/"
    addressees = {case.person_id: link}
    if case.agent_id is not None:
        addressees.setdefault(case.agent_id, f"/my/acting/?next={link}")
    for person_id, where in addressees.items():
        notices.notify(
            person_id=person_id,
            template=template,
            values={"service": Text(zh=case.title_zh, en=case.title_en), "case": case.number, **values},
            idempotency_key=f"case:{key}" if person_id == case.person_id else f"case:{key}:agent",
            link=where,
        )


def _name(code: str) -> Text:
    found = identity.find_organisation(code)
    return Text(zh=found.short, en=found.name_en) if found else Text(zh=code, en=code)
