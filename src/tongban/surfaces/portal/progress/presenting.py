"""What the page of a case shows beside the case itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.contexts.cases import api as cases
from tongban.contexts.exchange import api as exchange
from tongban.contexts.licences import api as licences
from tongban.kernel.errors import Text
from tongban.surfaces.shared.templatetags.shared import cn_date

SHOWN_ACCESSES = 4
_ACCESSES_LOOKED_AT = 60
_YOU = Text(zh="你", en="you")

STYLE = {
    "open": ("go", "brand"),
    "supplement": ("warn", "warn"),
    "approved": ("ok", "ok"),
    "rejected": ("warn", "bad"),
    "cancelled": ("wait", ""),
    "waiting": ("wait", ""),
}
"""How a lane of a state is drawn: the class of the lane, the colour of its tag. The words are in the page."""


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane with how it is drawn."""

    lane: cases.Lane
    style: str
    tag: str
    words: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of a case shows."""

    case: cases.CaseView
    lanes: tuple[DrawnLane, ...]
    departments: int
    summary: str
    accesses: tuple[exchange.Access, ...]
    access_count: int
    licences: tuple[licences.Licence, ...]
    ends: str
    waiting_on: tuple[Text, ...]


def draw(case: cases.CaseView, *, id_number: str | None) -> Page:
    """Lay out a case; with an identity number also who read the person's data for it."""
    accesses = _accesses(case, id_number) if id_number else ()
    return Page(
        case=case,
        lanes=tuple(_lane(lane) for lane in case.lanes),
        departments=len({lane.department for lane in case.lanes}),
        summary=_summary(case),
        accesses=accesses[:SHOWN_ACCESSES],
        access_count=len(accesses),
        licences=licences.list_for_case(case.number) if case.licences else (),
        ends=_ends(case),
        waiting_on=tuple(_YOU if name == cases.APPLICANT else name for name in case.waiting_on),
    )


def lane_words(state: str) -> str:
    """A lane's state in the applicant's words."""
    return {
        "open": _("正在办"),
        "supplement": _("等你补材料"),
        "approved": _("已办完"),
        "rejected": _("不同意"),
        "cancelled": _("没有办完"),
        "waiting": _("排队中"),
    }[state]


def _lane(lane: cases.Lane) -> DrawnLane:
    style, tag = STYLE[lane.state]
    return DrawnLane(lane, style, tag, lane_words(lane.state))


def _summary(case: cases.CaseView) -> str:
    parts = [_("%(day)s提交") % {"day": cn_date(case.received_at)}]
    if case.closed_at is None and case.accepted_at is not None and not case.clock.is_paused:
        used = case.clock.promised_used_days + 1
        parts.append(_("今天第 %(days)d 天") % {"days": used})
    ahead = _ahead(case)
    if ahead > 0:
        parts.append(ngettext("比承诺快 %(days)d 天", "比承诺快 %(days)d 天", ahead) % {"days": ahead})
    if case.clock.is_paused:
        parts.append(_("等你补材料，这期间不计时"))
    return _("，").join(parts)


def _ahead(case: cases.CaseView) -> int:
    """Days saved against the promise, once the case is done."""
    if case.state is not cases.CaseState.APPROVED or case.clock.late_days:
        return 0
    return case.clock.promised_days - case.clock.promised_used_days


def _ends(case: cases.CaseView) -> str:
    """The class of the last box: how the case ends, in one word."""
    if case.state is cases.CaseState.APPROVED:
        return "done"
    return "closed" if case.state.is_closed else "open"


def _accesses(case: cases.CaseView, id_number: str) -> tuple[exchange.Access, ...]:
    since = case.received_at - timedelta(days=366)
    page = exchange.list_accesses(subject_id_number=id_number, since=since, limit=_ACCESSES_LOOKED_AT)
    wanted = {case.number, str(case.application_id)}
    return tuple(item for item in page.items if item.reference in wanted and item.outcome == "released")
