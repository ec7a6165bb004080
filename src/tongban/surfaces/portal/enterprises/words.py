"""How enterprises, seats, appointments and acts are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services
from tongban.kernel.errors import Text

_SHOWN_SERVICES = 2

SEATS = {
    "representative": gettext_lazy("法定代表人"),
    "administrator": gettext_lazy("管理员"),
    "operator": gettext_lazy("经办人"),
}
SEAT_HINTS = {
    "administrator": gettext_lazy("能办事，也能任命和结束经办人"),
    "operator": gettext_lazy("能办事：申请、跟进、补材料"),
}
_STANDINGS = {
    "proposed": (gettext_lazy("等对方接受"), "tag-warn"),
    "active": (gettext_lazy("有效"), "tag-ok"),
    "not-yet": (gettext_lazy("还没开始"), ""),
    "suspended": (gettext_lazy("已暂停"), "tag-warn"),
    "expired": (gettext_lazy("已到期"), ""),
    "declined": (gettext_lazy("没有接受"), ""),
    "ended": (gettext_lazy("已结束"), ""),
}
_REASONS = {
    "taken-back": gettext_lazy("企业结束"),
    "given-up": gettext_lazy("本人放弃"),
    "expired": gettext_lazy("到期"),
    "replaced": gettext_lazy("换成新的任命"),
    "representative-changed": gettext_lazy("法定代表人变更"),
    "out-of-business": gettext_lazy("企业已注销或吊销"),
}
_FORCES = {
    "in-force": (gettext_lazy("可以办事"), "tag-ok"),
    "out-of-business": (gettext_lazy("不能办事"), "tag-bad"),
    "unrepresented": (gettext_lazy("法定代表人已变更"), "tag-bad"),
    "unchecked": (gettext_lazy("等待核对"), "tag-warn"),
}
_ACTS = {
    "forms.application-started": gettext_lazy("开始填一份申请"),
    "forms.application-viewed": gettext_lazy("查看申请"),
    "forms.application-discarded": gettext_lazy("删除一份没提交的申请"),
    "forms.value-overridden": gettext_lazy("改了一项自动填的内容，并写明理由"),
    "forms.file-viewed": gettext_lazy("查看上传的材料"),
    "forms.submitted": gettext_lazy("提交申请"),
    "cases.open": gettext_lazy("办件开始"),
    "cases.file-viewed": gettext_lazy("查看办件材料"),
    "cases.supplement-answered": gettext_lazy("补交材料"),
    "cases.withdraw": gettext_lazy("撤回办件"),
    "identity.acting-begun": gettext_lazy("换一个身份办事"),
    "identity.signed-in": gettext_lazy("登录"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An appointment as a table shows it."""

    appointment: identity.Appointment
    role: str
    standing: str
    tag: str
    scope: str
    reason: str
    may_end: bool = False
    may_confirm: bool = False


def rows_of(
    appointments: Sequence[identity.Appointment], seat: identity.Seat | None = None, *, shown: int = _SHOWN_SERVICES
) -> list[Row]:
    """Appointments with their services by name: one question to the catalogue for all of them."""
    names = service_names(code for appointment in appointments for code in appointment.services or ())
    return [_row(appointment, names, seat, shown) for appointment in appointments]


def service_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of services by code, in the page's language; those that no longer exist keep their code."""
    wanted = list(dict.fromkeys(codes))
    found = services.find_summaries(wanted)
    return {code: _name(found[code]) if code in found else code for code in wanted}


def force_tag(enterprise: identity.Enterprise) -> tuple[str, str]:
    """Whether an enterprise can be acted for: words and the tag's class."""
    words, tag = _FORCES[enterprise.force]
    return str(words), tag


def act_words(act: identity.EnterpriseAct) -> str:
    """What was done, in words; a new kind of act by its name."""
    known = _ACTS.get(act.action)
    return str(known) if known else _("其他操作（%(action)s）") % {"action": act.action}


def in_language(text: Text) -> str:
    """A text in the page's language."""
    return text.in_language(get_language() or "zh-hans")


def _row(appointment: identity.Appointment, names: dict[str, str], seat: identity.Seat | None, shown: int) -> Row:
    words, tag = _STANDINGS[appointment.standing]
    is_representative = seat is identity.Seat.REPRESENTATIVE
    may_give = seat is not None and identity.may_give(seat, identity.Seat(appointment.role))
    return Row(
        appointment=appointment,
        role=str(SEATS[appointment.role]),
        standing=str(words),
        tag=tag,
        scope=_scope(appointment.services, names, shown),
        reason=str(_REASONS.get(appointment.ended_because, "")),
        may_end=may_give and appointment.is_open,
        may_confirm=is_representative and appointment.standing == "suspended",
    )


def _scope(codes: Sequence[str] | None, names: dict[str, str], shown: int) -> str:
    if codes is None:
        return _("全部服务")
    listed = _("、").join(names[code] for code in codes[:shown])
    if len(codes) <= shown:
        return listed
    return _("%(names)s 等 %(count)d 项") % {"names": listed, "count": len(codes)}


def _name(summary: services.ServiceSummary) -> str:
    if (get_language() or "").startswith("en"):
        return summary.name_en or summary.name
    return summary.short_name or summary.name
