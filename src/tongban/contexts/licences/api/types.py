"""Licence types 证照目录."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tongban.contexts.licences import models
from tongban.kernel import canonical_json
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import NotFound, Text


@dataclass(frozen=True, slots=True)
class TypeField:
    """A field of a licence: its name, its label in both languages, and whether strangers see it masked."""

    name: str
    label: Text
    is_required: bool
    is_masked: bool


@dataclass(frozen=True, slots=True)
class LicenceType:
    """A licence type. ``years`` is ``None`` for a licence without an end; ``rows`` name the fields on the page."""

    code: str
    type_code: str
    name: Text
    definer: str
    issuer: str
    years: int | None
    number_pattern: str
    fields: tuple[TypeField, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str
    subtitle: str
    statement: str
    seal: str
    is_landscape: bool


class LicenceTypeUnknown(NotFound):
    """No licence type has this code."""

    code = "licence-type-unknown"


@transaction.atomic
def load_types(rows: Iterable[Mapping[str, Any]]) -> int:
    """Take in the pack's licence types (already checked against their schema). Returns how many are new or changed."""
    changed = 0
    for row in rows:
        digest = canonical_json.digest(row)
        known = models.LicenceType.objects.filter(code=row["code"]).first()
        if known is not None and known.digest == digest:
            continue
        models.LicenceType.objects.update_or_create(
            code=row["code"], defaults={"definition": dict(row), "digest": digest, "loaded_at": utc_now()}
        )
        changed += 1
    return changed


def find_type(code: str) -> LicenceType | None:
    """A licence type by its code, or ``None``."""
    row = models.LicenceType.objects.filter(code=code).first()
    return _type(row.definition) if row else None


def get_type(code: str) -> LicenceType:
    """A licence type by its code. Raises: LicenceTypeUnknown."""
    found = find_type(code)
    if found is None:
        raise LicenceTypeUnknown(
            Text(zh=f"没有“{code}”这种证照", en=f"There is no licence type “{code}”"),
            remedy=Text(zh="请核对城市包里的 licence_types", en="Check licence_types in the city pack"),
        )
    return found


def list_types() -> tuple[LicenceType, ...]:
    """All licence types, by code."""
    return tuple(_type(row.definition) for row in models.LicenceType.objects.order_by("code"))


def _type(row: Mapping[str, Any]) -> LicenceType:
    layout = row["layout"]
    return LicenceType(
        code=row["code"],
        type_code=row["type_code"],
        name=Text(zh=row["name"], en=row["name_en"]),
        definer=row["definer"],
        issuer=row["issuer"],
        years=row["validity"].get("years"),
        number_pattern=row["number"]["pattern"],
        fields=tuple(
            TypeField(
                field["name"],
                Text(zh=field["label"], en=field["label_en"]),
                field.get("is_required", False),
                field.get("is_masked", False),
            )
            for field in row["fields"]
        ),
        rows=tuple(tuple(names) for names in layout["rows"]),
        title=layout["title"],
        subtitle=layout.get("subtitle", ""),
        statement=layout.get("statement", ""),
        seal=layout["seal"],
        is_landscape=layout["orientation"] == "landscape",
    )
