"""The facts of a service item in one shape, whoever wrote them: an import or a service pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from tongban.kernel import canonical_json

Facts = Mapping[str, Any]
StandardProcess = Literal["instant", "promised", "parallel"]

SECTIONS: Mapping[str, tuple[str, str]] = {
    "materials": ("申请材料", "Materials"),
    "acceptance_conditions": ("受理条件", "Conditions"),
    "statutory_limit": ("法定办结时限", "Statutory time limit"),
    "promised_limit": ("承诺办结时限", "Promised time limit"),
    "process": ("办理流程", "Process"),
    "place": ("办理地点", "Place"),
    "hours": ("办理时间", "Opening hours"),
    "enquiry_phone": ("咨询电话", "Enquiries"),
    "complaint_phone": ("监督电话", "Complaints"),
    "legal_basis": ("设定依据", "Legal basis"),
    "results": ("办理结果", "Result"),
    "fees": ("收费", "Fees"),
    "faq": ("常见问题", "Questions"),
}
"""The sections of a guide that a department must publish. Source: GB/T 39046—2020, table 4."""

PERSONS = frozenset({"自然人"})
ENTERPRISES = frozenset({"企业法人", "非法人企业", "事业法人", "社会组织法人", "行政机关", "其他组织"})

_PLACING = ("theme", "group")
_DEFAULT_WORKING_DAYS = 20


def digest_of(facts: Facts, definition: Mapping[str, Any] | None) -> str:
    """What identifies a version. Themes are the catalogue's own order and make no new version."""
    stable = {key: value for key, value in facts.items() if key not in _PLACING}
    return canonical_json.digest({"facts": stable, "definition": definition})


def missing_sections(facts: Facts) -> tuple[str, ...]:
    """The sections that the department has not published. A place is not missing where there is no window."""
    return tuple(
        section
        for section in SECTIONS
        if not is_published(facts, section) and not (section in {"place", "hours"} and facts.get("has_window") is False)
    )


def is_published(facts: Facts, section: str) -> bool:
    """Whether a section holds something to show. An empty list that a pack states is a statement: none are needed."""
    value = facts.get(section)
    if section == "materials" and facts.get("is_modelled"):
        return value is not None
    if section in {"statutory_limit", "promised_limit"}:
        return isinstance(value, Mapping) and ("days" in value or bool(value.get("note")))
    return bool(value)


def standard_process(facts: Facts) -> StandardProcess:
    """The standard process of an item without its own: parallel with joint departments, instant within a day.

    Source: the item kinds 即办件, 承诺件 and 并联审批 of the national service platform.
    """
    joint = facts.get("co_departments") or ()
    if len({(entry.get("level"), entry.get("name")) if isinstance(entry, Mapping) else entry for entry in joint}) > 1:
        return "parallel"
    days = (facts.get("promised_limit") or {}).get("days")
    return "instant" if days is not None and days <= 1 and not joint else "promised"


def clock_budget(facts: Facts) -> tuple[int, str, bool]:
    """Days, their unit, and whether they are the law's default because the department published none.

    Source: 行政许可法 article 42: twenty days where nothing else is set.
    """
    for key in ("promised_limit", "statutory_limit"):
        limit = facts.get(key) or {}
        if "days" in limit:
            return max(int(limit["days"]), 1), str(limit["unit"]), False
    return _DEFAULT_WORKING_DAYS, "working-day", True


def department_count(facts: Facts) -> int:
    """How many city departments take part, the owner included."""
    joint = {entry for entry in facts.get("co_departments") or () if isinstance(entry, str)}
    bundled = {str(item["department"]) for item in facts.get("bundle_items") or ()}
    return len(bundled | joint | ({facts["department"]} if not bundled else set()))
