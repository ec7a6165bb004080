"""An application as its page lays it out: what to fill in, what to upload, what the city filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from tongban.contexts.forms import api as forms
from tongban.kernel.errors import Text

Names = Set[str]
_INPUT_TYPES = {"phone": "tel", "email": "email", "month": "month", "time": "time", "date": "date"}
_INPUT_MODES = {"number": "decimal", "money": "decimal", "id-number": "text", "phone": "tel"}
_AUTOCOMPLETE = {"phone": "tel", "email": "email"}
_SHORT = frozenset({"number", "money", "date", "month", "time", "datetime", "phone", "id-number"})


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as an input posts it."""

    value: str
    label: Text
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field with what its input needs."""

    field: forms.FieldValue
    choices: tuple[Choice, ...]
    input_type: str
    input_mode: str
    autocomplete: str
    size: str
    note: Text | None
    is_deferred: bool = False

    @property
    def described_by(self) -> str:
        """Ids of the texts that explain the input."""
        name = self.field.name
        parts = [
            f"e-{name}" if self.field.problem else "",
            f"h-{name}" if self.field.hint or self.note else "",
        ]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Group:
    """A section's title and some of its fields."""

    title: Text
    fields: tuple[AskedField, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the error summary: where it leads and what it says."""

    href: str
    label: Text
    message: Text


@dataclass(frozen=True, slots=True)
class FormPage:
    """Everything that the application page shows."""

    asked: tuple[Group, ...]
    filled: tuple[Group, ...]
    together: tuple[Group, ...]
    asked_count: int
    filled_count: int
    sources: int
    to_upload: tuple[forms.MaterialSlot, ...]
    held: tuple[forms.MaterialSlot, ...]
    problems: tuple[Problem, ...]
    missing_fields: int
    missing_materials: int

    @property
    def total(self) -> int:
        """How many fields there are."""
        return self.asked_count + self.filled_count


def lay_out(application: forms.Application, problems: Sequence[forms.FieldProblem] = ()) -> FormPage:
    """Lay an application out; ``problems`` fill the error summary."""
    asked = [value for value in application.values if not value.is_filled_for_you and not value.waits_for_choice]
    filled = [value for value in application.values if value.is_filled_for_you]
    deferred = {value.name for value in application.deferred}
    failed = {failure.department_name.zh for failure in application.source_failures}
    slots = application.materials
    missing = application.problems
    return FormPage(
        asked=_groups(application, [*asked, *application.deferred], failed, deferred),
        filled=_groups(application, filled, failed, frozenset()),
        together=_groups(application, [*asked, *filled], failed, frozenset()),
        asked_count=len(asked),
        filled_count=len(filled),
        sources=len({value.source for value in filled if value.origin == "source"}),
        to_upload=tuple(slot for slot in slots if slot.state != "held"),
        held=tuple(slot for slot in slots if slot.state == "held"),
        problems=tuple(_problem(application, problem) for problem in problems),
        missing_fields=sum(1 for problem in missing if not problem.field.startswith("material:")),
        missing_materials=sum(1 for problem in missing if problem.field.startswith("material:")),
    )


def _groups(
    application: forms.Application,
    values: Iterable[forms.FieldValue],
    failed: Names,
    deferred: Names,
) -> tuple[Group, ...]:
    order = {value.name: i for i, value in enumerate((*application.values, *application.deferred))}
    by_section: dict[int, list[forms.FieldValue]] = {}
    for value in values:
        by_section.setdefault(value.section, []).append(value)
    return tuple(
        Group(
            application.sections[section],
            tuple(ask(value, failed, value.name in deferred) for value in sorted(found, key=lambda v: order[v.name])),
        )
        for section, found in sorted(by_section.items())
    )


def ask(value: forms.FieldValue, failed: Names = frozenset(), is_deferred: bool = False) -> AskedField:
    """A field with its input's kind, choices and notes."""
    return AskedField(
        field=value,
        choices=_choices(value),
        input_type="datetime-local" if value.widget == "datetime" else _INPUT_TYPES.get(value.widget, "text"),
        input_mode=_INPUT_MODES.get(value.widget, ""),
        autocomplete=value.autocomplete or _AUTOCOMPLETE.get(value.widget, ""),
        size=" in-w" if value.widget in _SHORT or value.widget == "select" else "",
        note=_note(value, failed),
        is_deferred=is_deferred,
    )


def _choices(value: forms.FieldValue) -> tuple[Choice, ...]:
    held = value.value if isinstance(value.value, list | tuple) else [value.value]
    return tuple(
        Choice(
            value=str(option.value).lower() if isinstance(option.value, bool) else str(option.value),
            label=option.label,
            is_chosen=any(item == option.value and type(item) is type(option.value) for item in held),
        )
        for option in value.options
    )


def _note(value: forms.FieldValue, failed: Names) -> Text | None:
    """Why a field that a department should fill is asked after all."""
    if value.expected_from is None or value.is_filled_for_you:
        return None
    name = value.expected_from
    if name.zh in failed:
        return Text(zh=f"{name.zh}现在没有应答，先由你填", en=f"{name.en} does not answer now; please fill it in")
    return Text(zh=f"{name.zh}没有查到这一项，请你填", en=f"{name.en} holds no such record; please fill it in")


def _problem(application: forms.Application, problem: forms.FieldProblem) -> Problem:
    kind, _, name = problem.field.partition(":")
    if kind == "material":
        slot = next((slot for slot in application.materials if slot.name == name), None)
        return Problem(f"#m-{name}", slot.label if slot else Text(name, name), problem.message)
    if kind == "choose":
        choice = next((choice for choice in application.choices if choice.resource == name), None)
        return Problem(f"#c-{name}", choice.source_name if choice else Text(name, name), problem.message)
    if kind == "consent":
        consent = next((consent for consent in application.consents if consent.source == name), None)
        return Problem(f"#k-{name}", consent.source_name if consent else Text(name, name), problem.message)
    value = application.value_of(problem.field)
    if value is None:
        return Problem("#main", Text(zh="整份申请", en="The whole application"), problem.message)
    return Problem(f"#{'p' if value.is_filled_for_you else 'f'}-{value.name}", value.label, problem.message)
