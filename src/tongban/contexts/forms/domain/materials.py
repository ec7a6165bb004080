"""Material slots: what a service asks for, and how each is met without asking where the city holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from tongban.contexts.forms.domain.definition import Condition, read_condition
from tongban.contexts.forms.domain.values import FieldProblem, Json
from tongban.kernel.errors import Text

State = Literal["held", "uploaded", "missing"]
MAX_BYTES = 20 * 1024 * 1024
PREFIX = "material:"
"""Field name of a problem that concerns a material: ``material:<slot>``."""


@dataclass(frozen=True, slots=True)
class MaterialRule:
    """One material a service version asks for; ``licences`` and ``resources`` are what may stand in its place.

    ``enough_if_empty``: resources whose answer that they hold no record is proof too (nobody's home in the register).
    """

    name: str
    label: Text
    is_required: bool
    licences: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    enough_if_empty: frozenset[str] = frozenset()
    hint: Text | None = None
    when: Condition | None = None
    accept: frozenset[str] = frozenset({"pdf", "jpg", "png", "ofd"})
    max_bytes: int = MAX_BYTES


def read_rules(materials: Iterable[Mapping[str, Any]]) -> tuple[MaterialRule, ...]:
    """The rules of a service version's material list, as packs write it."""
    return tuple(_read_rule(spec) for spec in materials)


def _read_rule(spec: Mapping[str, Any]) -> MaterialRule:
    name = str(spec.get("name", ""))
    stands_in = [item for item in spec.get("replaced_by") or () if isinstance(item, Mapping)]
    hints = [str(spec.get(key) or "") for key in ("obtaining", "use")]
    hints_en = [str(spec.get(f"{key}_en") or "") for key in ("obtaining", "use")]
    hint = next((text for text in hints if text), "")
    accept = frozenset(str(kind) for kind in spec.get("accept") or ())
    return MaterialRule(
        name=str(spec.get("code") or name),
        label=Text(zh=name, en=str(spec.get("name_en") or name)),
        is_required=bool(spec.get("is_required", True)),
        licences=tuple(str(item["licence"]) for item in stands_in if item.get("licence")),
        resources=tuple(str(item["resource"]) for item in stands_in if item.get("resource")),
        enough_if_empty=frozenset(str(item["resource"]) for item in stands_in if item.get("even_if_empty")),
        hint=Text(zh=hint, en=next((text for text in hints_en if text), "") or hint) if hint else None,
        when=read_condition(spec.get("when")),
        accept=accept or frozenset({"pdf", "jpg", "png", "ofd"}),
        max_bytes=min(int(spec.get("max_mb") or 20) * 1024 * 1024, MAX_BYTES),
    )


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A valid licence of the person, as a material is met by it."""

    type_code: str
    identifier: str
    issuer: str
    issuer_name: str
    issued_date: date | None


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file in a slot, by digest; the bytes are in the file store."""

    upload_id: str
    filename: str
    content_type: str
    size: int
    digest: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class MaterialSlot:
    """One material with its state; trust is A for a licence or a department's record, C for an upload."""

    name: str
    label: Text
    state: State
    is_required: bool
    hint: Text | None = None
    source: str = ""
    source_name: str = ""
    source_name_en: str = ""
    reference: str = ""
    observed_at: datetime | None = None
    files: tuple[UploadedFile, ...] = ()
    accept: tuple[str, ...] = ()
    max_bytes: int = MAX_BYTES

    @property
    def trust(self) -> str:
        """Trust of the material. Source: 国办函〔2016〕108号."""
        return {"held": "A", "uploaded": "C"}.get(self.state, "")

    @property
    def is_lacking(self) -> bool:
        """True when the application cannot be handed in without this material."""
        return self.state == "missing" and self.is_required


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A department's answer about the person, as a material is met by it; ``is_empty`` when it holds no record."""

    source: str
    reference: str
    observed_at: datetime | None
    is_empty: bool = False


def fill_slots(
    rules: Iterable[MaterialRule],
    licences: Sequence[HeldLicence],
    records: Mapping[str, HeldRecord],
    uploads: Mapping[str, Sequence[UploadedFile]],
    answers: Mapping[str, Json],
) -> tuple[MaterialSlot, ...]:
    """The slots that these answers call for, each met by a licence first, then a department's record, then uploads."""
    by_type = {licence.type_code: licence for licence in reversed(licences)}
    needed = (rule for rule in rules if rule.when is None or rule.when.holds(answers))
    return tuple(_fill(rule, by_type, records, tuple(uploads.get(rule.name, ()))) for rule in needed)


def _fill(
    rule: MaterialRule,
    licences: Mapping[str, HeldLicence],
    records: Mapping[str, HeldRecord],
    files: tuple[UploadedFile, ...],
) -> MaterialSlot:
    slot = MaterialSlot(
        rule.name,
        rule.label,
        "uploaded" if files else "missing",
        rule.is_required,
        rule.hint,
        files=files,
        accept=tuple(sorted(rule.accept)),
        max_bytes=rule.max_bytes,
    )
    held = next((licences[code] for code in rule.licences if code in licences), None)
    if held is not None:
        return replace(slot, state="held", source=held.issuer, source_name=held.issuer_name, reference=held.identifier)
    answered = [code for code in rule.resources if code in records]
    record = next(
        (records[code] for code in answered if not records[code].is_empty or code in rule.enough_if_empty), None
    )
    if record is not None:
        return replace(
            slot, state="held", source=record.source, reference=record.reference, observed_at=record.observed_at
        )
    return slot


def find_lacking(slots: Iterable[MaterialSlot]) -> tuple[FieldProblem, ...]:
    """A problem for each required material that is neither held nor uploaded."""
    return tuple(
        FieldProblem(f"{PREFIX}{slot.name}", Text(zh="还没传", en="Upload this"), "required")
        for slot in slots
        if slot.is_lacking
    )
