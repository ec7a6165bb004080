"""Words of the catalogue that the standard's codes and the city's facts stand for."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

AUDIENCES = {
    "自然人": _("个人"),
    "企业法人": _("企业"),
    "事业法人": _("事业单位"),
    "社会组织法人": _("社会组织"),
    "非法人企业": _("非法人企业"),
    "行政机关": _("行政机关"),
    "其他组织": _("其他组织"),
}
ITEM_TYPES = {
    "行政许可": _("行政许可"),
    "行政确认": _("行政确认"),
    "行政给付": _("行政给付"),
    "行政奖励": _("行政奖励"),
    "行政裁决": _("行政裁决"),
    "行政征收": _("行政征收"),
    "行政检查": _("行政检查"),
    "其他行政权力": _("其他行政权力"),
    "公共服务": _("公共服务"),
}
LEVELS = {
    "国家级": _("国家级"),
    "省级": _("省级"),
    "市级": _("市级"),
    "县级": _("县级"),
}
_ORGANISATIONS = 3
_ICONS = (
    ("出生", "baby"),
    ("新生儿", "baby"),
    ("上学", "graduation-cap"),
    ("入学", "graduation-cap"),
    ("就业", "briefcase"),
    ("结婚", "heart-handshake"),
    ("婚", "heart-handshake"),
    ("公积金", "piggy-bank"),
    ("不动产", "key-round"),
    ("房", "key-round"),
    ("车", "car"),
    ("驾驶", "car"),
    ("餐", "store"),
    ("企业", "building-2"),
    ("医", "heart-pulse"),
    ("退休", "hand-coins"),
    ("养老", "hand-coins"),
    ("残疾", "accessibility"),
    ("身后", "flower-2"),
    ("身份证", "id-card"),
    ("居住证", "id-card"),
    ("社保", "shield-check"),
    ("社会保险", "shield-check"),
)


def audience_of(kinds: tuple[str, ...]) -> list[str]:
    """Who may apply, in few words: several kinds of organisations become one."""
    organisations = [kind for kind in kinds if kind != "自然人"]
    named = [str(AUDIENCES.get(kind, kind)) for kind in kinds]
    if len(organisations) < _ORGANISATIONS:
        return named
    return ([str(AUDIENCES["自然人"])] if "自然人" in kinds else []) + [str(_("企业和其他单位"))]


def icon_of(name: str) -> str:
    """The icon of a service by what its name speaks of."""
    return next((icon for word, icon in _ICONS if word in name), "layers")


def is_english() -> bool:
    """Whether the page is in English."""
    return (get_language() or "").startswith("en")
