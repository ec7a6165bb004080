"""Trying a form on an example: the same prefill, materials and validation as an application, with nothing stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongban.contexts.forms.domain.definition import parse
from tongban.contexts.forms.domain.materials import HeldLicence, HeldRecord, UploadedFile, fill_slots, read_rules
from tongban.contexts.forms.domain.prefill import SourceRecords, choices, merge
from tongban.contexts.forms.domain.validation import find_problems
from tongban.contexts.forms.domain.values import FieldProblem, Json, StoredValue
from tongban.kernel.errors import Text

_STRAY = Text(zh="表单里没有这一项", en="The form does not ask this")
_UNCHOSEN = Text(zh="有几条记录，要选一条", en="There are several records; choose one")


@dataclass(frozen=True, slots=True)
class Trial:
    """What would happen to a declaration: its values, which a source gave, what is wrong, each material's state."""

    values: Mapping[str, Json]
    prefilled: tuple[str, ...]
    problems: tuple[FieldProblem, ...]
    materials: Mapping[str, str]
    lacking: tuple[str, ...]


def try_declaration(
    *,
    form: Mapping[str, Any],
    materials: Sequence[Mapping[str, Any]],
    records: Mapping[str, Sequence[Mapping[str, Json]]],
    licences: Collection[str],
    answers: Mapping[str, Json],
    uploads: Collection[str],
    now: datetime,
) -> Trial:
    """Try an example. ``records``: by resource, absent for one that does not answer; an answer gives way to a source.

    Raises: MalformedForm.
    """
    definition = parse(form)
    readings = [_reading(resource, rows, now) for resource, rows in records.items()]
    typed = {
        name: StoredValue(name, value, "applicant") for name, value in answers.items() if name in definition.by_name
    }
    merged = merge(definition, typed, readings, {}, now).values
    values = {name: stored.value for name, stored in merged.items()}
    # A name that the form does not ask is kept, so that the schema refuses it as it would a forged request.
    stray = tuple(FieldProblem(name, _STRAY, "unknown") for name in answers if name not in definition.by_name)
    unchosen = tuple(FieldProblem(found.resource, _UNCHOSEN, "choice") for found in choices(definition, readings))
    held = [HeldLicence(code, code, "", "", None) for code in licences]
    found = {r.resource: HeldRecord(r.source, r.resource, now, is_empty=not r.records) for r in readings}
    slots = fill_slots(read_rules(materials), held, found, {code: (_file(code, now),) for code in uploads}, values)
    return Trial(
        values=values,
        prefilled=tuple(name for name, stored in merged.items() if stored.origin == "source"),
        problems=(*find_problems(definition, values), *stray, *unchosen),
        materials={slot.name: slot.state for slot in slots},
        lacking=tuple(slot.name for slot in slots if slot.is_lacking),
    )


def _reading(resource: str, rows: Sequence[Mapping[str, Json]], now: datetime) -> SourceRecords:
    source = resource.partition(".")[0]
    return SourceRecords(resource, source, tuple(rows), (now,) * len(rows), ("",) * len(rows), now)


def _file(slot: str, now: datetime) -> UploadedFile:
    return UploadedFile(slot, f"{slot}.pdf", "application/pdf", 1, "0" * 64, now)
