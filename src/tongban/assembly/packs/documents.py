"""A read file of a pack: its data, and the line on which each element stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.assembly.packs.problems import Problem
from tongban.kernel.errors import Text

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One structured file: ``file`` is relative to the pack, ``lines`` maps each element's path to its line."""

    file: str
    data: Any
    lines: Mapping[Path, int]
    sha256: str

    def line_of(self, path: Path) -> int:
        """The line of the element, or of its nearest ancestor that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path, code: str, message: Text, remedy: Text) -> Problem:
        """A problem at an element of this file."""
        return Problem(self.file, self.line_of(path), dotted(path), code, message, remedy)


@dataclass(frozen=True, slots=True)
class TextDocument:
    """One file that is kept as text: a guide or a process drawing."""

    file: str
    text: str
    sha256: str

    def problem(self, line: int, element: str, code: str, message: Text, remedy: Text) -> Problem:
        """A problem at a line of this file."""
        return Problem(self.file, line, element, code, message, remedy)


class Unreadable(Exception):
    """The text is not well formed: where, why and what to do, one or more times."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].message.en)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem that does not yet know its file."""

    line: int
    element: str
    code: str
    message: Text
    remedy: Text

    def at(self, file: str) -> Problem:
        """The problem in a file."""
        return Problem(file, self.line, self.element, self.code, self.message, self.remedy)


def dotted(path: Path) -> str:
    """``materials[2].name`` for ("materials", 2, "name")."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


MAX_DEPTH = 40


def too_deep(line: int, path: Path) -> Fault:
    """The fault of a structure nested beyond ``MAX_DEPTH``."""
    return Fault(
        line,
        dotted(path[:6]) + "…",
        "too-deep",
        Text(zh=f"嵌套超过 {MAX_DEPTH} 层", en=f"nested more than {MAX_DEPTH} levels deep"),
        Text(zh="把结构改浅", en="make the structure flatter"),
    )


def duplicate_key(line: int, path: Path, first_line: int) -> Fault:
    """The fault of a name written twice in one mapping."""
    return Fault(
        line,
        dotted(path),
        "duplicate-key",
        Text(
            zh=f"“{path[-1]}”写了两次，第一次在第 {first_line} 行",
            en=f'"{path[-1]}" is written twice, first on line {first_line}',
        ),
        Text(zh="删掉其中一个", en="remove one of the two"),
    )
