"""Rows to plain values and back, and who may see which application."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from tongban.contexts.forms import models
from tongban.contexts.forms.domain.errors import already_submitted, unknown_application
from tongban.contexts.forms.domain.materials import UploadedFile
from tongban.contexts.forms.domain.prefill import SourceRecords
from tongban.contexts.forms.domain.values import Json, Origin, StoredValue
from tongban.infra.authorisation import Actor
from tongban.kernel import canonical_json

_VALUE_FIELDS = [
    "value", "origin", "source", "resource", "observed_at", "fetched_at", "record_version", "reason", "replaced",
]  # fmt: skip


def may_see(actor: Actor, row: models.Application) -> bool:
    """A resident sees their own and those of whom they act for; a window clerk any, on record; the system all."""
    if actor.kind == "resident":
        return actor.owns(person_id=row.person_id, enterprise_id=row.enterprise_id, service_code=row.service_code)
    return actor.kind == "system" or (actor.kind == "staff" and "clerk" in actor.roles)


def visible_application(application_id: UUID, actor: Actor) -> models.Application:
    """The row of an application that the actor may see. Raises: ApplicationUnknown."""
    row = models.Application.objects.filter(pk=application_id).first()
    if row is None or not may_see(actor, row):
        raise unknown_application()
    return row


def locked_draft(application_id: UUID, actor: Actor) -> models.Application:
    """The locked row of a draft that the actor may change. Raises: ApplicationUnknown, AlreadySubmitted."""
    row = models.Application.objects.select_for_update().filter(pk=application_id).first()
    if row is None or not may_see(actor, row):
        raise unknown_application()
    if row.state != models.State.DRAFT:
        raise already_submitted()
    return row


def dump(value: Json | Mapping[str, Any]) -> str:
    """A JSON value as its encrypted column keeps it."""
    return canonical_json.dumps(value).decode()


def load_values(row: models.Application) -> dict[str, StoredValue]:
    """All kept values of an application, by field name."""
    return {item.name: _stored(item) for item in models.FieldValue.objects.filter(application=row)}


def store_values(row: models.Application, values: Iterable[StoredValue]) -> None:
    """Put values, one row each."""
    models.FieldValue.objects.bulk_create(
        [
            models.FieldValue(
                application=row,
                name=value.name,
                value=dump(value.value),
                origin=value.origin,
                source=value.source,
                resource=value.resource,
                observed_at=value.observed_at,
                fetched_at=value.fetched_at,
                record_version=value.record_version,
                reason=value.reason,
                replaced="" if value.replaced is None else dump(value.replaced),
            )
            for value in values
        ],
        update_conflicts=True,
        unique_fields=["application", "name"],
        update_fields=_VALUE_FIELDS,
    )


def _stored(item: models.FieldValue) -> StoredValue:
    return StoredValue(
        name=item.name,
        value=json.loads(item.value),
        origin=cast("Origin", item.origin),
        source=item.source,
        resource=item.resource,
        observed_at=item.observed_at,
        fetched_at=item.fetched_at,
        record_version=item.record_version,
        reason=item.reason,
        replaced=json.loads(item.replaced) if item.replaced else None,
    )


def load_readings(row: models.Application) -> tuple[SourceRecords, ...]:
    """What departments answered for an application."""
    return tuple(_records(item) for item in models.SourceReading.objects.filter(application=row).order_by("resource"))


def store_reading(row: models.Application, records: SourceRecords, trace: str) -> None:
    """Put one department's answer in the place of an earlier one; a choice made before is forgotten."""
    document = {
        "records": list(records.records),
        "observed_at": [at.isoformat() if at else None for at in records.observed_at],
        "record_versions": list(records.record_versions),
    }
    models.SourceReading.objects.update_or_create(
        application=row,
        resource=records.resource,
        defaults={
            "source": records.source,
            "records": json.dumps(document, ensure_ascii=False),
            "trace": trace,
            "fetched_at": records.fetched_at,
            "chosen": records.chosen,
        },
    )


def _records(item: models.SourceReading) -> SourceRecords:
    document = json.loads(item.records)
    return SourceRecords(
        resource=item.resource,
        source=item.source,
        records=tuple(document["records"]),
        observed_at=tuple(datetime.fromisoformat(at) if at else None for at in document["observed_at"]),
        record_versions=tuple(document["record_versions"]),
        fetched_at=item.fetched_at,
        chosen=item.chosen,
    )


def load_uploads(row: models.Application) -> dict[str, list[UploadedFile]]:
    """The files now in each slot, oldest first."""
    found: dict[str, list[UploadedFile]] = {}
    for item in models.Upload.objects.filter(application=row, removed_at__isnull=True).order_by("uploaded_at", "id"):
        found.setdefault(item.slot, []).append(
            UploadedFile(
                upload_id=str(item.pk),
                filename=item.filename,
                content_type=item.content_type,
                size=item.size,
                digest=item.digest,
                uploaded_at=item.uploaded_at,
            )
        )
    return found
