"""What a pack defines, by code, so that every reference can be followed; a code defined twice is an error."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from tongban.assembly.packs.documents import Document, Path, dotted
from tongban.assembly.packs.pack import Pack
from tongban.assembly.packs.problems import Problem
from tongban.kernel.errors import Text


@dataclass(slots=True)
class Index:
    """Codes → what they name, over the whole pack."""

    organisations: dict[str, dict[str, Any]] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    licence_types: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    processes: dict[str, str] = field(default_factory=dict)


def build_index(pack: Pack) -> tuple[Index, list[Problem]]:
    """The index, and a problem for each code that is defined again."""
    index, problems = Index(), []
    seen: dict[tuple[str, str], str] = {}

    def define(kind: str, into: dict[str, Any], code: str, value: Any, document: Document, path: Path) -> None:
        first = seen.get((kind, code))
        if first:
            problems.append(_twice(document, path, code, first))
            return
        seen[kind, code] = f"{document.file}:{document.line_of(path)}"
        into[code] = value

    document = pack.one.get("organisations")
    if document:
        for position, row in enumerate(document.data["organisations"]):
            define(
                "organisations", index.organisations, row["code"], row, document, ("organisations", position, "code")
            )
    for document in pack.many.get("resources", ()):
        for position, row in enumerate(document.data["resources"]):
            row = {**row, "provider": document.data["provider"]}
            define("resources", index.resources, row["code"], row, document, ("resources", position, "code"))
    for document in pack.many.get("licence-type", ()):
        define("licence types", index.licence_types, document.data["code"], document.data, document, ("code",))
        define("type codes", {}, document.data["type_code"], None, document, ("type_code",))
    for folder in pack.services:
        if folder.service:
            define("services", index.services, folder.code, folder.service.data, folder.service, ("code",))
    return index, problems


def _twice(document: Document, path: Path, code: str, first: str) -> Problem:
    return document.problem(
        path,
        "duplicate-code",
        Text(zh=f"代码“{code}”已经在 {first} 用过", en=f'the code "{code}" is already used at {first}'),
        Text(zh="换一个代码", en="choose another code"),
    )


def unknown(document: Document, path: Path, what: Text, code: str, known: list[str]) -> Problem:
    """The problem of a reference that leads nowhere, with the nearest known codes."""
    near = difflib.get_close_matches(code, known, n=3, cutoff=0.6)
    hint_zh = f"可能是：{'、'.join(near)}" if near else f"在包里先定义它，或改正“{dotted(path)}”"
    hint_en = f"perhaps: {', '.join(near)}" if near else f'define it in the pack first, or correct "{dotted(path)}"'
    return document.problem(
        path,
        f"unknown-{what.en.replace(' ', '-')}",
        Text(zh=f"没有这个{what.zh}：“{code}”", en=f'no such {what.en}: "{code}"'),
        Text(zh=hint_zh, en=hint_en),
    )
