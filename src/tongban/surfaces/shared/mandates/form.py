"""The form of a mandate: who, what, until when. One page, complete without a script: every button posts all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text, TongbanError

SHOWN = 12
_NARROWED = 40
_MONTHS = (1, 3, 6, 12)
OTHER_DAY = "other"


@dataclass(frozen=True, slots=True)
class Ending:
    """One choice of a last day."""

    value: str
    words: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and ticked so far."""

    name: str = ""
    id_number: str = ""
    relation: str = ""
    ending: str = ""
    day: str = ""
    codes: tuple[str, ...] = ()
    q: str = ""
    theme: str = ""
    do: str = ""

    @property
    def named(self) -> identity.mandates.Named:
        """The other party."""
        return identity.mandates.Named(self.name, self.id_number)

    @property
    def terms(self) -> identity.mandates.Terms:
        """What is to be agreed. A day that cannot be read is a day that cannot be agreed."""
        ends = {choice.value: choice.day for choice in endings()}.get(self.ending) or _read_day(self.day)
        known = tuple(item.code for item in find_all(self.codes))
        return identity.mandates.Terms(self.relation, known, ends or date.min)


@dataclass(frozen=True, slots=True)
class FormPage:
    """Everything that the form shows."""

    draft: Draft
    relations: Mapping[str, Text]
    endings: tuple[Ending, ...]
    latest: date
    chosen: tuple[services.ServiceSummary, ...]
    offered: tuple[services.ServiceSummary, ...]
    themes: tuple[services.ThemeView, ...]
    problems: Mapping[str, TongbanError] = field(default_factory=dict)


def read_draft(request: HttpRequest) -> Draft:
    """What the form posted; nothing in it can fail."""
    form = request.POST
    return Draft(
        name=form.get("name", "")[:60],
        id_number=form.get("id_number", "")[:40],
        relation=form.get("relation", "")[:10],
        ending=form.get("ending", "")[:8],
        day=form.get("day", "")[:10],
        codes=tuple(dict.fromkeys(code[:64] for code in form.getlist("service")[:200])),
        q=form.get("q", "").strip()[:100],
        theme=form.get("theme", "")[:40],
        do=form.get("do", "")[:10],
    )


def lay_out(draft: Draft, problem: TongbanError | None = None) -> FormPage:
    """The form with what was typed, what was chosen, and what may be chosen; a problem stands at its field."""
    chosen = find_all(draft.codes)
    codes = {item.code for item in chosen}
    problems = {} if problem is None else {str(problem.details.get("field", "")): problem}
    return FormPage(
        draft=draft,
        relations=identity.mandates.RELATIONS,
        endings=endings(),
        latest=identity.mandates.latest_day(),
        chosen=chosen,
        offered=tuple(item for item in _offered(draft) if item.code not in codes),
        themes=services.list_audience_themes("persons"),
        problems=problems,
    )


def find_all(codes: Sequence[str]) -> tuple[services.ServiceSummary, ...]:
    """The services of the codes that exist, in the order given."""
    found = services.find_services(codes)
    return tuple(found[code] for code in codes if code in found)


def endings() -> tuple[Ending, ...]:
    """The usual last days, counted from today, and one's own choice."""
    today, latest = local_date(utc_now()), identity.mandates.latest_day()
    usual = [
        Ending(
            str(months),
            _("1 年") if months == 12 else ngettext("%(n)d 个月", "%(n)d 个月", months) % {"n": months},
            min(today + timedelta(days=months * 365 // 12), latest),
        )
        for months in _MONTHS
    ]
    return (*usual, Ending(OTHER_DAY, _("另选一天"), None))


def _offered(draft: Draft) -> Sequence[services.ServiceSummary]:
    if draft.do == "theme" and draft.theme:
        return services.list_theme(draft.theme)[:_NARROWED]
    if draft.q:
        return services.search(q=draft.q, limit=SHOWN).items
    return services.list_modelled(limit=SHOWN)


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
