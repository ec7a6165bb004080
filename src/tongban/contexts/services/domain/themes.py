"""Which theme and group a service belongs to: reviewed rules, first match wins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.kernel.errors import Invalid, Text

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a theme's page. Without ``match`` it takes what no other group takes."""

    name: str
    name_en: str
    match: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the city and its groups in order."""

    slug: str
    name: str
    name_en: str
    groups: tuple[Group, ...]

    def group_of(self, text: str) -> int:
        """The place of the group for a service with these names."""
        fallback = len(self.groups) - 1
        for index, group in enumerate(self.groups):
            if group.match is None:
                fallback = index
            elif group.match.search(text):
                return index
        return fallback


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on a service and the theme it then has. An empty condition asks for nothing."""

    theme: str
    departments: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    source_themes: frozenset[str] = frozenset()
    match: re.Pattern[str] | None = None
    but_not: re.Pattern[str] | None = None

    def fits(self, *, department: str, authority: str, source_themes: Sequence[str], text: str) -> bool:
        """Whether a service meets every condition that the rule states."""
        return (
            (not self.departments or department in self.departments)
            and (not self.authorities or authority in self.authorities)
            and (not self.source_themes or not self.source_themes.isdisjoint(source_themes))
            and (self.match is None or self.match.search(text) is not None)
            and (self.but_not is None or self.but_not.search(text) is None)
        )


@dataclass(frozen=True, slots=True)
class ThemeRules:
    """The themes of a city and the rules that fill them."""

    themes: tuple[Theme, ...] = ()
    rules: tuple[Rule, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)

    def theme(self, name: str) -> Theme | None:
        """A theme by slug or by Chinese name."""
        return next((theme for theme in self.themes if name in (theme.slug, theme.name)), None)

    def place(
        self,
        *,
        code: str,
        name: str,
        catalogue_name: str,
        department: str,
        authority: str,
        source_themes: Sequence[str],
    ) -> tuple[str, int]:
        """The theme of a service and the place of its group. What no rule takes is other."""
        text = f"{catalogue_name} {name}".strip()
        slug = self.items.get(code) or next(
            (
                rule.theme
                for rule in self.rules
                if rule.fits(department=department, authority=authority, source_themes=source_themes, text=text)
            ),
            "",
        )
        named = self.theme(slug) or next((t for t in map(self.theme, source_themes) if t), None)
        theme = named or self.theme(OTHER)
        return (theme.slug, theme.group_of(f"{name} {catalogue_name}")) if theme else (OTHER, 0)


def parse_theme_rules(data: Any) -> ThemeRules:
    """Rules from parsed YAML. Raises: Invalid, naming the element that is wrong."""
    if data is None:
        return ThemeRules()
    try:
        themes = tuple(_theme(entry) for entry in data.get("themes", []))
        rules = tuple(_rule(index, entry) for index, entry in enumerate(data.get("rules", [])))
    except (KeyError, TypeError, AttributeError, re.error) as error:
        raise _bad(f"{type(error).__name__}: {error}") from error
    slugs = {theme.slug for theme in themes}
    for rule in rules:
        if rule.theme not in slugs:
            raise _bad(rule.theme)
    return ThemeRules(themes, rules, {str(k): str(v) for k, v in (data.get("items") or {}).items()})


def _theme(entry: Mapping[str, Any]) -> Theme:
    groups = tuple(Group(g["name"], g["en"], _pattern(g.get("match"))) for g in entry["groups"])
    return Theme(entry["slug"], entry["name"], entry["en"], groups)


def _rule(index: int, entry: Mapping[str, Any]) -> Rule:
    unknown = set(entry) - {"theme", "department", "authority", "source_theme", "match", "except"}
    if unknown:
        raise KeyError(f"rules[{index}].{sorted(unknown)[0]}")
    return Rule(
        entry["theme"],
        frozenset(entry.get("department", ())),
        frozenset(entry.get("authority", ())),
        frozenset(entry.get("source_theme", ())),
        _pattern(entry.get("match")),
        _pattern(entry.get("except")),
    )


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


def _bad(element: str) -> Invalid:
    return Invalid(
        Text(zh=f"themes.yaml 有误：{element}", en=f"themes.yaml is wrong: {element}"),
        remedy=Text(
            zh="改好主题规则再试，什么都没有导入", en="Correct the theme rules and try again; nothing was imported"
        ),
        element=element,
    )
