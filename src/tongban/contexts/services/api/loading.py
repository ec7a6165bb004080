"""Writing the catalogue: idempotent, versioned, in one transaction; the index and the tickets change with the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tongban.contexts.identity import api as identity
from tongban.contexts.services import index
from tongban.contexts.services.api.quality import settle_tickets
from tongban.contexts.services.domain.documents import fields_of, wordings_of
from tongban.contexts.services.domain.facts import ENTERPRISES, PERSONS, Facts, department_count, digest_of
from tongban.contexts.services.domain.records import LoadReport
from tongban.contexts.services.domain.themes import OTHER, ThemeRules, parse_theme_rules
from tongban.contexts.services.events import ServicesChanged
from tongban.contexts.services.models import Catalogue, ServiceItem, ServiceVersion
from tongban.engines.textsearch.rank import impacts_of
from tongban.engines.textsearch.tokens import letter_of, sort_key
from tongban.infra import outbox
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Invalid, Text
from tongban.kernel.ids import new_id

_BATCH = 500
_RECOUNT_AT_ONCE = 50
"""Changes above this count the tokens at once; fewer are counted when the worker hears of them."""


@dataclass(frozen=True, slots=True)
class _Department:
    name: str
    short: str
    name_en: str


@dataclass(frozen=True, slots=True)
class _Present:
    """What is stored of a code now."""

    version: int
    digest: str
    theme: str
    group: int
    department_name: str
    has_definition: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    facts: Facts
    definition: Mapping[str, Any] | None
    digest: str
    version: int
    is_new: bool


def load_catalogue(
    *, pack: str, city: str, themes: Any = None, plain_words: Any = None, now: datetime | None = None
) -> None:
    """Put a pack's themes and plain words, as parsed from its YAML files. Raises: Invalid naming what is wrong."""
    parse_theme_rules(themes)
    words = (plain_words or {}).get("words", [])
    for entry in words:
        if not isinstance(entry, Mapping) or not entry.get("say") or not entry.get("means"):
            raise Invalid(
                Text(
                    zh=f"plain_words.yaml：{entry} 需要 say 和 means",
                    en=f"plain_words.yaml: {entry} needs say and means",
                ),
                remedy=Text(zh="补全后再装载", en="Complete it and load again"),
            )
    stored = Catalogue.objects.filter(pack=pack).first() or Catalogue(pack=pack)
    wanted = (city or stored.city, themes if themes is not None else stored.themes, words or stored.plain_words)
    if stored._state.adding or wanted != (stored.city, stored.themes, stored.plain_words):
        stored.city, stored.themes, stored.plain_words = wanted
        stored.revision += 1
        stored.stamp = str(new_id())
        stored.updated_at = now or utc_now()
        stored.save()


@transaction.atomic
def load_services(rows: Sequence[Facts], *, pack: str, now: datetime | None = None) -> LoadReport:
    """Put items by their facts. A repeat changes nothing; an item with a definition of its own keeps it and its facts.

    Raises: Invalid for a code that occurs twice.
    """
    moment = now or utc_now()
    _refuse_repeats(rows)
    _lock(pack, moment)
    present = _present(pack, [row["code"] for row in rows])
    entries, kept = [], 0
    for facts in rows:
        before = present.get(facts["code"])
        if before is not None and before.has_definition:
            kept += 1
        else:
            entries.append(_entry(facts, None, before))
    return _write(pack, entries, present, read=len(rows), kept=kept, now=moment)


@transaction.atomic
def load_definition(
    *,
    pack: str,
    service: Mapping[str, Any],
    form: Mapping[str, Any] | None = None,
    process: str | None = None,
    guide: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> LoadReport:
    """Put a fully modelled service: a checked ``service.yaml`` with its form, the code of its process and its guides.

    A change makes the next version; running cases keep theirs. ``guide``: Markdown by language, ``zh`` and ``en``.
    """
    moment = now or utc_now()
    _lock(pack, moment)
    facts = _modelled_facts(service, guide, _rules(pack))
    definition = {"form": form, "process": process or service.get("process")}
    present = _present(pack, [facts["code"]])
    entry = _entry(facts, definition, present.get(facts["code"]))
    return _write(pack, [entry], present, read=1, kept=0, now=moment)


def _modelled_facts(service: Mapping[str, Any], guide: Mapping[str, str] | None, rules: ThemeRules) -> Facts:
    facts = {**_plain(service), "is_modelled": True}
    facts["source_themes"] = list(service.get("themes") or ())
    theme, group = rules.place(
        code=facts["code"],
        name=facts["name"],
        catalogue_name=str(facts.get("catalogue_name", "")),
        department=facts["department"],
        authority="",
        source_themes=facts["source_themes"],
    )
    named = _named_themes(facts, rules)
    placed = rules.theme(named[0]) if named else None
    facts["theme"] = placed.slug if placed else theme
    facts["group"] = placed.group_of(facts["name"]) if placed else group
    if guide:
        facts["guide"] = dict(guide)
    return facts


def _plain(value: Any) -> Any:
    """YAML values as JSON ones: dates become their text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _named_themes(facts: Facts, rules: ThemeRules) -> list[str]:
    """The city's own themes that a pack names by slug; a national theme of the same Chinese name is not one."""
    slugs = {theme.slug for theme in rules.themes}
    return [name for name in facts.get("themes") or () if name in slugs]


def _refuse_repeats(rows: Sequence[Facts]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row["code"] in seen:
            raise Invalid(
                Text(zh=f"事项编码 {row['code']} 出现了两次", en=f"item code {row['code']} occurs twice"),
                remedy=Text(zh="每个编码只留一条", en="Keep one row a code"),
            )
        seen.add(row["code"])


def _lock(pack: str, now: datetime) -> None:
    Catalogue.objects.get_or_create(pack=pack, defaults={"updated_at": now})
    Catalogue.objects.select_for_update().get(pack=pack)


def _rules(pack: str) -> ThemeRules:
    return parse_theme_rules(Catalogue.objects.get(pack=pack).themes or None)


def _present(pack: str, codes: Sequence[str]) -> dict[str, _Present]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.code, i.version, v.digest, i.theme, i.group, i.department_name, v.definition IS NOT NULL"
            " FROM services_item i JOIN services_version v"
            " ON v.pack = i.pack AND v.code = i.code AND v.number = i.version"
            " WHERE i.pack = %s AND i.code = ANY(%s)",
            [pack, list(codes)],
        )
        return {row[0]: _Present(*row[1:]) for row in cursor.fetchall()}


def _entry(facts: Facts, definition: Mapping[str, Any] | None, before: _Present | None) -> _Entry:
    digest = digest_of(facts, definition)
    is_new = before is None or before.digest != digest
    version = 1 if before is None else before.version + (1 if is_new else 0)
    return _Entry(facts, definition, digest, version, is_new)


def _write(
    pack: str, entries: Sequence[_Entry], present: Mapping[str, _Present], *, read: int, kept: int, now: datetime
) -> LoadReport:
    departments = {o.code: _Department(o.name, o.short, o.name_en) for o in identity.list_organisations()}
    rules = _rules(pack)
    versions, items, documents = [], [], []
    for entry in entries:
        code = entry.facts["code"]
        before = present.get(code)
        department = departments.get(entry.facts["department"]) or _unlisted(entry.facts)
        if before is not None and not entry.is_new and not _moved(entry.facts, before, department):
            continue
        if entry.is_new:
            versions.append(_version(pack, entry, now))
        items.append(_item(pack, entry, department, now))
        documents.append(index.IndexedItem(code, _impacts(entry.facts, department, rules)))
    created = sum(1 for item in items if item.code not in present)
    if items:
        _store(pack, versions, items, documents, now)
    changed = len(items) - created
    return LoadReport(read, created, changed, len(entries) - created - changed, kept)


def _store(
    pack: str,
    versions: list[ServiceVersion],
    items: list[ServiceItem],
    documents: list[index.IndexedItem],
    now: datetime,
) -> None:
    ServiceVersion.objects.bulk_create(versions, batch_size=_BATCH)
    ServiceItem.objects.bulk_create(
        items,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["pack", "code"],
        update_fields=[
            field.name
            for field in ServiceItem._meta.concrete_fields
            if field.name not in {"id", "pack", "code", "vector", "impacts"}
        ],
    )
    index.write_documents(pack, documents)
    Catalogue.objects.filter(pack=pack).update(stamp=str(new_id()), updated_at=now)
    settle_tickets(pack, [version.facts for version in versions], now=now)
    codes = [item.code for item in items]
    for start in range(0, len(codes), _BATCH):
        outbox.publish(ServicesChanged(pack=pack, codes=tuple(codes[start : start + _BATCH])))
    if len(items) > _RECOUNT_AT_ONCE:
        index.count_terms(pack)
    else:
        index.note_terms(pack, documents)


def _unlisted(facts: Facts) -> _Department:
    """A department that the city's list does not hold: its items are shown under the name that the facts give."""
    name = str(facts.get("authority") or facts["department"])
    return _Department(name[:120], name[:60], "")


def _moved(facts: Facts, before: _Present, department: _Department) -> bool:
    """Whether what lists show is different though the facts are the same: placed otherwise, or a department renamed."""
    placed = (facts.get("theme", OTHER), facts.get("group", 0))
    return placed != (before.theme, before.group) or department.name != before.department_name


def _version(pack: str, entry: _Entry, now: datetime) -> ServiceVersion:
    stated = entry.facts.get("effective_from")
    return ServiceVersion(
        pack=pack,
        code=entry.facts["code"],
        number=entry.version,
        digest=entry.digest,
        facts=dict(entry.facts),
        definition=entry.definition,
        effective_from=date.fromisoformat(stated) if isinstance(stated, str) else local_date(now),
        created_at=now,
    )


def _item(pack: str, entry: _Entry, department: _Department, now: datetime) -> ServiceItem:
    facts = entry.facts
    audience = frozenset(facts.get("audience") or PERSONS)
    return ServiceItem(
        pack=pack,
        code=facts["code"],
        version=entry.version,
        name=facts["name"],
        name_en=str(facts.get("name_en", "")),
        short_name=str(facts.get("short_name", "")) if entry.definition is not None else "",
        short_name_en=str(facts.get("short_name_en", "")),
        one_line=str(facts.get("one_line", "")),
        one_line_en=str(facts.get("one_line_en", "")),
        sort_key=sort_key(facts["name"])[:1200],
        letter=letter_of(facts["name"]),
        department=facts["department"],
        department_name=department.name,
        department_short=department.short,
        department_name_en=department.name_en,
        level=str(facts.get("exercise_level", ""))[:20],
        theme=str(facts.get("theme", OTHER)),
        group=int(facts.get("group", 0)),
        promised_days=(facts.get("promised_limit") or {}).get("days"),
        department_count=department_count(facts),
        is_online="online" in (facts.get("channels") or ()),
        is_for_persons=bool(audience & PERSONS),
        is_for_enterprises=bool(audience & ENTERPRISES),
        is_bundle=facts.get("kind") == "bundle",
        is_modelled=entry.definition is not None,
        wordings=list(wordings_of(facts)),
        updated_at=now,
    )


def _impacts(facts: Facts, department: _Department, rules: ThemeRules) -> dict[str, float]:
    theme = rules.theme(str(facts.get("theme", OTHER)))
    return impacts_of(
        fields_of(
            facts,
            department=department.name,
            department_en=department.name_en,
            theme=theme.name if theme else "",
            theme_en=theme.name_en if theme else "",
        )
    )
