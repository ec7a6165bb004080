"""YAML with the line of every element, restricted to what a data file needs.

Built from the parser's events, so that nothing is constructed from tags, `no` and `2026-01-01` stay the words that
were written, and a file whose anchors multiply is refused before it is walked.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from tongban.assembly.packs.documents import MAX_DEPTH, Fault, Path, Unreadable, dotted, duplicate_key, too_deep
from tongban.kernel.errors import Text

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}")
MAX_ELEMENTS = 200_000
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


def parse_yaml(text: str) -> tuple[Any, dict[Path, int]]:
    """The data and the line of each element. Raises: Unreadable with every fault that could be found."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.faults.append(_syntax(mark.line + 1 if mark else 1, error.problem or error.context or ""))
    except yaml.YAMLError as error:
        builder.faults.append(_syntax(1, str(error)))
    if builder.faults:
        raise Unreadable(builder.faults)
    return builder.root, builder.lines


def _syntax(line: int, reason: str) -> Fault:
    return Fault(
        line,
        "",
        "yaml-syntax",
        Text(zh=f"不是合法的 YAML：{reason}", en=f"not valid YAML: {reason}"),
        Text(
            zh="看这一行和上一行的缩进、冒号和引号；含“: ”或“#”的文字要加引号",
            en='check indentation, colons and quotes here and one line above; put text with ": " or "#" in quotes',
        ),
    )


class _Frame:
    """A mapping or list that is still open."""

    __slots__ = ("anchor", "begun_at", "first_lines", "items", "key", "path")

    def __init__(self, items: dict[str, Any] | list[Any], path: Path, anchor: str | None, begun_at: int) -> None:
        self.items = items
        self.path = path
        self.anchor = anchor
        self.begun_at = begun_at
        self.key: str | None = None
        self.first_lines: dict[str, int] = {}


class _Builder:
    """Puts data together from parser events, and keeps lines and faults."""

    def __init__(self) -> None:
        self.root: Any = None
        self.lines: dict[Path, int] = {(): 1}
        self.faults: list[Fault] = []
        self._open: list[_Frame] = []
        self._documents = 0
        self._elements = 0
        self._anchored: dict[str, tuple[Any, int]] = {}

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(line, "one-document", "一个文件里有两份 YAML 文档", "two YAML documents in one file")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", line)
        elif isinstance(event, yaml.ScalarEvent):
            self._check_tag(event.tag, line)
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._check_tag(event.tag, line)
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self._open.pop()
            if frame.anchor:
                self._anchored[frame.anchor] = (frame.items, self._elements - frame.begun_at)

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag and tag != "!":
            self._refuse(line, "tag", f"用了 YAML 标签 {tag}", f"a YAML tag {tag} is used")

    def _alias(self, name: str, line: int) -> None:
        if name not in self._anchored:
            self._refuse(line, "alias", f"别名“*{name}”在它自己里面", f'the alias "*{name}" stands inside itself')
        value, size = self._anchored.get(name, (None, 1))
        self._count(size, line)
        self._put(value, line)

    def _count(self, size: int, line: int) -> None:
        self._elements += size
        if self._elements > MAX_ELEMENTS:
            self._refuse(line, "too-many-elements", f"超过 {MAX_ELEMENTS} 个元素", f"more than {MAX_ELEMENTS} elements")
            raise Unreadable(self.faults)

    def _refuse(self, line: int, code: str, zh: str, en: str) -> None:
        where = dotted(self._open[-1].path) if self._open else ""
        self.faults.append(
            Fault(line, where, code, Text(zh=zh, en=en), Text(zh="把内容直接写出来", en="write the content out"))
        )

    def _begin(self, items: dict[str, Any] | list[Any], anchor: str | None, line: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable([*self.faults, too_deep(line, self._open[-1].path)])
        begun_at = self._elements
        self._count(1, line)
        path = self._put(items, line)
        self._open.append(_Frame(items, path, anchor, begun_at))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        frame = self._open[-1] if self._open else None
        if frame is not None and isinstance(frame.items, dict) and frame.key is None:
            self._name(frame, event.value, line)
            return
        value = _value(event)
        if event.anchor:
            self._anchored[event.anchor] = (value, 1)
        self._count(1, line)
        self._put(value, line)

    def _name(self, frame: _Frame, name: str, line: int) -> None:
        if name in frame.first_lines:
            self.faults.append(duplicate_key(line, (*frame.path, name), frame.first_lines[name]))
        frame.first_lines.setdefault(name, line)
        frame.key = name
        self.lines[(*frame.path, name)] = line

    def _put(self, value: Any, line: int) -> Path:
        if not self._open:
            self.root = value
            return ()
        frame = self._open[-1]
        if isinstance(frame.items, list):
            path: Path = (*frame.path, len(frame.items))
            frame.items.append(value)
            self.lines[path] = line
            return path
        if frame.key is None:
            self._refuse(line, "key-not-text", "键不是一个词", "a key is not a word")
            frame.key = "?"
        path = (*frame.path, frame.key)
        frame.items[frame.key] = value
        frame.key = None
        return path


def _value(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
