"""The words and colours of the desk: a due date always says what its colour means."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.contexts.cases import api as cases

_TAGS = {
    "overdue": "bad",
    "today": "warn",
    "soon": "warn",
    "calm": "ok",
    "paused": "",
    "stopped": "",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A task in the list, with its due date in words."""

    task: cases.TaskSummary
    due_words: str
    tag: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists: its address, name and number of tasks (None where nobody counts)."""

    key: str
    name: str
    count: int | None


def tabs(counts: dict[str, int]) -> tuple[Tab, ...]:
    """The lists of the desk."""
    return (
        Tab("open", _("待办"), counts["open"]),
        Tab("accept", _("待受理"), counts["to_accept"]),
        Tab("waiting", _("等申请人"), counts["waiting"]),
        Tab("mine", _("我办过的"), None),
        Tab("done", _("本部门已办"), None),
    )


def row(task: cases.TaskSummary) -> Row:
    """A task with how its due date is told."""
    return Row(task, due_words(task), _TAGS[task.pressure.value])


def due_words(task: cases.TaskSummary) -> str:
    """How much time a task has, in words."""
    pressure, left = task.pressure.value, task.days_left or 0
    if pressure == "overdue":
        return ngettext("超期 %(days)d 天", "超期 %(days)d 天", abs(left)) % {"days": abs(left)}
    if pressure == "today":
        return _("今天到期")
    if pressure == "paused":
        return _("补材料，不计时")
    if pressure == "stopped":
        return ""
    return ngettext("还有 %(days)d 天", "还有 %(days)d 天", left) % {"days": left}


def origin_words(field: cases.SeenField) -> str:
    """Where a value comes from, for the person who relies on it."""
    if field.origin == "override":
        return _("申请人更正")
    if field.origin in {"source", "licence"}:
        return _("已核验")
    if field.origin == "account":
        return _("账号实名")
    return _("本人填写")
