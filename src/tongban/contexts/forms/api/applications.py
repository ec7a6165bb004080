"""Applications while they are drafts: begin, look, save, replace a value, give up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from tongban.contexts.exchange import api as exchange
from tongban.contexts.forms import models
from tongban.contexts.forms.domain.coercion import clean_text, coerce, fit
from tongban.contexts.forms.domain.definition import FieldDefinition, FormDefinition
from tongban.contexts.forms.domain.errors import FieldUnknown, NotCovered, NotThisChannel, ReasonMissing, stale
from tongban.contexts.forms.domain.snapshots import Application, DraftSummary
from tongban.contexts.forms.domain.values import FieldProblem, Json, StoredValue, is_blank
from tongban.contexts.forms.events import ApplicationStarted, ValueOverridden
from tongban.contexts.forms.forgetting import forget_application
from tongban.contexts.forms.rows import dump, load_values, locked_draft, store_values, visible_application
from tongban.contexts.forms.service_forms import ServiceForm, get_service_form
from tongban.contexts.forms.snapshot import load_standing, snapshot
from tongban.contexts.identity import api as identity
from tongban.infra import audit, idempotency, outbox
from tongban.infra.authorisation import Actor, Party
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.kernel.ids import new_id


def start_application(
    *, party: Party, service_code: str, channel: str, actor: Actor, idempotency_key: str
) -> Application:
    """Begin to apply, or come back to the draft of the same service; opens the purpose under which data may be read.

    Raises: NotFound for an unknown service; NotThisChannel where the service is not handled that way; NotCovered when
    the actor's right to act for the party does not reach the service.
    """
    service = get_service_form(service_code)
    if not actor.may_use(service_code):
        raise _not_covered(actor)
    if service.channels and channel not in service.channels:
        raise _not_this_channel(channel)
    with transaction.atomic():
        answer = idempotency.once(
            scope=f"forms.start:{party.enterprise_id or party.person_id}",
            key=f"{service_code}:{idempotency_key}",
            request={"service": service_code, "channel": channel},
            produce=lambda: {
                "id": str(find_draft(party=party, service_code=service_code) or _begin(party, service, channel, actor))
            },
        )
        return get_application(UUID(answer["id"]), actor)


def find_draft(*, party: Party, service_code: str) -> UUID | None:
    """The draft that a party has for a service, if any."""
    drafts = models.Application.objects.filter(**party.lookup(), state=models.State.DRAFT)
    draft = drafts.filter(service_code=service_code).first()
    return draft.pk if draft else None


def _begin(party: Party, service: ServiceForm, channel: str, actor: Actor) -> UUID:
    now = utc_now()
    owner = {"enterprise_id": party.enterprise_id} if party.enterprise_id else {"person_id": party.person_id}
    made, is_new = models.Application.objects.get_or_create(
        **owner,
        enterprise_id__isnull=party.enterprise_id is None,
        service_code=service.code,
        state=models.State.DRAFT,
        defaults={
            "id": new_id(),
            "person_id": party.person_id,
            "service_version": service.version,
            "service_name": service.name.zh[:300],
            "service_name_en": service.name.en[:300],
            "channel": channel,
            "started_by": actor.reference,
            "created_at": now,
            "updated_at": now,
        },
    )
    if is_new:
        open_purpose(made, service)
        audit.record(actor=actor, action="forms.application-started", subject=f"application:{made.pk}")
        outbox.publish(ApplicationStarted(str(made.pk), service.code, channel))
    return made.pk


def open_purpose(row: models.Application, service: ServiceForm) -> None:
    """Open the purpose of an application in the caller's transaction of which tickets are made."""
    if not service.form.reads:
        return
    subject = identity.reveal_subject(person_id=row.person_id, reason=f"forms.prefill application:{row.pk}")
    purpose = exchange.open_purpose(
        kind="application",
        reference=str(row.pk),
        service_code=service.code,
        subject_id_number=subject,
        reads=[(read.resource, read.fields) for read in service.form.reads],
        now=utc_now(),
        title=service.name,
    )
    row.purpose_id, row.purpose_expires_at = purpose.id, purpose.expires_at
    row.save(update_fields=["purpose_id", "purpose_expires_at"])


def _not_covered(actor: Actor) -> NotCovered:
    who = actor.acting.principal_name if actor.acting else ""
    return NotCovered(
        Text(zh=f"你替{who}办事的范围里没有这件事", en=f"Your right to act for {who} does not cover this service"),
        remedy=Text(
            zh="请本人把这件事加进委托，或由本人办理。",
            en="Ask them to add this service to the mandate, or let them apply themselves.",
        ),
    )


def _not_this_channel(channel: str) -> NotThisChannel:
    if channel == "online":
        return NotThisChannel(
            Text(zh="这件事要到窗口办", en="This service is handled at a window"),
            remedy=Text(zh="请带身份证到任一政务服务大厅的综合窗口。", en="Bring your ID card to any service hall."),
        )
    return NotThisChannel(
        Text(zh="这件事只在网上办", en="This service is handled online only"),
        remedy=Text(zh="可以帮他在网上打开。", en="Help the person open it online."),
    )


def get_application(application_id: UUID, actor: Actor) -> Application:
    """An application as it stands. A clerk's look goes on record. Raises: ApplicationUnknown."""
    row = visible_application(application_id, actor)
    if actor.kind == "staff":
        audit.record(actor=actor, action="forms.application-viewed", subject=f"application:{row.pk}")
    return snapshot(load_standing(row))


def review_application(application_id: UUID, actor: Actor) -> Application:
    """An application with every problem marked at its field. Raises: ApplicationUnknown."""
    return snapshot(load_standing(visible_application(application_id, actor)), is_reviewed=True)


def check(application_id: UUID, actor: Actor) -> tuple[FieldProblem, ...]:
    """What keeps the application from being handed in. Raises: ApplicationUnknown."""
    return load_standing(visible_application(application_id, actor)).problems()


def list_drafts(party: Party) -> tuple[DraftSummary, ...]:
    """A party's drafts, the latest touched first; there is at most one for a service."""
    found = models.Application.objects.filter(**party.lookup(), state=models.State.DRAFT)
    rows = found.order_by("-updated_at")[:50]
    return tuple(
        DraftSummary(
            id=row.pk,
            service_code=row.service_code,
            service_name=Text(zh=row.service_name or row.service_code, en=row.service_name_en or row.service_code),
            channel=row.channel,
            updated_at=row.updated_at,
        )
        for row in rows
    )


def save_answers(
    *,
    application_id: UUID,
    answers: Mapping[str, str | Sequence[str] | bool | int | float | None],
    revision: int,
    actor: Actor,
) -> Application:
    """Save what was typed on a page of the given revision; fields that the city filled are left as they are.

    Raises: StaleApplication when the draft has moved on and the answers differ; then nothing is changed.
    """
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        service = get_service_form(row.service_code, row.service_version)
        kept = load_values(row)
        changed = changed_answers(service.form, kept, answers)
        if changed and revision != row.revision:
            raise stale(row.revision)
        if changed:
            store_values(row, changed)
            touch(row)
        return snapshot(load_standing(row))


def changed_answers(
    form: FormDefinition,
    kept: Mapping[str, StoredValue],
    answers: Mapping[str, str | Sequence[str] | bool | int | float | None],
) -> list[StoredValue]:
    """The answers that differ from what is kept and that the applicant may type."""
    changed = []
    for name, raw in answers.items():
        field, before = form.by_name.get(name), kept.get(name)
        if field is None or (before is not None and before.origin != "applicant"):
            continue
        value = typed(field, raw)
        if value != (before.value if before else None) or isinstance(value, bool) != isinstance(
            before.value if before else None, bool
        ):
            changed.append(StoredValue(name, value, "applicant"))
    return changed


def typed(field: FieldDefinition, raw: str | Sequence[str] | bool | int | float | None) -> Json:
    """An answer as its field's type: posted text is read, typed values are fitted."""
    if raw is None:
        return None
    if isinstance(raw, str):
        return coerce(field, [raw])
    if isinstance(raw, Sequence):
        return coerce(field, [str(item) for item in raw])
    return fit(field, raw)


def touch(row: models.Application) -> None:
    """Mark a change: the next revision, now."""
    row.revision += 1
    row.updated_at = utc_now()
    row.save(update_fields=["revision", "updated_at"])


def override_value(
    *, application_id: UUID, field: str, value: str | Sequence[str], reason: str, actor: Actor
) -> Application:
    """Replace a value that the city filled in, with a reason; both values are kept and the source is told.

    The account's own values (telephone, e-mail) need no reason. Raises: FieldUnknown; ReasonMissing.
    """
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        service = get_service_form(row.service_code, row.service_version)
        definition, before = service.form.by_name.get(field), load_values(row).get(field)
        if definition is None or before is None or before.origin == "applicant":
            raise _no_such_field(field)
        stated, why = typed(definition, value), clean_text(reason, is_multiline=True)[:500]
        if before.origin != "account" and not why:
            raise ReasonMissing(
                Text(zh="请写明为什么要改", en="Say why it is changed"),
                remedy=Text(zh="一句话就行，例如“刚搬家，还没迁户口”。", en="One sentence will do."),
            )
        if stated != before.value:
            _replace(row, before, stated, why, actor)
        return snapshot(load_standing(row))


def _replace(row: models.Application, before: StoredValue, stated: Json, why: str, actor: Actor) -> None:
    fetched = before.replaced if before.origin == "override" else before.value
    goes_back = stated == fetched and before.origin == "override"
    store_values(
        row,
        [
            StoredValue(
                before.name, stated, "source" if goes_back else "override", before.source, before.resource,
                before.observed_at, before.fetched_at, before.record_version,
                "" if goes_back else why, None if goes_back else fetched,
            )
        ],
    )  # fmt: skip
    models.Override.objects.create(
        application=row, field=before.name, source=before.source, resource=before.resource, fetched=dump(fetched),
        stated=dump(stated), reason=why, made_by=actor.reference, made_at=utc_now(),
    )  # fmt: skip
    audit.record(
        actor=actor, action="forms.value-overridden", subject=f"application:{row.pk}", detail={"field": before.name}
    )
    outbox.publish(ValueOverridden(str(row.pk), before.name, before.source, before.resource))
    touch(row)


def restore_value(*, application_id: UUID, field: str, actor: Actor) -> Application:
    """Take a replaced value back to what the department said. Raises: FieldUnknown."""
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        before = load_values(row).get(field)
        if before is None or before.origin != "override" or is_blank(before.replaced):
            raise _no_such_field(field)
        _replace(row, before, before.replaced, "", actor)
        return snapshot(load_standing(row))


def _no_such_field(field: str) -> FieldUnknown:
    return FieldUnknown(
        Text(zh="表里没有这一项，或不用这样改", en="The form has no such field, or it is not changed this way"),
        remedy=Text(zh="请回到申请表。", en="Go back to the form."),
        field=field,
    )


def discard_application(*, application_id: UUID, actor: Actor) -> None:
    """Give up a draft: its answers and files are gone for good, its purpose is closed. Raises: AlreadySubmitted."""
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        exchange.close_purposes_of(reference=str(row.pk), now=utc_now(), closed_by="resident")
        audit.record(actor=actor, action="forms.application-discarded", subject=f"application:{row.pk}")
        forget_application(row)
