"""How a read of one's data is shown: its basis as a tag, its fields in a line, its row in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.contexts.exchange.api import Access, Question
from tongban.kernel.errors import Text

_SHOWN_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One read as the page shows it."""

    access: Access
    fields: str
    tag: str
    tag_class: str
    question: Question | None


def row_of(access: Access, question: Question | None = None) -> Row:
    """A read with its tag and its fields in one line."""
    tag, tag_class = _tag(access)
    return Row(access, fields_line(access), tag, tag_class, question)


def fields_line(access: Access, *, shown: int = _SHOWN_FIELDS) -> str:
    """The first fields by name, and how many there are if more."""
    names = [_local(label) for label in access.fields]
    line = _("、").join(names[:shown])
    if len(names) > shown:
        return _("%(names)s 等 %(count)d 项") % {"names": line, "count": len(names)}
    return line


def csv_rows(accesses: Iterator[Access]) -> Iterator[tuple[str, ...]]:
    """The records as rows of a file, the heading first."""
    yield (
        _("时间"), _("谁"), _("数据来自"), _("看了什么"), _("字段"), _("为什么"), _("办件或申请"), _("依据"),
        _("结果"), _("追踪号"),
    )  # fmt: skip
    for access in accesses:
        yield (
            f"{timezone.localtime(access.recorded_at):%Y-%m-%d %H:%M:%S}",
            _local(access.consumer_name),
            _local(access.provider_name),
            _local(access.resource_name),
            fields_line(access, shown=len(access.fields)),
            _local(access.purpose),
            access.reference,
            access.basis,
            _tag(access)[0],
            access.trace,
        )


def _tag(access: Access) -> tuple[str, str]:
    if access.outcome == "refused":
        return _("已拒绝"), "tag-bad"
    if access.outcome == "failed":
        return _("没有取到"), "tag-warn"
    if not access.basis:
        return _("没有依据"), "tag-bad"
    if access.purpose_kind == "application":
        return _("你发起的"), "tag-ok"
    if access.purpose_kind == "case":
        return _("你授权的"), "tag-ok"
    return _("法定职责"), "tag-brand"


def _local(text: Text) -> str:
    return text.in_language(get_language() or "zh-hans")
