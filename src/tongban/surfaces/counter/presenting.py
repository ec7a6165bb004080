"""An application as a window clerk's screen lays it out: one dense form, one table of materials, checks beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.contexts.forms import api as forms
from tongban.kernel.errors import Text
from tongban.surfaces.shared.application_forms.presenting import AskedField, FormPage, Problem, ask, lay_out

SHOWN_FIELDS = 12
"""Fields on the screen before the fold; those that a department has confirmed go below it first."""
_WHO = {"name": 0, "id_number": 1, "phone": 2}
"""Fields that say who it is come first, wherever the form has them."""
_WIDE = frozenset({"textarea", "address", "radio", "checkboxes"})


@dataclass(frozen=True, slots=True)
class DeskField:
    """A field of the dense form. ``is_wide`` takes two columns; ``is_fixed`` is a department's value."""

    asked: AskedField
    is_wide: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the automatic checks."""

    is_ok: bool
    title: Text
    detail: Text


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Everything that the clerk's screen shows."""

    form: FormPage
    shown: tuple[DeskField, ...]
    folded: tuple[DeskField, ...]
    filled: int
    total: int
    materials_there: int
    checks: tuple[Check, ...]
    recipients: tuple[Text, ...]
    problems: tuple[Problem, ...]


def lay_out_desk(application: forms.Application, problems: Sequence[forms.FieldProblem]) -> DeskPage:
    """Lay an application out for the clerk."""
    failed = {failure.department_name.zh for failure in application.source_failures}
    fields = [
        DeskField(
            asked=ask(value, failed),
            is_wide=value.widget in _WIDE or (len(value.shown) > 14 and value.widget != "id-number"),
            is_fixed=value.is_filled_for_you,
        )
        for value in application.values
        if not value.waits_for_choice
    ]
    to_type = [field for field in fields if not field.is_fixed]
    fixed = sorted((field for field in fields if field.is_fixed), key=lambda field: _WHO.get(field.asked.field.name, 9))
    room = max(SHOWN_FIELDS - len(to_type), 4)
    form = lay_out(application, problems)
    return DeskPage(
        form=form,
        shown=(*fixed[:room], *to_type),
        folded=tuple(fixed[room:]),
        filled=sum(1 for value in application.values if value.value not in (None, "")),
        total=len(fields),
        materials_there=sum(1 for slot in application.materials if slot.state != "missing"),
        checks=_checks(application),
        recipients=tuple(dict.fromkeys(name for item in application.consents for name in item.recipients)),
        problems=form.problems,
    )


def _checks(application: forms.Application) -> tuple[Check, ...]:
    """What the departments have confirmed, department by department, and which could not answer."""
    by_source: dict[str, list[forms.FieldValue]] = {}
    for value in application.values:
        if value.origin == "source":
            by_source.setdefault(value.source, []).append(value)
    confirmed = [
        Check(
            is_ok=True,
            title=Text(
                zh=f"{values[0].source_name.zh}已核验 {len(values)} 项",
                en=f"{values[0].source_name.en}: {len(values)} confirmed",
            ),
            detail=Text(
                zh="、".join(value.label.zh for value in values[:4]),
                en=", ".join(value.label.en for value in values[:4]),
            ),
        )
        for values in by_source.values()
    ]
    silent = [
        Check(
            is_ok=False,
            title=failure.message,
            detail=_joined(failure.labels),
        )
        for failure in application.source_failures
    ]
    changed = [
        Check(
            is_ok=False,
            title=Text(
                zh=f"“{value.label.zh}”和部门的数据不一样", en=f"“{value.label.en}” differs from the department's"
            ),
            detail=Text(
                zh=f"{value.source_name.zh}记的是：{value.replaced.zh}。理由：{value.reason}",
                en=f"{value.source_name.en} has: {value.replaced.en}. Reason: {value.reason}",
            ),
        )
        for value in application.values
        if value.origin == "override" and value.replaced is not None
    ]
    return (*confirmed, *silent, *changed)


def _joined(labels: Sequence[Text]) -> Text:
    return Text(zh="、".join(label.zh for label in labels), en=", ".join(label.en for label in labels))
