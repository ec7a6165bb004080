"""Tags and filters that every page uses."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()
_CLAUSE = re.compile(r"（*[^（，：；。！？,:;!?]*[，：；。！？,:;!?]*\s*")
_FULL_STOPS = "。．.；;，, \n"
_BAR_CLASSES = {"ok": "f-ok", "warn": "f-warn", "brand": "f-brand"}


@cache
def _icons() -> dict[str, str]:
    file = Path(__file__).resolve().parents[1] / "icons.json"
    icons: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return icons


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Lucide icon, inline and silent for screen readers. Raises: KeyError for a name that is not shipped."""
    return mark_safe(f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{_icons()[name]}</svg>')  # noqa: S308


@register.simple_tag
def bar(parts: Sequence[str]) -> SafeString:
    """A segmented bar: one part each of ok, warn, brand or ``-``. The words beside it carry the meaning."""
    total = max(len(parts), 1)
    cells = "".join(
        f'<rect x="{index * 20}" width="{20 if index == total - 1 else 19.6}" height="8"'
        + (f' class="{_BAR_CLASSES[part]}"' if part in _BAR_CLASSES else "")
        + "/>"
        for index, part in enumerate(parts)
    )
    return mark_safe(  # noqa: S308
        f'<svg class="bar" viewBox="0 0 {total * 20} 8" preserveAspectRatio="none" aria-hidden="true">{cells}</svg>'
    )


@register.filter
def cl(text: str) -> SafeString:
    """Wrap each clause so that a Chinese heading breaks between clauses, or before a bracket, never inside a word."""
    clauses = [clause for clause in _CLAUSE.findall(str(text)) if clause]
    # The blank after a clause stands between the boxes: inside one it would be dropped, and English words run together.
    wrapped = (
        format_html('<span class="cl">{}</span>{}', bare := clause.rstrip(), clause[len(bare) :]) for clause in clauses
    )
    return mark_safe("".join(wrapped))  # noqa: S308


@register.filter
def unstopped(text: str) -> str:
    """What somebody wrote, without its last full stop: the sentence around it goes on."""
    return str(text).rstrip(_FULL_STOPS)


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """A date as people say it; with the year only when it is not this one."""
    if value is None:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    this_year = timezone.localdate().year
    if (get_language() or "").startswith("en"):
        return f"{day.day} {day:%B}" if day.year == this_year else f"{day.day} {day:%B %Y}"
    text = f"{day.month} 月 {day.day} 日"
    return text if day.year == this_year else f"{day.year} 年 {text}"


@register.filter
def cn_datetime(value: datetime | None) -> str:
    """A moment in the city's time: date, hour and minute."""
    if value is None:
        return ""
    return f"{cn_date(value)} {timezone.localtime(value):%H:%M}"


@register.filter
def days(count: int | None) -> str:
    """A number of working days in words."""
    if count is None:
        return _("未公布")
    return ngettext("%(count)d 个工作日", "%(count)d 个工作日", count) % {"count": count}


@register.filter
def thousands(number: int) -> str:
    """A number with its thousands apart, for reading."""
    return f"{number:,}"


@register.filter
def lookup(mapping: dict[str, object], key: str) -> object:
    """A value of a mapping by a key held in a variable."""
    return mapping.get(key, "")


@register.filter
def in_language(text: object) -> SafeString:
    """A ``Text`` in the page's language."""
    chosen = text.in_language(get_language() or "zh-hans") if hasattr(text, "in_language") else str(text)
    return conditional_escape(chosen)
