"""Rows out of a file's bytes: JSON Lines, JSON, CSV (UTF-8, GB18030) and Excel. A bad row is a problem, not an end."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import python_calamine

from tongban.kernel.errors import Invalid, Text

MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file. ``number``: its place among the records, from 1. ``problem``: why it cannot be read."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problem: Text | None = None


def read_rows(content: bytes, *, filename: str) -> list[Row]:
    """All records of a file, by its ending and, failing that, by its first character. Raises: Invalid."""
    if len(content) > MAX_BYTES:
        raise _unreadable(filename, "文件超过 200 MB", "is larger than 200 MB")
    ending = PurePath(filename).suffix.lower()
    if ending in {".xlsx", ".xls", ".xlsb", ".ods"}:
        return list(_excel(content, filename))
    text = _decode(content, filename)
    start = text.lstrip()[:1]
    if ending == ".jsonl" or (ending != ".csv" and start == "{" and _is_lines(text)):
        return list(_json_lines(text))
    if ending == ".json" or (ending != ".csv" and start in {"[", "{"}):
        return list(_json(text, filename))
    return list(_csv(text, filename))


def columns_of(rows: list[Row]) -> tuple[str, ...]:
    """Every column that occurs, in order of first sight."""
    return tuple(dict.fromkeys(name for row in rows for name in row.values))


def _decode(content: bytes, filename: str) -> str:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(filename, "不是 UTF-8 或 GB18030 编码", "is neither UTF-8 nor GB18030")


def _is_lines(text: str) -> bool:
    """Whether a text is an object a line, whatever its name says: its first line stands alone and others follow."""
    first, _, rest = text.lstrip().partition("\n")
    try:
        json.loads(first)
    except ValueError:
        return False
    return bool(rest.strip())


def _json_lines(text: str) -> Iterator[Row]:
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError as error:
            yield Row(number, problem=Text(zh=f"不是有效的 JSON：{error}", en=f"is not valid JSON: {error}"))
            continue
        yield _record(number, record)


def _json(text: str, filename: str) -> Iterator[Row]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _unreadable(filename, f"不是有效的 JSON：{error}", f"is not valid JSON: {error}") from error
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list)]
        document = lists[0] if len(lists) == 1 else [document]
    if not isinstance(document, list):
        raise _unreadable(filename, "应为对象的列表", "must be a list of objects")
    for number, record in enumerate(document, 1):
        yield _record(number, record)


def _record(number: int, record: Any) -> Row:
    if not isinstance(record, dict):
        return Row(number, problem=Text(zh="不是对象", en="is not an object"))
    return Row(number, {str(key): value for key, value in record.items()})


def _csv(text: str, filename: str) -> Iterator[Row]:
    sample = text.split("\n", 1)[0]
    delimiter = max(",\t;|", key=sample.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _unreadable(filename, f"CSV 格式有误：{error}", f"is not well-formed CSV: {error}") from error
    yield from _table(table, filename)


def _excel(content: bytes, filename: str) -> Iterator[Row]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        table = workbook.get_sheet_by_index(0).to_python()
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise _unreadable(filename, f"不是可读的 Excel：{error}", f"is not a readable workbook: {error}") from error
    yield from _table([list(line) for line in table], filename)


def _table(table: list[list[Any]], filename: str) -> Iterator[Row]:
    filled = [line for line in table if any(str(cell).strip() for cell in line if cell is not None)]
    if not filled:
        raise _unreadable(filename, "是空的", "is empty")
    header = [str(cell).strip() for cell in filled[0]]
    for number, line in enumerate(filled[1:], 1):
        if len(line) > len(header) and any(str(cell).strip() for cell in line[len(header) :]):
            yield Row(
                number,
                problem=Text(
                    zh=f"有 {len(line)} 格，表头只有 {len(header)} 列",
                    en=f"has {len(line)} cells under {len(header)} columns",
                ),
            )
            continue
        yield Row(number, {name: cell for name, cell in zip(header, line, strict=False) if name})


def _unreadable(filename: str, zh: str, en: str) -> Invalid:
    return Invalid(
        Text(zh=f"{PurePath(filename).name}：{zh}", en=f"{PurePath(filename).name}: {en}"),
        remedy=Text(
            zh="支持 JSONL、JSON、CSV（UTF-8 或 GB18030）和 Excel；请检查文件",
            en="JSONL, JSON, CSV (UTF-8 or GB18030) and Excel are read; check the file",
        ),
    )
