"""Asking departments for what they hold, outside any transaction, and laying their answers into the form."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast
from uuid import UUID

from django.db import transaction

from tongban.contexts.exchange import api as exchange
from tongban.contexts.forms import models
from tongban.contexts.forms.api.applications import open_purpose, touch
from tongban.contexts.forms.domain.definition import ReadSpec
from tongban.contexts.forms.domain.errors import FieldUnknown
from tongban.contexts.forms.domain.prefill import NONE_OF_THEM, Merge, SourceRecords, merge
from tongban.contexts.forms.domain.snapshots import Application
from tongban.contexts.forms.domain.values import Json
from tongban.contexts.forms.events import SourceDidNotAnswer
from tongban.contexts.forms.rows import dump, load_readings, load_values, locked_draft, store_reading, store_values
from tongban.contexts.forms.service_forms import ServiceForm, get_service_form
from tongban.contexts.forms.snapshot import load_standing, snapshot
from tongban.contexts.identity import api as identity
from tongban.infra import outbox
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

TIMEOUT_S = 2.5
"""How long a page waits for departments. Units: seconds."""
Outcome = exchange.Reading | exchange.ReadFailure
_BY_NUMBER = "$applicant.id_number"


def refresh_prefill(application_id: UUID, *, only: Sequence[str] | None = None, actor: Actor = SYSTEM) -> Application:
    """Ask the departments that have not answered yet (or ``only`` the named resources) and fill the form.

    Call it outside a transaction: the purpose must be committed before the gateway is asked, and none is held open
    while departments think. A department that fails is recorded with the application and never raises.
    Raises: ApplicationUnknown, AlreadySubmitted.
    """
    ticket, service, account, reads = _prepare(application_id, only, actor)
    outcomes = _ask(ticket, reads, account) if reads else []
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        for read, outcome in zip(reads, outcomes, strict=True):
            _keep(row, read, outcome)
        _lay(row, service, account)
        return snapshot(load_standing(row))


def _prepare(
    application_id: UUID, only: Sequence[str] | None, actor: Actor
) -> tuple[str, ServiceForm, dict[str, str], list[ReadSpec]]:
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        service = get_service_form(row.service_code, row.service_version)
        answered = set(models.SourceReading.objects.filter(application=row).values_list("resource", flat=True))
        wanted = set(only) if only is not None else {read.resource for read in service.form.reads} - answered
        person = identity.get_person(row.person_id)
        reads = [read for read in service.form.reads if read.resource in wanted and _can_ask(person, read)]
        ticket = _ticket(row, service) if reads else ""
        return ticket, service, _account(row, person), reads


def _ticket(row: models.Application, service: ServiceForm) -> str:
    """A fresh ticket; the purpose is opened again when its day is over or the person had withdrawn it."""
    now = utc_now()
    if row.purpose_id is not None and row.purpose_expires_at is not None and row.purpose_expires_at > now:
        with suppress(exchange.PurposeEnded):
            return exchange.issue_ticket(purpose_id=row.purpose_id, now=now).ticket
    open_purpose(row, service)
    assert row.purpose_id is not None
    return exchange.issue_ticket(purpose_id=row.purpose_id, now=now).ticket


def _can_ask(person: identity.Person, read: ReadSpec) -> bool:
    """Whoever has no ID number is known to no department by one. It is not asked, and so has not said “no record”."""
    return _BY_NUMBER not in read.parameters.values() or person.has_id_number


def _account(row: models.Application, person: identity.Person) -> dict[str, str]:
    """What the person's account has proven, by the names that reads and fields use."""
    reason = f"forms.prefill application:{row.pk}"
    return {
        "name": person.name,
        "id_number": identity.reveal_id_number(person_id=row.person_id, reason=reason),
        "phone": identity.reveal_phone(person_id=row.person_id, reason=reason),
        "email": person.email,
        **_enterprise(row),
    }


def _enterprise(row: models.Application) -> dict[str, str]:
    """What identifies the enterprise for which somebody applies, as the market register confirmed it."""
    if row.enterprise_id is None:
        return {}
    facts = identity.enterprise_facts(row.enterprise_id)
    return {
        "enterprise_name": facts.name,
        "credit_code": facts.credit_code,
        "legal_representative": facts.legal_representative,
    }


def _ask(ticket: str, reads: Sequence[ReadSpec], account: dict[str, str]) -> list[Outcome]:
    wanted = [exchange.Read(read.resource, read.bind(account), read.fields, read.operation) for read in reads]
    return exchange.fetch_many(ticket=ticket, reads=wanted, timeout_s=TIMEOUT_S)


def _keep(row: models.Application, read: ReadSpec, outcome: Outcome) -> None:
    now = utc_now()
    if isinstance(outcome, exchange.ReadFailure) and outcome.code != "not-found":
        _keep_failure(row, outcome)
        return
    models.SourceFailure.objects.filter(application=row, resource=read.resource, resolved_at__isnull=True).update(
        resolved_at=now
    )
    if isinstance(outcome, exchange.ReadFailure):
        store_reading(row, SourceRecords(read.resource, outcome.source, (), (), (), now), "")
        return
    records = SourceRecords(
        resource=read.resource,
        source=outcome.source,
        records=tuple(cast("dict[str, Json]", dict(record)) for record in outcome.records),
        observed_at=tuple(outcome.observed_at),
        record_versions=tuple(str(version or "") for version in outcome.record_versions),
        fetched_at=outcome.fetched_at,
    )
    store_reading(row, records, outcome.trace)


def _keep_failure(row: models.Application, failure: exchange.ReadFailure) -> None:
    models.SourceFailure.objects.update_or_create(
        application=row,
        resource=failure.resource,
        resolved_at=None,
        defaults={
            "source": failure.source,
            "code": failure.code,
            "message_zh": failure.message.zh[:300],
            "message_en": failure.message.en[:300],
            "failed_at": utc_now(),
        },
    )
    outbox.publish(SourceDidNotAnswer(str(row.pk), failure.source, failure.resource, failure.code))


def _lay(row: models.Application, service: ServiceForm, account: dict[str, str]) -> None:
    """Merge what is known into the values; typed answers that give way are kept aside."""
    kept = load_values(row)
    merged = merge(service.form, kept, load_readings(row), account, utc_now())
    changed = [value for name, value in merged.values.items() if kept.get(name) != value]
    if changed:
        store_values(row, changed)
    _keep_displaced(row, merged)
    is_first = row.prefilled_at is None
    row.prefilled_at = utc_now()
    row.save(update_fields=["prefilled_at"])
    if changed and not is_first:
        touch(row)


def _keep_displaced(row: models.Application, merged: Merge) -> None:
    if merged.displaced:
        answers: dict[str, Json] = {value.name: value.value for value in merged.displaced}
        models.KeptAnswers.objects.create(
            application=row, kind="displaced", revision=row.revision, answers=dump(answers), kept_at=utc_now()
        )


def choose_record(*, application_id: UUID, resource: str, index: int, actor: Actor) -> Application:
    """Choose the one of a department's several records that the application is about, or ``NONE_OF_THEM``.

    Raises: FieldUnknown.
    """
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        service = get_service_form(row.service_code, row.service_version)
        reading = next((answer for answer in load_readings(row) if answer.resource == resource), None)
        if reading is None or not (0 <= index < len(reading.records) or index == NONE_OF_THEM):
            raise FieldUnknown(
                Text(zh="没有这条记录", en="There is no such record"),
                remedy=Text(zh="请回到申请表重新选择。", en="Go back to the form and choose again."),
            )
        if reading.chosen != index:
            models.SourceReading.objects.filter(application=row, resource=resource).update(chosen=index)
            _lay_choice(row, service, replace(reading, chosen=index))
        return snapshot(load_standing(row))


def _lay_choice(row: models.Application, service: ServiceForm, reading: SourceRecords) -> None:
    """Fill from the chosen record; what another choice had filled and this one does not hold is cleared."""
    kept = load_values(row)
    stale = {name for name, value in kept.items() if value.resource == reading.resource and value.origin == "source"}
    models.FieldValue.objects.filter(application=row, name__in=stale).delete()
    remaining = {name: value for name, value in kept.items() if name not in stale}
    merged = merge(service.form, remaining, [reading], {}, utc_now())
    store_values(row, [value for name, value in merged.values.items() if remaining.get(name) != value])
    _keep_displaced(row, merged)
    touch(row)
