"""JSON with the line of every element; a name written twice is refused, not silently dropped."""

from __future__ import annotations

import json
import math
import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # missing from the stubs only
from typing import Any

from tongban.assembly.packs.documents import MAX_DEPTH, Fault, Path, Unreadable, duplicate_key, too_deep
from tongban.kernel.errors import Text

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,3})?(?![0-9.])")
_WORDS = {"true": True, "false": False, "null": None}


def parse_json(text: str) -> tuple[Any, dict[Path, int]]:
    """The data and the line of each element. Raises: Unreadable with every fault that could be found."""
    scanner = _Scanner(text)
    try:
        value = scanner.value(scanner.skip(0), ())
        end = scanner.skip(scanner.end)
        if end != len(text):
            raise JSONDecodeError("text after the end of the document", text, end)
    except JSONDecodeError as error:
        raise Unreadable([*scanner.faults, _syntax(error)]) from None
    if scanner.faults:
        raise Unreadable(scanner.faults)
    return value, scanner.lines


def _syntax(error: JSONDecodeError) -> Fault:
    return Fault(
        error.lineno,
        "",
        "json-syntax",
        Text(
            zh=f"不是合法的 JSON（第 {error.colno} 列）：{error.msg}",
            en=f"not valid JSON (column {error.colno}): {error.msg}",
        ),
        Text(zh="看这里的逗号、引号和括号是否成对", en="check commas, quotes and brackets here"),
    )


class _Scanner:
    """A recursive reader over the text; ``end`` is where the last value stopped."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.lines: dict[Path, int] = {(): 1}
        self.faults: list[Fault] = []
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._line = 0

    def line_at(self, position: int) -> int:
        # Positions only grow, so a moving index beats a search.
        while self._line < len(self._breaks) and self._breaks[self._line] < position:
            self._line += 1
        return self._line + 1

    def skip(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def value(self, position: int, path: Path) -> Any:
        if len(path) > MAX_DEPTH:
            raise Unreadable([*self.faults, too_deep(self.line_at(position), path)])
        self.lines.setdefault(path, self.line_at(position))
        start = self.text[position : position + 1]
        if start == "{":
            return self._mapping(position + 1, path)
        if start == "[":
            return self._list(position + 1, path)
        if start == '"':
            value, self.end = scanstring(self.text, position + 1, True)
            return value
        return self._atom(position)

    def _atom(self, position: int) -> Any:
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, position):
                self.end = position + len(word)
                return meaning
        match = _NUMBER.match(self.text, position)
        if not match:
            raise JSONDecodeError("a value is expected", self.text, position)
        number = json.loads(match.group())
        if not math.isfinite(number):
            raise JSONDecodeError("the number is too large", self.text, position)
        self.end = match.end()
        return number

    def _mapping(self, position: int, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first_lines: dict[str, int] = {}
        position = self.skip(position)
        if self.text[position : position + 1] == "}":
            self.end = position + 1
            return result
        while True:
            if self.text[position : position + 1] != '"':
                raise JSONDecodeError("a name in quotes is expected", self.text, position)
            line = self.line_at(position)
            name, position = scanstring(self.text, position + 1, True)
            here = (*path, name)
            if name in first_lines:
                self.faults.append(duplicate_key(line, here, first_lines[name]))
            first_lines.setdefault(name, line)
            self.lines[here] = line
            position = self.skip(position)
            if self.text[position : position + 1] != ":":
                raise JSONDecodeError("a colon is expected", self.text, position)
            result[name] = self.value(self.skip(position + 1), here)
            position = self._next(self.skip(self.end), "}")
            if position < 0:
                return result

    def _list(self, position: int, path: Path) -> list[Any]:
        result: list[Any] = []
        position = self.skip(position)
        if self.text[position : position + 1] == "]":
            self.end = position + 1
            return result
        while True:
            result.append(self.value(position, (*path, len(result))))
            position = self._next(self.skip(self.end), "]")
            if position < 0:
                return result

    def _next(self, position: int, closing: str) -> int:
        """The start of the next member, or -1 when the bracket closed."""
        mark = self.text[position : position + 1]
        if mark == closing:
            self.end = position + 1
            return -1
        if mark != ",":
            raise JSONDecodeError(f"a comma or {closing} is expected", self.text, position)
        return self.skip(position + 1)
