"""Checks that the contexts make themselves: each knows best what it can load. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tongban.assembly.packs.pack import Pack
from tongban.assembly.packs.problems import Problem
from tongban.contexts.exchange import api as exchange
from tongban.contexts.notices import api as notices
from tongban.contexts.resources import api as resources
from tongban.contexts.services import api as services
from tongban.kernel.errors import Text, TongbanError

CATALOGUE = {name: f"catalogue/{name}.yaml" for name in ("authorities", "themes", "plain_words")}
ITEMS = "catalogue/items.jsonl"
_REMEDY = Text(zh="改正后再检查一次", en="correct it and check again")


def check_with_owners(pack: Pack) -> Iterator[Problem]:
    """What the resources, exchange, notices and services contexts would refuse of this pack."""
    documents = [document.data for document in pack.many.get("resources", ())]
    fields_of: dict[str, frozenset[str]] = {}

    def read_resources() -> None:
        fields_of.update(resources.check_resources(documents))

    yield from _told("resources", read_resources)
    grants = pack.rows("grants", "grants")
    if grants and fields_of:
        known = [row for row in grants if row["resource"] in fields_of]
        yield from _told("grants.yaml", lambda: exchange.check_grants(known, fields_of=fields_of))
    yield from _told("notices.yaml", lambda: notices.check_templates(pack.rows("notices", "notices")))
    if pack.files.has(ITEMS):
        yield from _told(ITEMS, lambda: city_files(pack).city())
        yield from _items(pack)


def city_files(pack: Pack) -> services.CityFiles:
    """The pack's files that place imported items."""
    organisations, city = pack.one.get("organisations"), pack.one.get("pack")
    parsed: dict[str, Any] = {}
    for key, name in CATALOGUE.items():
        document = pack.files.read_document(name) if pack.files.has(name) else None
        parsed[key] = document.data if document else None
    return services.CityFiles(
        name=city.data["name"] if city else "", organisations=organisations.data if organisations else None, **parsed
    )


def _items(pack: Pack) -> Iterator[Problem]:
    """Every line of the shipped catalogue is an item, and no code occurs twice or belongs to a modelled service."""
    rows = pack.files.read_rows(ITEMS)
    seen: dict[str, int] = {}
    for line, row in enumerate(rows or (), start=1):
        missing = [key for key in ("code", "name", "department") if not isinstance(row.get(key), str)]
        if missing:
            message = Text(zh=f"缺“{missing[0]}”", en=f'"{missing[0]}" is missing')
            yield Problem(ITEMS, line, missing[0], "missing", message, _REMEDY)
            continue
        if row["code"] in seen:
            first = seen[row["code"]]
            message = Text(zh=f"和第 {first} 行是同一个编码", en=f"has the same code as line {first}")
            yield Problem(ITEMS, line, "code", "duplicate-code", message, _REMEDY)
        seen.setdefault(row["code"], line)


def _told(file: str, look: Callable[[], object]) -> Iterator[Problem]:
    try:
        look()
    except TongbanError as error:
        yield Problem(file, 1, "", error.code, error.message, error.remedy)
