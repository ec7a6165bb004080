"""A declaration: what the applicant handed in, once, with where each value came from; never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongban.contexts.forms.domain.materials import MaterialSlot
from tongban.contexts.forms.domain.values import TRUST, StoredValue, is_blank
from tongban.kernel import canonical_json

FORMAT = "tongban.declaration.v1"


@dataclass(frozen=True, slots=True)
class Failure:
    """A department that could not answer while the form was filled; the case records it."""

    department: str
    resource: str
    code: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class Pins:
    """What a declaration is fixed to: the application, the party and the service version it began under.

    ``right`` names the mandate, guardianship or appointment under which somebody else handed it in.
    """

    application_id: str
    person_id: str
    service_code: str
    service_version: int
    channel: str
    enterprise_id: str = ""
    right: str = ""


def build(
    pins: Pins,
    values: Iterable[StoredValue],
    materials: Iterable[MaterialSlot],
    failures: Iterable[Failure],
    consents: Sequence[str],
    submitted_at: datetime,
) -> dict[str, Any]:
    """The declaration as one JSON document. Shape: format, pins, values, provenance, materials, failures, consents."""
    kept = sorted((value for value in values if not is_blank(value.value)), key=lambda value: value.name)
    return {
        "format": FORMAT,
        "application": pins.application_id,
        "person": pins.person_id,
        **({"enterprise": pins.enterprise_id} if pins.enterprise_id else {}),
        **({"right": pins.right} if pins.right else {}),
        "service": {"code": pins.service_code, "version": pins.service_version},
        "channel": pins.channel,
        "submitted_at": _moment(submitted_at),
        "values": {value.name: value.value for value in kept},
        "provenance": {value.name: _provenance(value) for value in kept},
        "materials": [_material(slot) for slot in materials],
        "failures": [
            {"department": f.department, "resource": f.resource, "code": f.code, "failed_at": _moment(f.failed_at)}
            for f in failures
        ],
        "consents": sorted(set(consents)),
    }


def digest(document: Mapping[str, Any]) -> str:
    """Hexadecimal SHA-256 of the declaration's canonical JSON."""
    return canonical_json.digest(document)


def _provenance(value: StoredValue) -> dict[str, Any]:
    facts: dict[str, Any] = {"origin": value.origin, "trust": TRUST[value.origin]}
    optional = {
        "source": value.source,
        "resource": value.resource,
        "observed_at": _moment(value.observed_at),
        "fetched_at": _moment(value.fetched_at),
        "record_version": value.record_version,
        "reason": value.reason,
        "replaced": value.replaced,
    }
    facts.update({key: item for key, item in optional.items() if not is_blank(item)})
    return facts


def _material(slot: MaterialSlot) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": slot.name,
        "label": slot.label.zh,
        "label_en": slot.label.en,
        "state": slot.state,
        "trust": slot.trust,
    }
    if slot.source:
        facts |= {"source": slot.source, "reference": slot.reference}
    if slot.files and slot.state == "uploaded":
        facts["files"] = [
            {"digest": f.digest, "filename": f.filename, "content_type": f.content_type, "size": f.size}
            for f in slot.files
        ]
    return facts


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="milliseconds") if at else ""
