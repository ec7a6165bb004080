"""What a city brings to an import: its departments, which authority is whose, its themes, its service halls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tongban.contexts.services.domain.themes import ThemeRules, parse_theme_rules
from tongban.kernel.errors import Invalid, Text

LEVELS = {"country": "国家级", "province": "省级", "city": "市级", "district": "县级"}
UNASSIGNED = "unassigned"
_TELLING = 3
"""Units: characters. A shorter end of a department's name would fit several."""


@dataclass(frozen=True, slots=True)
class Department:
    """A city department as an import needs it."""

    code: str
    name: str
    short: str
    name_en: str
    phone: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Which department answers for an authority of the export, and the level at which it acts."""

    department: str
    level: str


@dataclass(frozen=True, slots=True)
class City:
    """A city's own files, parsed. ``hall``: where the city's windows are."""

    name: str = ""
    departments: Mapping[str, Department] = field(default_factory=dict)
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    themes: ThemeRules = field(default_factory=ThemeRules)

    def authority(self, name: str) -> Authority | None:
        """The authority of this name: from the reviewed file, or a city department's own name or code."""
        known = self.authorities.get(name.strip())
        if known is not None:
            return known
        wanted = name.strip()
        for department in self.departments.values():
            is_end = len(wanted) >= _TELLING and department.name.endswith(wanted)
            if is_end or wanted in (department.code, department.name, department.short):
                return Authority(department.code, "city")
        return None


def parse_city(*, name: str, organisations: Any, authorities: Any, themes: Any) -> City:
    """A city from its parsed YAML files; a file that it does not have is None. Raises: Invalid."""
    departments = {}
    for entry in (organisations or {}).get("organisations", []):
        departments[entry["code"]] = Department(
            entry["code"], entry["name"], entry["short"], entry["en"], str(entry.get("phone", ""))
        )
    known = {}
    for entry in (authorities or {}).get("authorities", []):
        if entry["department"] not in departments or entry["level"] not in LEVELS:
            raise Invalid(
                Text(
                    zh=f"authorities.yaml：{entry['name']} 的部门或层级不存在",
                    en=f"authorities.yaml: {entry['name']} names an unknown department or level",
                ),
                remedy=Text(
                    zh="部门用 organisations.yaml 里的代码，层级用 province、city、district",
                    en="Use a department code of organisations.yaml, and province, city or district",
                ),
                element=entry["name"],
            )
        known[str(entry["name"]).strip()] = Authority(entry["department"], entry["level"])
    return City(name, departments, known, parse_theme_rules(themes))
