"""Which column of an export is which field. Every city's export differs, so this is a file, not code."""

from __future__ import annotations

from collections.abc import Mapping as Record
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.kernel.errors import Invalid, Text

KINDS: Record[str, str] = {
    "code": "text",
    "name": "text",
    "catalogue_name": "text",
    "short_name": "text",
    "aliases": "list",
    "item_type": "text",
    "authority": "text",
    "exercise_level": "text",
    "power_division": "text",
    "exercise_content": "text",
    "statutory_limit": "limit",
    "promised_limit": "limit",
    "acceptance_conditions": "text",
    "legal_basis": "list",
    "process": "text",
    "co_departments": "joint",
    "result": "list",
    "fees": "text",
    "quota": "text",
    "audience": "list",
    "themes": "list",
    "materials": "list",
    "visits": "count",
    "online": "flag",
    "booking": "flag",
    "courier": "flag",
    "platform": "text",
    "place": "text",
    "hours": "text",
    "enquiry_phone": "text",
    "complaint_phone": "text",
    "appeal": "text",
    "faq": "list",
    "previous_code": "text",
}
"""The fields that an export can fill, and how a cell of each is read."""

REQUIRED = ("code", "name", "authority")


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field comes from: the first of these columns that is published; how its text is cut and translated."""

    columns: tuple[str, ...]
    separators: str = "\n;；、"
    values: Record[str, str] = field(default_factory=dict)
    unit_column: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file. ``no_place``: texts in the place column that say there is no window."""

    name: str
    fields: Record[str, Column]
    no_place: frozenset[str] = frozenset()

    def fit(self, columns: Sequence[str]) -> int:
        """How many of the mapping's fields the columns of a file can fill."""
        known = set(columns)
        return sum(1 for column in self.fields.values() if known.intersection(column.columns))

    def lacks(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The required fields that the columns of a file cannot fill."""
        known = set(columns)
        return tuple(name for name in REQUIRED if not known.intersection(self.fields[name].columns))


def parse_mapping(data: Any, *, name: str) -> Mapping:
    """A mapping from parsed YAML. Raises: Invalid, naming the key that is wrong and what may stand there."""
    if not isinstance(data, dict) or not isinstance(data.get("fields"), dict):
        raise _bad(name, "fields", "需要 fields：字段名到列名的对照", "needs fields: from field names to column names")
    fields = {str(key): _column(name, str(key), value) for key, value in data["fields"].items()}
    for required in REQUIRED:
        if required not in fields:
            raise _bad(name, f"fields.{required}", "缺少必填字段", "is required")
    no_place = data.get("no_place", [])
    if not isinstance(no_place, list):
        raise _bad(name, "no_place", "应为列表", "must be a list")
    return Mapping(name, fields, frozenset(map(str, no_place)))


def choose(mappings: Sequence[Mapping], columns: Sequence[str]) -> Mapping:
    """The built-in mapping that fits a file best. Raises: Invalid when none can fill the required fields."""
    fitting = [mapping for mapping in mappings if not mapping.lacks(columns)]
    if not fitting:
        raise Invalid(
            Text(
                zh=f"没有内置对照适合这些列：{'、'.join(columns[:12])}",
                en=f"no built-in mapping fits these columns: {', '.join(columns[:12])}",
            ),
            remedy=Text(
                zh="写一个对照文件，用 --mapping 指定；code、name、authority 三项必填",
                en="Write a mapping file and name it with --mapping; code, name and authority are required",
            ),
        )
    return max(fitting, key=lambda mapping: mapping.fit(columns))


def _column(name: str, key: str, value: Any) -> Column:
    if key not in KINDS:
        allowed = ", ".join(KINDS)
        raise _bad(name, f"fields.{key}", f"不认识的字段；可用：{allowed}", f"is no known field; known: {allowed}")
    if isinstance(value, str):
        return Column((value,))
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return Column(tuple(value))
    if isinstance(value, dict) and "column" in value:
        columns = value["column"]
        names = tuple(map(str, columns)) if isinstance(columns, list) else (str(columns),)
        values = value.get("values", {})
        if not isinstance(values, dict):
            raise _bad(name, f"fields.{key}.values", "应为对照表", "must map values to values")
        return Column(
            names,
            str(value.get("separators", Column(()).separators)),
            {str(k): str(v) for k, v in values.items()},
            str(value.get("unit_column", "")),
        )
    raise _bad(
        name,
        f"fields.{key}",
        "应为列名、列名列表或含 column 的对象",
        "must be a column, a list of them, or an object with column",
    )


def _bad(name: str, key: str, zh: str, en: str) -> Invalid:
    return Invalid(
        Text(zh=f"{name}：{key} {zh}", en=f"{name}: {key} {en}"),
        remedy=Text(
            zh="改好对照文件再试，什么都没有导入", en="Correct the mapping file and try again; nothing was imported"
        ),
        file=name,
        element=key,
    )
