"""Whose data a declaration passes on: one consent for each source department."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tongban.contexts.forms.domain.definition import FormDefinition
from tongban.contexts.forms.domain.materials import MaterialSlot
from tongban.contexts.forms.domain.values import FieldProblem, StoredValue, is_blank
from tongban.kernel.errors import Text

PREFIX = "consent:"
"""Field name of a problem that concerns a consent: ``consent:<department>``."""


@dataclass(frozen=True, slots=True)
class ConsentNeed:
    """A source department, what of its data is used, and whether the application needs it."""

    source: str
    labels: tuple[Text, ...]
    is_required: bool


def consents_needed(
    form: FormDefinition, values: Mapping[str, StoredValue], slots: Iterable[MaterialSlot]
) -> tuple[ConsentNeed, ...]:
    """The departments whose records are in use, in the order of the form, with the fields and materials they fill."""
    labels: dict[str, list[Text]] = {}
    required: set[str] = set()
    answers = {name: value.value for name, value in values.items()}
    for field in form.applicable(answers):
        value = values.get(field.name)
        if value is not None and value.origin == "source" and not is_blank(value.value):
            labels.setdefault(value.source, []).append(field.label)
            if field.is_required:
                required.add(value.source)
    for slot in slots:
        if slot.state == "held" and slot.source:
            labels.setdefault(slot.source, []).append(slot.label)
            if slot.is_required:
                required.add(slot.source)
    return tuple(
        ConsentNeed(source, tuple(dict.fromkeys(found)), source in required) for source, found in labels.items()
    )


def find_withheld(needs: Iterable[ConsentNeed], given: Sequence[str]) -> tuple[FieldProblem, ...]:
    """A problem for each department whose data is needed and whose consent is not given."""
    words = Text(
        zh="没有勾选同意。不同意就点“改”自己填，或上传材料",
        en="Not agreed to. Without it, change the values yourself or upload the material",
    )
    return tuple(
        FieldProblem(f"{PREFIX}{need.source}", words, "required")
        for need in needs
        if need.is_required and need.source not in given
    )


def without_withheld(
    values: Mapping[str, StoredValue], slots: Iterable[MaterialSlot], given: Sequence[str]
) -> tuple[dict[str, StoredValue], tuple[MaterialSlot, ...]]:
    """What may be handed in: records of departments without consent stay out."""
    kept = {name: value for name, value in values.items() if value.origin != "source" or value.source in given}
    return kept, tuple(slot for slot in slots if slot.state != "held" or slot.source in given)
