"""What of a service item is searched, and how much each part counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tongban.contexts.services.domain.facts import Facts
from tongban.engines.textsearch.rank import Field, comparable

_PARTS = re.compile(r"[,，、;；\s]+")
_LONGEST_WORDING = 300


def fields_of(facts: Facts, *, department: str, department_en: str, theme: str, theme_en: str) -> tuple[Field, ...]:
    """The searched parts of an item with their weights and usual lengths."""
    others = " ".join(_other_names(facts))
    return (
        Field(facts["name"], 3.0, 30, is_spoken=True),
        Field(others, 2.5, 16, is_spoken=True),
        Field(" ".join([str(facts.get("name_en", "")), str(facts.get("short_name_en", ""))]), 2.5, 8),
        Field(str(facts.get("catalogue_name", "")), 1.2, 28),
        Field(f"{facts.get('one_line', '')} {facts.get('one_line_en', '')}", 0.8, 30),
        Field(f"{department} {department_en}", 0.5, 16),
        Field(f"{theme} {theme_en}", 0.4, 12),
        Field(" ".join(_names(facts.get("materials"))), 0.25, 120),
        Field(" ".join(_names(facts.get("results"))), 0.5, 20),
        Field(" ".join(_texts(facts.get("acceptance_conditions")))[:300], 0.15, 200),
    )


def wordings_of(facts: Facts) -> tuple[str, ...]:
    """Every name that people may know an item by, in the form that ranking compares."""
    others = _other_names(facts)
    parts = [part for other in others for part in _PARTS.split(other)]
    names = [facts["name"], str(facts.get("name_en", "")), *others, *parts]
    return tuple(wording[:_LONGEST_WORDING] for wording in comparable(names))


def _other_names(facts: Facts) -> list[str]:
    short = [str(facts[key]) for key in ("short_name", "short_name_en") if facts.get(key)]
    return [*short, *map(str, facts.get("aliases") or ()), *map(str, facts.get("keywords") or ())]


def _names(entries: Any) -> Iterator[str]:
    return (str(entry.get("name", "")) for entry in entries or ())


def _texts(entries: Any) -> Iterator[str]:
    return (str(entry.get("text", "")) for entry in entries or ())
