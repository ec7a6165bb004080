"""A pack as read: its files by kind, each checked against its schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from tongban.assembly.packs.documents import Document, TextDocument
from tongban.assembly.packs.files import PackFiles
from tongban.assembly.packs.problems import Problem
from tongban.assembly.packs.shapes import check_shape
from tongban.kernel.errors import Text

ONE_FILE = {
    "pack": "pack.yaml",
    "organisations": "organisations.yaml",
    "grants": "grants.yaml",
    "halls": "halls.yaml",
    "notices": "notices.yaml",
    "demo-accounts": "demo_accounts.yaml",
    "demo-persons": "demo_persons.yaml",
}
"""Schema → the one file it describes."""

MANY_FILES = {
    "calendar": "calendars/*.yaml",
    "resources": "resources/*.yaml",
    "licence-type": "licence_types/*.yaml",
}
"""Schema → the files it describes."""

SERVICE_FILES = {"service": "service.yaml", "form": "form.json", "tests": "tests.yaml"}
_FREE = ("README.md", "LICENSE", "NOTICE", "catalogue/*", "catalogue/*/*")


@dataclass(slots=True)
class ServiceFolder:
    """The files of one service; what is missing or unreadable is None."""

    folder: str
    service: Document | None = None
    form: Document | None = None
    tests: Document | None = None
    process: TextDocument | None = None
    guides: dict[str, TextDocument] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The service's code, empty while service.yaml cannot be read."""
        return str(self.service.data["code"]) if self.service else ""


@dataclass(slots=True)
class Pack:
    """All files of a city pack. A document is kept only if its shape is right."""

    root: FilePath
    files: PackFiles
    one: dict[str, Document] = field(default_factory=dict)
    many: dict[str, list[Document]] = field(default_factory=dict)
    processes: list[TextDocument] = field(default_factory=list)
    services: list[ServiceFolder] = field(default_factory=list)

    def rows(self, kind: str, key: str) -> list[dict[str, Any]]:
        """The list under ``key`` of a one-file kind, empty when the file is absent."""
        document = self.one.get(kind)
        return list(document.data[key]) if document else []

    @property
    def name(self) -> str:
        """The pack's short name, or its folder's while pack.yaml cannot be read."""
        document = self.one.get("pack")
        return str(document.data["pack"]) if document else self.root.name


def read_pack(root: FilePath) -> tuple[Pack, list[Problem]]:
    """Read every file and check its shape. The pack holds what is sound; the rest is in the problems."""
    files = PackFiles(root)
    pack = Pack(root, files)
    if not root.is_dir():
        return pack, [
            _missing(str(root), "这个文件夹不存在", "this folder does not exist", "看路径写对没有", "check the path")
        ]
    files.scan()
    if not files.has("pack.yaml"):
        remedy = (
            "给出含有 pack.yaml 的文件夹，或加上这个文件",
            "name the folder that holds pack.yaml, or add the file",
        )
        return pack, [*files.problems, _missing("pack.yaml", "没有这个文件", "this file is missing", *remedy)]
    problems: list[Problem] = []
    for kind, name in ONE_FILE.items():
        if files.has(name):
            document = _shaped(files, name, kind, problems)
            if document:
                pack.one[kind] = document
    for kind, pattern in MANY_FILES.items():
        documents = (_shaped(files, name, kind, problems) for name in files.matching(pattern))
        pack.many[kind] = [document for document in documents if document]
    pack.processes = [text for name in files.matching("processes/*.bpmn") if (text := files.read_text(name))]
    pack.services = [_read_service(files, folder, problems) for folder in files.folders("services")]
    problems += _strays(files)
    return pack, files.problems + problems


def _read_service(files: PackFiles, folder: str, problems: list[Problem]) -> ServiceFolder:
    service = ServiceFolder(folder)
    for kind, name in SERVICE_FILES.items():
        full = f"{folder}/{name}"
        if files.has(full):
            setattr(service, kind, _shaped(files, full, kind, problems))
        else:
            problems.append(
                _missing(
                    full,
                    "没有这个文件",
                    "this file is missing",
                    f"加上 {name}；写法见格式说明",
                    f"add {name}; the format reference shows how",
                )
            )
    if files.has(f"{folder}/process.bpmn"):
        service.process = files.read_text(f"{folder}/process.bpmn")
    for language in ("zh", "en"):
        name = f"{folder}/guide.{language}.md"
        guide = files.read_text(name) if files.has(name) else None
        if guide:
            service.guides[language] = guide
    return service


def _shaped(files: PackFiles, name: str, kind: str, problems: list[Problem]) -> Document | None:
    document = files.read_document(name)
    if document is None:
        return None
    found = check_shape(document, kind)
    problems += found
    return None if found else document


def _strays(files: PackFiles) -> list[Problem]:
    patterns = [*ONE_FILE.values(), *MANY_FILES.values(), *_FREE, "processes/*.bpmn"]
    patterns += [
        f"services/*/{name}" for name in (*SERVICE_FILES.values(), "process.bpmn", "guide.zh.md", "guide.en.md")
    ]
    known = {name for pattern in patterns for name in files.matching(pattern)}
    message = Text(zh="包里不该有这个文件", en="a pack has no place for this file")
    remedy = Text(
        zh="改名或移走；能有的文件见格式说明", en="rename it or take it out; the format reference lists the files"
    )
    levels = ("*", "*/*", "*/*/*", "*/*/*/*")
    names = [name for level in levels for name in files.matching(level) if name not in known]
    return [Problem(name, 1, "", "stray-file", message, remedy) for name in names]


def _missing(file: str, zh: str, en: str, do_zh: str, do_en: str) -> Problem:
    return Problem(file, 1, "", "missing-file", Text(zh=zh, en=en), Text(zh=do_zh, en=do_en))
