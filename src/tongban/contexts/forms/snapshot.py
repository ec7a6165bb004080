"""An application's rows, its form and the names around it, made into the snapshot that pages show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from tongban.contexts.forms import models
from tongban.contexts.forms.domain.coercion import fit, show
from tongban.contexts.forms.domain.consents import consents_needed
from tongban.contexts.forms.domain.definition import ACCOUNT, FieldDefinition, FormDefinition
from tongban.contexts.forms.domain.materials import HeldLicence, HeldRecord, MaterialSlot, fill_slots, find_lacking
from tongban.contexts.forms.domain.prefill import SourceRecords, choices, dig
from tongban.contexts.forms.domain.snapshots import Application, Consent, FieldValue, RecordChoice, SourceFailure
from tongban.contexts.forms.domain.validation import find_problems, in_words
from tongban.contexts.forms.domain.values import FieldProblem, Json, StoredValue
from tongban.contexts.forms.rows import load_readings, load_uploads, load_values
from tongban.contexts.forms.service_forms import ServiceForm, get_service_form
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.infra.authorisation import Party
from tongban.kernel import resident_id
from tongban.kernel.errors import Text

YOUR_ACCOUNT = Text(zh="你的账号", en="Your account")
CHOOSE = "choose:"
"""How the problem of a resource whose record is to be chosen begins."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything about an application, loaded once."""

    row: models.Application
    service: ServiceForm
    values: dict[str, StoredValue]
    readings: tuple[SourceRecords, ...]
    failures: tuple[models.SourceFailure, ...]
    slots: tuple[MaterialSlot, ...]
    names: Mapping[str, Text]

    @property
    def answers(self) -> dict[str, Json]:
        """Field name to value."""
        return {name: value.value for name, value in self.values.items()}

    def problems(self) -> tuple[FieldProblem, ...]:
        """What keeps the application from being handed in: fields, records to choose, materials."""
        waiting = self.waiting
        found = (p for p in find_problems(self.service.form, self.answers) if p.field not in waiting)
        fields = (p for p in found if not self._is_own_document(p))
        return (*_unchosen(self.service.form, self.readings), *fields, *find_lacking(self.slots))

    def _is_own_document(self, problem: FieldProblem) -> bool:
        """Where a form asks for an ID number, the applicant's own document does, whatever its number looks like."""
        field = self.service.form.by_name.get(problem.field)
        if field is None or field.widget != "id-number" or problem.keyword not in ("pattern", "format", "minLength"):
            return False
        number = self.answers.get(problem.field)
        return isinstance(number, str) and identity.is_own_number(person_id=self.row.person_id, number=number)

    @property
    def waiting(self) -> frozenset[str]:
        """Fields that are filled as soon as one of several records is chosen."""
        resources = {answer.resource for answer in choices(self.service.form, self.readings) if answer.waits_for_choice}
        return frozenset(f.name for f in self.service.form.fields if f.source and f.source.resource in resources)


def _unchosen(form: FormDefinition, readings: Iterable[SourceRecords]) -> tuple[FieldProblem, ...]:
    waiting = (answer for answer in choices(form, readings) if answer.waits_for_choice)
    return tuple(
        FieldProblem(f"{CHOOSE}{answer.resource}", Text(zh="还没选是哪一条", en="Choose which one"), "required")
        for answer in waiting
    )


def load_standing(row: models.Application) -> Standing:
    """Load an application with its service version, values, readings, failures and materials."""
    service = get_service_form(row.service_code, row.service_version)
    values, readings = load_values(row), load_readings(row)
    names = {item.code: Text(zh=item.short, en=item.name_en) for item in identity.list_organisations()}
    answers = {name: value.value for name, value in values.items()}
    slots = fill_slots(
        service.materials, _licences(row, service, names), _records(readings), load_uploads(row), answers
    )
    failures = tuple(models.SourceFailure.objects.filter(application=row, resolved_at__isnull=True).order_by("id"))
    return Standing(row, service, values, readings, failures, _named(slots, names), names)


def _licences(row: models.Application, service: ServiceForm, names: Mapping[str, Text]) -> Sequence[HeldLicence]:
    if not any(rule.licences for rule in service.materials):
        return ()
    return tuple(
        HeldLicence(item.type_code, item.identifier, item.issuer, item.issuer_name.zh, item.issued_date)
        for item in licences.list_licences(Party(row.person_id, row.enterprise_id))
        if item.standing == "valid"
    )


def _records(readings: Iterable[SourceRecords]) -> Mapping[str, HeldRecord]:
    return {
        answer.resource: HeldRecord(
            answer.source,
            f"{answer.resource}@{answer.fetched_at.isoformat(timespec='seconds')}",
            answer.observed_at[answer.index or 0] if answer.observed_at else None,
            is_empty=not answer.records,
        )
        for answer in readings
    }


def _named(slots: Iterable[MaterialSlot], names: Mapping[str, Text]) -> tuple[MaterialSlot, ...]:
    return tuple(
        replace(
            slot,
            source_name=slot.source_name or name_of(slot.source, names).zh,
            source_name_en=name_of(slot.source, names).en,
        )
        if slot.source
        else slot
        for slot in slots
    )


def name_of(source: str, names: Mapping[str, Text]) -> Text:
    """A department's short name in both languages; the account's own for what it holds."""
    if source == ACCOUNT:
        return YOUR_ACCOUNT
    return names.get(source, Text(zh=source, en=source)) if source else Text(zh="", en="")


def snapshot(standing: Standing, *, is_reviewed: bool = False) -> Application:
    """The snapshot of a loaded application; reviewed, each field carries its problem."""
    row, service = standing.row, standing.service
    problems = standing.problems()
    wrong = {problem.field: problem.message for problem in problems} if is_reviewed else {}
    asked = service.form.applicable(standing.answers)
    later = [field for field in service.form.fields if field.when is not None and field not in asked]
    return Application(
        id=row.pk,
        service_code=row.service_code,
        version=row.service_version,
        service_name=service.name,
        person_id=row.person_id,
        enterprise_id=row.enterprise_id,
        channel=row.channel,
        state=cast("Literal['draft', 'submitted']", row.state),
        revision=row.revision,
        sections=tuple(section.title for section in service.form.sections),
        values=tuple(_field(field, standing, wrong.get(field.name)) for field in asked),
        deferred=tuple(_field(field, standing, None) for field in later),
        source_failures=tuple(_failure(item, standing) for item in standing.failures),
        choices=tuple(_choice(answer, standing) for answer in choices(service.form, standing.readings)),
        materials=standing.slots,
        consents=_consents(standing),
        problems=problems,
        is_generic=service.is_generic,
        is_conditional=bool(later) or any(f.when for f in asked) or any(rule.when for rule in service.materials),
        is_prefilled=row.prefilled_at is not None or not service.form.reads,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _field(field: FieldDefinition, standing: Standing, problem: Text | None) -> FieldValue:
    kept = standing.values.get(field.name)
    value = kept.value if kept else None
    expected = field.source.resource.split(".")[0] if field.source and not field.source.is_account else ""
    return FieldValue(
        name=field.name,
        label=field.label,
        value=value,
        origin=kept.origin if kept else "applicant",
        source=kept.source if kept else "",
        source_name=name_of(kept.source if kept else "", standing.names),
        observed_at=kept.observed_at if kept else None,
        fetched_at=kept.fetched_at if kept else None,
        problem=problem,
        widget=field.widget,
        is_required=field.is_required,
        hint=field.hint,
        options=field.options,
        shown=show(field, value),
        words=_shown_words(field, value, kept.origin if kept else "applicant"),
        section=field.section,
        unit=field.unit,
        autocomplete=field.autocomplete,
        expected_from=name_of(expected, standing.names) if expected else None,
        waits_for_choice=field.name in standing.waiting,
        replaced=_shown_words(field, kept.replaced, "source") if kept and kept.origin == "override" else None,
        reason=kept.reason if kept else "",
        depends_on=field.when.field if field.when else "",
        depends_values=tuple(_as_posted(item) for item in field.when.values) if field.when else (),
        resource=field.source.resource if field.source and not field.source.is_account else "",
        resource_field=next((step for step in field.source.path if not step.isdigit()), "") if field.source else "",
    )


def _as_posted(value: Json) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _shown_words(field: FieldDefinition, value: Json, origin: str) -> Text:
    """Words for a page: identity numbers, and telephone numbers that nobody typed here, are masked."""
    if isinstance(value, str) and field.widget == "id-number":
        return Text(zh=resident_id.mask(value), en=resident_id.mask(value))
    if isinstance(value, str) and field.widget == "phone" and origin != "applicant" and len(value) > 7:
        masked = f"{value[:3]}****{value[-4:]}"
        return Text(zh=masked, en=masked)
    return words(field, value)


def words(field: FieldDefinition, value: Json) -> Text:
    """A value as people read it, in both languages."""
    return Text(zh=in_words(field, value, "zh"), en=in_words(field, value, "en"))


def _failure(item: models.SourceFailure, standing: Standing) -> SourceFailure:
    labels = tuple(f.label for f in standing.service.form.fields if f.source and f.source.resource == item.resource)
    return SourceFailure(
        department=item.source,
        department_name=name_of(item.source, standing.names),
        code=item.code,
        resource=item.resource,
        message=Text(zh=item.message_zh, en=item.message_en),
        failed_at=item.failed_at,
        labels=labels,
    )


def _choice(answer: SourceRecords, standing: Standing) -> RecordChoice:
    fields = [f for f in standing.service.form.fields if f.source and f.source.resource == answer.resource]

    def facts(record: Mapping[str, Json]) -> tuple[tuple[Text, str], ...]:
        shown = ((f, dig(record, f.source.path)) for f in fields if f.source)
        return tuple((f.label, in_words(f, fit(f, value))) for f, value in shown if value not in (None, ""))

    return RecordChoice(
        resource=answer.resource,
        source=answer.source,
        source_name=name_of(answer.source, standing.names),
        chosen=answer.chosen,
        records=tuple(facts(record) for record in answer.records),
    )


def _consents(standing: Standing) -> tuple[Consent, ...]:
    recipients = tuple(name_of(code, standing.names) for code in standing.service.departments)
    return tuple(
        Consent(
            source=need.source,
            source_name=name_of(need.source, standing.names),
            labels=need.labels,
            recipients=tuple(name for name in recipients if name.zh != name_of(need.source, standing.names).zh),
            is_required=need.is_required,
        )
        for need in consents_needed(standing.service.form, standing.values, standing.slots)
    )
