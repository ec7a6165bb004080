"""From the rows of an export to facts: every row is either mapped or reported, none is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.contexts.services.importing import values
from tongban.contexts.services.importing.city import LEVELS, UNASSIGNED, Authority, City
from tongban.contexts.services.importing.mapping import KINDS, Column, Mapping
from tongban.contexts.services.importing.readers import Row
from tongban.kernel.errors import Text
from tongban.kernel.service_codes import parse_implementation_code

Facts = dict[str, Any]

_CODE = re.compile(r"[^\x00-\x20\x7f\u3000]{1,64}")
_JOINT = re.compile(r"(?P<level>国家级|省级|市级|县级|区级|镇级)?(?P<name>[^（(、，,；;]+)[（(](?P<steps>[^）)]*)[）)]")
_LEVELS = {"国家级": "country", "省级": "province", "市级": "city", "县级": "district", "区级": "district"}
MAX_NAME, MAX_TEXT = 300, 8000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to report about a row. ``code``: a stable word for warnings, empty for rejections."""

    row: int
    reason: Text
    code: str = ""
    item: str = ""


@dataclass(slots=True)
class Derived:
    """What came of an export: facts in the file's order, rows that could not be mapped, and oddities that could."""

    read: int = 0
    facts: list[Facts] = field(default_factory=list)
    rejected: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def derive(rows: Sequence[Row], mapping: Mapping, city: City) -> Derived:
    """The facts of an export. ``read`` = mapped + rejected, always."""
    derived = Derived(read=len(rows))
    first_seen: dict[str, int] = {}
    for row in rows:
        problem = row.problem or _problem(row, mapping)
        if problem is None:
            code = _cell(row, mapping, "code").strip()
            if code in first_seen:
                number = first_seen[code]
                problem = Text(zh=f"编码 {code} 与第 {number} 行重复", en=f"code {code} repeats that of row {number}")
            else:
                first_seen[code] = row.number
        if problem is not None:
            derived.rejected.append(Finding(row.number, problem))
            continue
        facts, warnings = _facts_of(row, mapping, city)
        derived.facts.append(facts)
        derived.warnings.extend(warnings)
    return derived


def _problem(row: Row, mapping: Mapping) -> Text | None:
    code, name = _cell(row, mapping, "code"), _cell(row, mapping, "name")
    if not code:
        return Text(zh="没有事项编码", en="has no item code")
    if not _CODE.fullmatch(code):
        return Text(
            zh=f"事项编码 {code[:40]!r} 含有空格或超过 64 字", en=f"item code {code[:40]!r} holds blanks or is too long"
        )
    if not name:
        return Text(zh="没有事项名称", en="has no item name")
    if len(name) > MAX_NAME:
        return Text(zh=f"事项名称超过 {MAX_NAME} 字", en=f"the item name is longer than {MAX_NAME} characters")
    if not _cell(row, mapping, "authority"):
        return Text(zh="没有实施主体", en="names no authority")
    return None


def _facts_of(row: Row, mapping: Mapping, city: City) -> tuple[Facts, list[Finding]]:
    warnings: list[Finding] = []
    code = _cell(row, mapping, "code").strip()

    def warn(word: str, zh: str, en: str) -> None:
        warnings.append(Finding(row.number, Text(zh=zh, en=en), word, code))

    facts: Facts = {"code": code, **_code_parts(code, warn), "name": _cell(row, mapping, "name").replace("\n", " ")}
    authority_name = _cell(row, mapping, "authority")
    authority = city.authority(authority_name)
    if authority is None:
        warn(
            "unknown-authority",
            f"实施主体 {authority_name} 还没有对应部门",
            f"authority {authority_name} has no department yet",
        )
        authority = Authority(UNASSIGNED, "")
    _add_authority(facts, row, mapping, city, authority, authority_name)
    _add_plain(facts, row, mapping)
    _add_limits(facts, row, mapping, warn)
    _add_access(facts, row, mapping, city, authority)
    theme, group = city.themes.place(
        code=code,
        name=facts["name"],
        catalogue_name=facts.get("catalogue_name", ""),
        department=authority.department,
        authority=authority_name.strip(),
        source_themes=facts.get("source_themes", []),
    )
    facts["theme"], facts["group"] = theme, group
    return facts, warnings


def _code_parts(code: str, warn: Any) -> Facts:
    parsed = parse_implementation_code(code)
    for word in parsed.warnings:
        if word == "credit-code-check-failed":
            warn(word, f"编码 {code} 里的信用代码校验位不符", f"the credit code in {code} fails its check character")
        else:
            warn(word, f"编码 {code} 不是已知格式，按原样保留", f"code {code} is in no known form and is kept as given")
    parts = {"code_form": parsed.form, "basic_code": parsed.basic, "handling_item_code": parsed.handling_item}
    return {key: value for key, value in parts.items() if value}


def _add_authority(
    facts: Facts, row: Row, mapping: Mapping, city: City, authority: Authority, authority_name: str
) -> None:
    department = city.departments.get(authority.department)
    facts["department"] = authority.department
    facts["authority"] = department.name if department else authority_name
    stated = _cell(row, mapping, "exercise_level")
    facts["exercise_level"] = LEVELS.get(authority.level, stated)
    if city.name:
        facts["jurisdiction"] = city.name
    joint = [
        {
            "level": LEVELS.get(_LEVELS.get(m["level"] or "", ""), ""),
            "name": m["name"].strip(),
            "steps": _steps(m["steps"]),
        }
        for m in _JOINT.finditer(_cell(row, mapping, "co_departments"))
    ]
    if joint:
        facts["co_departments"] = joint


def _add_plain(facts: Facts, row: Row, mapping: Mapping) -> None:
    for key in (
        "catalogue_name",
        "short_name",
        "item_type",
        "power_division",
        "exercise_content",
        "process",
        "quota",
        "hours",
        "appeal",
        "previous_code",
    ):
        text = _cell(row, mapping, key)
        if text:
            facts[key] = text[:MAX_TEXT]
    for key, name in (("aliases", "aliases"), ("audience", "audience"), ("themes", "source_themes")):
        entries = _entries(row, mapping, key)
        if entries:
            facts[name] = [entry[:MAX_NAME] for entry in entries]
    for key, name, part in (
        ("legal_basis", "legal_basis", "title"),
        ("result", "results", "name"),
        ("faq", "faq", "question"),
    ):
        entries = _entries(row, mapping, key)
        if entries:
            facts[name] = [{part: entry[:MAX_TEXT]} for entry in entries]
    fees = _cell(row, mapping, "fees")
    if fees:
        charged = values.parse_flag(fees)
        facts["fees"] = {"charged": charged is not False, **({} if charged is not None else {"note": fees[:MAX_TEXT]})}
    materials = _entries(row, mapping, "materials")
    if materials:
        facts["materials"] = [{"code": f"m{i}", "name": name[:MAX_NAME]} for i, name in enumerate(materials, 1)]


def _add_limits(facts: Facts, row: Row, mapping: Mapping, warn: Any) -> None:
    for key, zh in (("statutory_limit", "法定办结时限"), ("promised_limit", "承诺办结时限")):
        column = mapping.fields.get(key)
        text = _cell(row, mapping, key)
        if column is None or not text:
            continue
        unit = values.published(row.values.get(column.unit_column)) if column.unit_column else ""
        limit, warning = values.parse_limit(f"{text}{unit}" if text.isdigit() else text)
        if limit is not None:
            facts[key] = limit
        if warning:
            warn(warning, f"{zh} {text[:40]!r} 读不出单位或天数", f"{key} {text[:40]!r} states no clear days or unit")


def _add_access(facts: Facts, row: Row, mapping: Mapping, city: City, authority: Authority) -> None:
    department = city.departments.get(authority.department)
    phone = department.phone if department else ""
    conditions = _cell(row, mapping, "acceptance_conditions")
    if conditions:
        facts["acceptance_conditions"] = [{"text": values.without_contacts(conditions, phone)[:MAX_TEXT]}]
    place = _cell(row, mapping, "place", raw=True)
    channels = []
    if _flag(row, mapping, "online") is not False:
        channels.append("online")
    if place and place not in mapping.no_place:
        channels.append("counter")
        facts["place"] = f"{city.name}政务服务中心{department.short}窗口" if department and city.name else place
    elif place in mapping.no_place and place:
        facts["has_window"] = False
    facts["channels"] = channels
    for key in ("enquiry_phone", "complaint_phone"):
        stated = _cell(row, mapping, key)
        if stated:
            ending = "0" if key == "enquiry_phone" else "9"
            facts[key] = f"{phone[:-1]}{ending}" if phone else stated[:100]
    for key, name in (("booking", "is_bookable"), ("courier", "has_courier")):
        flag = _flag(row, mapping, key)
        if flag is not None:
            facts[name] = flag
    visits = values.parse_count(_cell(row, mapping, "visits"))
    if visits is not None:
        facts["visits"] = visits


def _steps(text: str) -> list[str]:
    return [step.strip() for step in re.split("[,，]", text) if step.strip()]


def _cell(row: Row, mapping: Mapping, key: str, *, raw: bool = False) -> str:
    column = mapping.fields.get(key)
    if column is None:
        return ""
    for name in column.columns:
        value = row.values.get(name)
        text = values.text_of(value) if raw else values.published(_joined(value, column))
        if text:
            return column.values.get(text, text)
    return ""


def _joined(value: Any, column: Column) -> Any:
    return "、".join(values.parse_list(value)) if isinstance(value, list) else value


def _entries(row: Row, mapping: Mapping, key: str) -> list[str]:
    column = mapping.fields.get(key)
    if column is None or KINDS[key] != "list":
        return []
    for name in column.columns:
        entries = values.parse_list(row.values.get(name), column.separators)
        if entries:
            return [column.values.get(entry, entry) for entry in entries]
    return []


def _flag(row: Row, mapping: Mapping, key: str) -> bool | None:
    column = mapping.fields.get(key)
    found = (values.parse_flag(row.values.get(name)) for name in column.columns) if column else iter(())
    return next((flag for flag in found if flag is not None), None)
