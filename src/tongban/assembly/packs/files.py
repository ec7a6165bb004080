"""Reading a pack's files: only inside its folder, bounded in size, plain UTF-8 without hidden characters."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from tongban.assembly.packs.documents import Document, Fault, Path, TextDocument, Unreadable
from tongban.assembly.packs.json_text import parse_json
from tongban.assembly.packs.problems import Problem
from tongban.assembly.packs.yaml_text import parse_yaml
from tongban.kernel.errors import Text

MAX_FILE_BYTES = 1_000_000
MAX_CATALOGUE_BYTES = 64_000_000
MAX_FILES = 20_000

# Controls, and the marks that reorder or hide text on a screen.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(slots=True)
class PackFiles:
    """The files under a pack's folder, and what went wrong reading them."""

    root: FilePath
    problems: list[Problem] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)

    def scan(self) -> None:
        """List the regular files. Links, devices and names that leave the folder become problems."""
        root = self.root.resolve()
        for count, path in enumerate(sorted(self.root.rglob("*"))):
            name = path.relative_to(self.root).as_posix()
            if count >= MAX_FILES:
                self._fault(".", "too-many-files", f"超过 {MAX_FILES} 个文件", f"more than {MAX_FILES} files")
                return
            if path.is_symlink() or not path.resolve().is_relative_to(root):
                self._fault(name, "link", "是一个链接，可能指向包外", "is a link and may lead outside the pack")
                continue
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                self._names.append(name)
            elif not stat.S_ISDIR(mode):
                self._fault(name, "not-a-file", "不是普通文件", "is not a regular file")

    def matching(self, pattern: str) -> list[str]:
        """Names that match a shell pattern such as ``services/*/service.yaml``; one star stays inside one folder."""
        expression = re.compile(re.escape(pattern).replace(r"\*", "[^/]*"))
        return [name for name in self._names if expression.fullmatch(name)]

    def has(self, name: str) -> bool:
        """Whether the pack holds this regular file."""
        return name in self._names

    def folders(self, under: str) -> list[str]:
        """Folders directly under one, by name."""
        depth = under.count("/") + 1
        return sorted(
            {
                "/".join(n.split("/")[: depth + 1])
                for n in self._names
                if n.startswith(under + "/") and n.count("/") > depth
            }
        )

    def read_document(self, name: str) -> Document | None:
        """A YAML or JSON file, or None with the reasons in ``problems``."""
        content = self._content(name, MAX_FILE_BYTES)
        if content is None:
            return None
        text, sha256 = content
        parse: Callable[[str], tuple[Any, dict[Path, int]]] = parse_json if name.endswith(".json") else parse_yaml
        try:
            data, lines = parse(text)
        except Unreadable as unreadable:
            self.problems += [fault.at(name) for fault in unreadable.faults]
            return None
        return Document(name, data, lines, sha256)

    def read_text(self, name: str) -> TextDocument | None:
        """A text file, or None with the reasons in ``problems``."""
        content = self._content(name, MAX_FILE_BYTES)
        return TextDocument(name, *content) if content else None

    def read_rows(self, name: str) -> list[dict[str, Any]] | None:
        """A JSON-lines file of the catalogue, or None with the reasons in ``problems``."""
        content = self._content(name, MAX_CATALOGUE_BYTES)
        if content is None:
            return None
        rows, faults = [], []
        for number, line in enumerate(content[0].splitlines(), start=1):
            if not line.strip():
                continue
            try:
                rows.append(parse_json(line)[0])
            except Unreadable as unreadable:
                faults += [Fault(number, f.element, f.code, f.message, f.remedy).at(name) for f in unreadable.faults]
        self.problems += faults
        return None if faults else rows

    def sha256_of(self, name: str) -> str:
        """The digest of a file's bytes."""
        return hashlib.sha256((self.root / name).read_bytes()).hexdigest()

    def _content(self, name: str, limit: int) -> tuple[str, str] | None:
        path = self.root / name
        size = path.stat().st_size
        if size > limit:
            self._fault(
                name,
                "too-large",
                f"有 {size} 字节，超过 {limit}",
                f"holds {size} bytes, more than {limit}",
                "拆成几个文件",
                "split it into several files",
            )
            return None
        data = path.read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self._fault(
                name, "not-utf-8", "不是 UTF-8 文字", "is not UTF-8 text", "用 UTF-8 另存", "save it as UTF-8", line
            )
            return None
        hidden = _HIDDEN.search(text)
        if hidden:
            line = text.count("\n", 0, hidden.start()) + 1
            mark = f"U+{ord(hidden.group()):04X}"
            self._fault(
                name,
                "hidden-character",
                f"含看不见的字符 {mark}",
                f"holds the invisible character {mark}",
                "删掉这个字符",
                "remove that character",
                line,
            )
            return None
        return text, hashlib.sha256(data).hexdigest()

    def _fault(
        self,
        name: str,
        code: str,
        zh: str,
        en: str,
        do_zh: str = "从包里移走",
        do_en: str = "take it out of the pack",
        line: int = 1,
    ) -> None:
        self.problems.append(Problem(name, line, "", code, Text(zh=zh, en=en), Text(zh=do_zh, en=do_en)))
