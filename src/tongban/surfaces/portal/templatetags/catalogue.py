"""Names and texts of services in the page's language; what has no English is marked as Chinese."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.contexts.services import api as services
from tongban.kernel.errors import Text
from tongban.surfaces.portal.catalogue import words
from tongban.surfaces.shared.templatetags.shared import cl

register = template.Library()


@register.filter
def told(text: Text) -> SafeString:
    """A text in the page's language; on an English page, Chinese without a translation carries its language."""
    if not words.is_english():
        return format_html("{}", text.zh)
    return format_html("{}", text.en) if text.en else format_html('<span lang="zh-Hans">{}</span>', text.zh)


@register.filter
def told_in_clauses(text: Text) -> SafeString:
    """A heading in the page's language; in Chinese it breaks between its clauses."""
    return told(text) if words.is_english() else cl(text.zh)


@register.filter
def plain(text: Text) -> str:
    """A text in the page's language without marks, for titles and attributes."""
    return text.en if words.is_english() and text.en else text.zh


@register.filter
def named(item: services.ServiceSummary) -> SafeString:
    """The full name of a service."""
    return told(Text(zh=item.name, en=item.name_en))


@register.filter
def short(item: services.ServiceSummary) -> SafeString:
    """The short name of a service, the full one where it has none."""
    return told(Text(zh=item.short_name or item.name, en=item.short_name_en or item.name_en))


@register.filter
def department(item: services.ServiceSummary) -> SafeString:
    """The department of a service."""
    return told(Text(zh=item.department_name, en=item.department_name_en))


@register.filter
def icon_name(item: services.ServiceSummary) -> str:
    """The icon of a service."""
    return words.icon_of(item.name)


@register.filter
def word(value: str) -> str:
    """A word of the standard (audience, type, level) in the page's language."""
    for table in (words.AUDIENCES, words.ITEM_TYPES, words.LEVELS):
        if value in table:
            return str(table[value])
    return value


@register.filter
def span(limit: services.Limit | None) -> str:
    """A time limit in words: at once, or a number of working or calendar days."""
    if limit is None:
        return ""
    if limit.days is None:
        return plain(limit.note)
    if limit.days == 0:
        return _("当场办结")
    if limit.unit == "calendar-day":
        return ngettext("%(n)d 天", "%(n)d 天", limit.days) % {"n": limit.days}
    return ngettext("%(n)d 个工作日", "%(n)d 个工作日", limit.days) % {"n": limit.days}


@register.filter
def one_line(item: services.ServiceSummary) -> SafeString:
    """The sentence that says what a service is for."""
    return told(Text(zh=item.one_line, en=item.one_line_en))


@register.filter
def fee_line(fee: dict[str, object]) -> SafeString:
    """A line of a fee table: what for, how much, by which rule."""
    name = told(Text(zh=str(fee.get("name", "")), en=str(fee.get("name_en", ""))))
    minor = fee.get("amount_minor")
    amount = _("%(yuan)s 元") % {"yuan": f"{minor / 100:g}"} if isinstance(minor, int) else str(fee.get("rate", ""))
    basis = format_html('<span class="hint" lang="zh-Hans">{}</span>', str(fee.get("basis", "")))
    return format_html("{} {} {}", name, amount, basis)


@register.filter
def clauses(text: str) -> SafeString:
    """A heading that breaks between clauses in Chinese; English breaks between words by itself."""
    return format_html("{}", text) if words.is_english() else cl(text)
