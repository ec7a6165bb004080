"""``tongban pack load``: a sound pack into the contexts, in one transaction; what is loaded already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any, Literal

from django.db import connection, transaction

from tongban.assembly.models import LoadedPart
from tongban.assembly.packs.check import Report, check_pack
from tongban.assembly.packs.checks.owners import CATALOGUE, ITEMS, city_files
from tongban.assembly.packs.pack import Pack, ServiceFolder
from tongban.assembly.packs.problems import Problem
from tongban.contexts.cases import api as cases
from tongban.contexts.exchange import api as exchange
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.contexts.notices import api as notices
from tongban.contexts.resources import api as resources
from tongban.contexts.services import api as services
from tongban.kernel import canonical_json
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Invalid, Text
from tongban.runtime import settings

Action = Literal["loaded", "unchanged", "skipped"]
_REVISION = 1
"""Raise it when a loader makes something else of the same files, so that they are loaded again."""
_LOCK = 0x7061636B  # "pack": one load at a time


class PackRefused(Invalid):
    """A pack with errors is not loaded, not even its sound parts."""

    code = "pack-refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            Text(
                zh=f"城市包有 {len(problems)} 处错误，什么都没有装载",
                en=f"The pack has {len(problems)} problems; nothing was loaded",
            ),
            remedy=Text(
                zh="先运行 tongban pack check，改正后再装载", en="Run tongban pack check, correct them and load again"
            ),
            problems=[problem.as_json() for problem in problems],
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class LoadedRow:
    """What became of one part. ``count``: elements in it; ``version``: of a service's definition, else 0."""

    part: str
    action: Action
    count: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The outcome of a load, part by part."""

    pack: str
    rows: tuple[LoadedRow, ...]

    @property
    def is_unchanged(self) -> bool:
        """True when everything was loaded before."""
        return all(row.action != "loaded" for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The stable shape of ``--json``."""
        return {
            "pack": self.pack,
            "changed": not self.is_unchanged,
            "parts": [
                {"part": row.part, "action": row.action, "count": row.count}
                | ({"version": row.version} if row.version else {})
                for row in self.rows
            ],
        }


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pack: what it is made of, and how its context takes it in. ``load`` answers a version or None."""

    name: str
    count: int
    files: tuple[str, ...]
    load: Callable[[], int | None]
    is_for_demo: bool = False


def load_pack(root: FilePath, *, now: datetime | None = None) -> LoadReport:
    """Load a pack. Repeating it changes nothing; a changed service becomes a new version, running cases keep theirs.

    Raises: PackRefused with every problem, or a context's own refusal; then nothing is changed.
    """
    report = check_pack(root)
    if not report.is_sound:
        raise PackRefused(report.problems)
    moment = now or utc_now()
    pack = report.pack
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        known = dict(LoadedPart.objects.filter(pack=pack.name).values_list("part", "fingerprint"))
        rows = tuple(_load_part(pack, part, known, moment) for part in _parts(report, moment))
    return LoadReport(pack.name, rows)


def _load_part(pack: Pack, part: Part, known: dict[str, str], now: datetime) -> LoadedRow:
    if part.is_for_demo and settings.current().is_production:
        return LoadedRow(part.name, "skipped", part.count)
    files = {name: pack.files.sha256_of(name) for name in part.files}
    fingerprint = canonical_json.digest({"loader": _REVISION, "files": files})
    if known.get(part.name) == fingerprint:
        return LoadedRow(part.name, "unchanged", part.count)
    version = part.load()
    LoadedPart.objects.update_or_create(
        pack=pack.name, part=part.name, defaults={"fingerprint": fingerprint, "loaded_at": now}
    )
    return LoadedRow(part.name, "loaded", part.count, version or 0)


def _parts(report: Report, now: datetime) -> Iterator[Part]:
    """The parts in the order in which they stand on each other."""
    pack = report.pack
    yield from _foundations(pack, now)
    for document in pack.processes:
        code = cases.read_process(document.text.encode()).code
        yield Part(f"process {code}", 1, (document.file,), _publisher(code, document.text))
    yield from _catalogue(pack, now)
    for folder in pack.services:
        yield _service(pack, folder, now)
    grants = pack.rows("grants", "grants")
    if grants:
        # Which fields may be granted depends on the resources, so they are part of the fingerprint.
        files = ("grants.yaml", *(d.file for d in pack.many["resources"]))
        grant = _without_version(lambda: exchange.load_grants(grants, pack=pack.name, now=now))
        yield Part("grants", len(grants), files, grant)
    accounts = pack.rows("demo-accounts", "accounts")
    if accounts:
        make = _without_version(lambda: identity.load_demo_accounts(accounts))
        yield Part("demo accounts", len(accounts), ("demo_accounts.yaml",), make, is_for_demo=True)


def _foundations(pack: Pack, now: datetime) -> Iterator[Part]:
    organisations = pack.rows("organisations", "organisations")
    calendars, kinds, providers = (pack.many.get(key, []) for key in ("calendar", "licence-type", "resources"))
    rooms, years = pack.rows("halls", "halls"), [d.data for d in calendars]
    words = pack.rows("notices", "notices")
    table: list[tuple[str, int, tuple[str, ...], Callable[[], object]]] = [
        ("organisations", len(organisations), ("organisations.yaml",),
         lambda: identity.load_organisations(organisations)),
        ("calendars", len(calendars), tuple(d.file for d in calendars), lambda: halls.load_calendar(rows=years)),
        ("halls", len(rooms), ("halls.yaml",), lambda: halls.load_halls(rows=rooms)),
        ("notices", len(words), ("notices.yaml",), lambda: notices.load_templates(words)),
        ("resources", sum(len(d.data["resources"]) for d in providers), tuple(d.file for d in providers),
         lambda: resources.load_resources([d.data for d in providers], pack=pack.name, now=now)),
        ("licence types", len(kinds), tuple(d.file for d in kinds), lambda: licences.load_types(d.data for d in kinds)),
    ]  # fmt: skip
    for name, count, files, load in table:
        if count:
            yield Part(name, count, files, _without_version(load))


def _catalogue(pack: Pack, now: datetime) -> Iterator[Part]:
    files = tuple(name for name in (ITEMS, *CATALOGUE.values()) if pack.files.has(name))
    if not pack.files.has(ITEMS):
        return
    content = (pack.root / ITEMS).read_bytes()
    count = sum(1 for line in content.splitlines() if line.strip())

    def load() -> None:
        services.load_facts(content=content, pack=pack.name, city=city_files(pack), now=now)

    yield Part("catalogue items", count, (*files, "organisations.yaml"), _without_version(load))


def _service(pack: Pack, folder: ServiceFolder, now: datetime) -> Part:
    service, form, process = folder.service, folder.form, folder.process
    assert service
    assert form

    def load() -> int:
        facts = dict(service.data)
        if process:
            source = process.text.encode()
            cases.publish_process(code=service.data["process"], source=source)
            facts["steps"] = _steps(source, owner=service.data["department"])
        guide = {language: document.text for language, document in folder.guides.items()}
        services.load_definition(
            pack=pack.name, service=facts, form=form.data, process=service.data["process"], guide=guide, now=now
        )
        return services.get_definition(folder.code, pack=pack.name).version

    files = [service.file, form.file, *(guide.file for guide in folder.guides.values())]
    # The theme of an item depends on the city's themes.
    files += [name for name in (process.file if process else "", CATALOGUE["themes"]) if name and pack.files.has(name)]
    return Part(f"service {folder.folder.rpartition('/')[2]}", 1, tuple(files), load)


def _steps(source: bytes, *, owner: str) -> list[dict[str, Any]]:
    """The departments' steps as the guide shows them: the drawing itself is the one place that says them."""
    return [
        {"department": step.department, "name": step.title.zh, "name_en": step.title.en, "days": step.days}
        for step in cases.read_process(source, owner=owner).steps
    ]


def _publisher(code: str, drawing: str) -> Callable[[], None]:
    def publish() -> None:
        cases.publish_process(code=code, source=drawing.encode())

    return publish


def _without_version(load: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        load()

    return run
