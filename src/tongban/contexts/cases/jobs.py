"""What the platform does itself, in the transaction that marks it done: a kill in between leaves nothing half done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from tongban.contexts.cases import journal, models, rows, running
from tongban.contexts.cases.events import ServiceJobReady
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.contexts.notices import api as notices
from tongban.contexts.services import api as services
from tongban.infra import outbox
from tongban.infra.authorisation import SYSTEM
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text

STALE_AFTER = timedelta(hours=1)


@transaction.atomic
def run(job_id: UUID) -> bool:
    """Do one step of the platform's own, once. Returns whether it was done now; a repeat does nothing."""
    known = models.ServiceJob.objects.filter(pk=job_id).values_list("case_id", flat=True).first()
    if known is None:
        return False
    case = rows.locked_case(known)
    job = models.ServiceJob.objects.select_related("token").get(pk=job_id)
    if job.state != "pending":
        return False
    now = utc_now()
    result, kind = _ACTIONS[job.action](case, job)
    job.state, job.done_at, job.result = "done", now, dict(result)
    job.save(update_fields=["state", "done_at", "result"])
    journal.enter(case, kind, actor=SYSTEM, now=now, detail={"node": job.node, **result})
    if not models.ServiceJob.objects.filter(case=case, state="pending").exists():
        journal.end_wait(case, now=now)
    running.advance(case, job.token, now=now)
    return True


@transaction.atomic
def ask_again(*, now: datetime) -> int:
    """Publish again the steps that have waited for long: their delivery was given up after its last attempt.

    Returns how many. A step that is being done, or whose delivery is still tried, is harmless to name twice.
    """
    stale = models.ServiceJob.objects.filter(state="pending", asked_at__lt=now - STALE_AFTER).order_by("asked_at")
    ids = list(stale.select_for_update(skip_locked=True).values_list("pk", flat=True)[:200])
    models.ServiceJob.objects.filter(pk__in=ids).update(asked_at=now)
    for job_id in ids:
        outbox.publish(ServiceJobReady(str(job_id)))
    return len(ids)


def _issue_licence(case: models.Case, job: models.ServiceJob) -> tuple[Mapping[str, str], str]:
    declared = forms.declared_words(case.declaration_id)
    definition = services.get_definition(case.service_code, case.service_version)
    spec = next((row for row in definition.licences if row.get("type") == job.subject), {})
    today = local_date(utc_now())
    years = spec.get("valid_years")
    licence = licences.issue(
        type_code=job.subject,
        holder=_holder(case, reason=f"issue {job.subject} for case {case.number}"),
        case_number=case.number,
        service_code=case.service_code,
        values=_licence_values(job.subject, spec.get("values") or {}, declared),
        valid_from=today if years else None,
        valid_to=_years_later(today, int(years)) if years else None,
    )
    return {"licence": str(licence.id), "type": job.subject}, "licence-issued"


def _holder(case: models.Case, *, reason: str) -> licences.Holder:
    """Whose the licence will be: the enterprise's when the case is, else the applicant's."""
    if case.enterprise_id is not None:
        facts = identity.enterprise_facts(case.enterprise_id)
        return licences.Holder(case.person_id, facts.name, facts.credit_code, "001", case.enterprise_id)
    person = identity.get_person(case.person_id)
    number = identity.reveal_id_number(person_id=case.person_id, reason=reason)
    return licences.Holder(case.person_id, person.name, number, person.document_code)


def _licence_values(type_code: str, mapping: Mapping[str, str], declared: Mapping[str, Text]) -> dict[str, str]:
    """The values of a licence's fields: those the service maps, and those of the same name as a form field."""
    wanted = {field.name: mapping.get(field.name, field.name) for field in licences.get_type(type_code).fields}
    wanted |= dict(mapping)
    found = {name: declared.get(source) for name, source in wanted.items()}
    return {name: words.zh for name, words in found.items() if words and words.zh}


def _years_later(day: date, years: int) -> date:
    try:
        anniversary = day.replace(year=day.year + years)
    except ValueError:
        anniversary = date(day.year + years, 3, 1)
    return date.fromordinal(anniversary.toordinal() - 1)


def _notify(case: models.Case, job: models.ServiceJob) -> tuple[Mapping[str, str], str]:
    notice = notices.notify(
        person_id=case.person_id,
        template=job.subject,
        values={"service": Text(zh=case.title_zh, en=case.title_en), "case": case.number},
        idempotency_key=f"case:{case.id}:{job.node}",
        link=f"/my/cases/{case.number}/",
    )
    return {"notice": str(notice.id)}, "notice-sent"


_ACTIONS = {"issue-licence": _issue_licence, "notify": _notify}
