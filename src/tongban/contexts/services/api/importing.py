"""Importing a city's export: bytes in, a report out, the catalogue changed once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any

import yaml
from django.db import transaction

from tongban.contexts.services.api.loading import load_catalogue, load_services
from tongban.contexts.services.domain.records import LoadReport
from tongban.contexts.services.importing.city import City, parse_city
from tongban.contexts.services.importing.derive import Derived, Facts, Finding, derive
from tongban.contexts.services.importing.mapping import Mapping, choose, parse_mapping
from tongban.contexts.services.importing.readers import columns_of, read_rows
from tongban.kernel.errors import Invalid, Text

BUILT_IN = ("guangdong", "standard")


@dataclass(frozen=True, slots=True)
class CityFiles:
    """A pack's parsed YAML files that an import needs; None for one that the pack does not have."""

    name: str = ""
    organisations: Any = None
    authorities: Any = None
    themes: Any = None
    plain_words: Any = None

    def city(self) -> City:
        """The city that these files describe. Raises: Invalid."""
        return parse_city(
            name=self.name, organisations=self.organisations, authorities=self.authorities, themes=self.themes
        )


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import read, loaded and could not. ``loaded`` items are in the catalogue now, changed or not."""

    read: int
    loaded: int
    created: int
    changed: int
    unchanged: int
    mapping: str
    other_theme: int
    rejected: tuple[Finding, ...] = field(default=())
    warnings: tuple[Finding, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The stable shape of the command's ``--json``."""
        return {
            "read": self.read,
            "loaded": self.loaded,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "mapping": self.mapping,
            "other_theme": self.other_theme,
            "rejected": [_finding(found) for found in self.rejected],
            "warnings": [{**_finding(found), "code": found.code, "item": found.item} for found in self.warnings],
        }


def derive_services(*, content: bytes, filename: str, city: CityFiles, mapping: Any = None) -> tuple[Derived, str]:
    """The facts of an export and the name of the mapping used; nothing is stored. ``mapping``: parsed YAML, or None
    for the built-in one that fits. Raises: Invalid."""
    rows = read_rows(content, filename=filename)
    columns = columns_of(rows)
    chosen = parse_mapping(mapping, name="mapping") if mapping is not None else choose(_built_in(), columns)
    lacking = chosen.lacks(columns)
    if lacking:
        raise Invalid(
            Text(
                zh=f"文件里没有这些必填字段的列：{'、'.join(lacking)}",
                en=f"the file has no column for these required fields: {', '.join(lacking)}",
            ),
            remedy=Text(
                zh=f"文件的列是：{'、'.join(columns[:30])}。请改对照文件",
                en=f"The file's columns are: {', '.join(columns[:30])}. Correct the mapping file",
            ),
        )
    return derive(rows, chosen, city.city()), chosen.name


@transaction.atomic
def import_services(
    *,
    content: bytes,
    filename: str,
    pack: str,
    city: CityFiles,
    mapping: Any = None,
    now: datetime | None = None,
) -> ImportReport:
    """Map an export onto GB/T 39046 facts and load them. Rows that cannot be mapped are reported, the rest is loaded.

    A second run of the same file changes nothing. Raises: Invalid for a file or a mapping that cannot be used at all.
    """
    derived, name = derive_services(content=content, filename=filename, city=city, mapping=mapping)
    load_catalogue(pack=pack, city=city.name, themes=city.themes, plain_words=city.plain_words, now=now)
    loaded = load_services(derived.facts, pack=pack, now=now)
    return ImportReport(
        read=derived.read,
        loaded=len(derived.facts),
        created=loaded.created,
        changed=loaded.changed,
        unchanged=loaded.unchanged + loaded.kept,
        mapping=name,
        other_theme=sum(1 for facts in derived.facts if facts["theme"] == "other"),
        rejected=tuple(derived.rejected),
        warnings=tuple(derived.warnings),
    )


def load_facts(*, content: bytes, pack: str, city: CityFiles, now: datetime | None = None) -> LoadReport:
    """Load a pack's shipped ``items.jsonl`` of derived facts; groups follow the pack's present themes.

    Raises: Invalid, naming the line.
    """
    rules = city.city().themes
    rows: list[Facts] = []
    for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        facts = _parsed_line(number, line)
        theme = rules.theme(str(facts.get("theme", "")))
        if theme is not None:
            facts["group"] = theme.group_of(f"{facts['name']} {facts.get('catalogue_name', '')}")
        rows.append(facts)
    load_catalogue(pack=pack, city=city.name, themes=city.themes, plain_words=city.plain_words, now=now)
    return load_services(rows, pack=pack, now=now)


def facts_as_lines(facts: list[Facts]) -> bytes:
    """Derived facts as the lines of ``items.jsonl``: one item a line, fields in a steady order.

    The group within a theme is left out: it follows from the themes when the facts are loaded.
    """
    rows = ({key: value for key, value in row.items() if key != "group"} for row in facts)
    return b"".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in rows)


def _parsed_line(number: int, line: str) -> Facts:
    try:
        facts = json.loads(line)
        missing = [key for key in ("code", "name", "department") if not isinstance(facts.get(key), str)]
    except (ValueError, AttributeError) as error:
        raise _bad_line(number, str(error)) from error
    if missing:
        raise _bad_line(number, f"{missing[0]} is missing")
    return dict(facts)


def _bad_line(number: int, problem: str) -> Invalid:
    return Invalid(
        Text(zh=f"items.jsonl 第 {number} 行有误：{problem}", en=f"items.jsonl line {number} is wrong: {problem}"),
        remedy=Text(
            zh="用 tongban pack import-services 重新生成这个文件",
            en="Make the file again with tongban pack import-services",
        ),
        line=number,
    )


def _built_in() -> list[Mapping]:
    folder = resources.files("tongban.contexts.services.importing") / "mappings"
    return [parse_mapping(yaml.safe_load((folder / f"{n}.yaml").read_text("utf-8")), name=n) for n in BUILT_IN]


def _finding(found: Finding) -> dict[str, Any]:
    return {"row": found.row, "reason": found.reason.zh, "reason_en": found.reason.en}
