"""Reading single values of an export: what is published, limits, lists, flags, numbers that may not be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

NOT_PUBLISHED = frozenset({"", "无", "暂无", "没有", "/", "-", "—", "－", "null", "none", "n/a", "nan"})

_LIMIT = re.compile(r"(?P<days>\d{1,4})\s*(?:个)?\s*[（(]?\s*(?P<unit>工作日|自然日|日历日|天|日|个月|月|年)?\s*[)）]?")
_AT_ONCE = re.compile(r"即办|即时|当场|当日|立等可取|马上")
_UNITS = {
    "工作日": ("working-day", 1),
    "个月": ("calendar-day", 30),
    "月": ("calendar-day", 30),
    "年": ("calendar-day", 365),
}
_YES = frozenset({"是", "支持", "有", "1", "true", "yes", "y", "可以", "能"})
_NO = frozenset({"否", "不支持", "无", "0", "false", "no", "n", "不可以", "不能"})
_BLANKS = re.compile(r"[ \t　]+")
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?"
    r"(?:1[3-9]\d{9}|400[- ]?\d{3}[- ]?\d{4}|[（(]?0\d{2,3}[)）]?[-— ]?\d{7,8}(?:[-转]\d{1,6})?)(?![0-9])"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s，。；、）)》”]+|[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")
_STREET = re.compile(
    r"[^，。；：、\s（(]{2,12}?(?:市|区|县)[^，。；：\s]{0,20}?(?:路|街|大道|巷)[^，。；：\s]{0,8}?\d+号[^，。；\s]*"
)


def text_of(value: Any) -> str:
    """A cell as one clean text: blanks run together, control characters gone, whole numbers without a decimal part."""
    if value is None or (isinstance(value, list | dict | tuple) and not value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    lines = (_BLANKS.sub(" ", _printable(line)).strip() for line in str(value).replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def published(value: Any) -> str:
    """The text of a cell, empty when it only says that there is nothing."""
    text = text_of(value)
    return "" if text.casefold() in NOT_PUBLISHED else text


def parse_limit(value: Any) -> tuple[dict[str, Any] | None, str]:
    """A time limit as ``{days, unit}`` and what is odd about it. Units: working-day or calendar-day.

    A text that states no days is kept as ``{note}`` and flagged, never guessed.
    """
    text = published(value)
    if not text:
        return None, ""
    match = _LIMIT.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if match is not None:
        unit, factor = _UNITS.get(match["unit"] or "工作日", ("calendar-day", 1))
        warning = "" if match["unit"] else "limit-without-unit"
        return {"days": int(match["days"]) * factor, "unit": unit}, warning
    if _AT_ONCE.search(text):
        return {"days": 0, "unit": "working-day"}, ""
    return {"note": text}, "limit-not-understood"


def parse_list(value: Any, separators: str = "\n;；、") -> list[str]:
    """Published entries of a list or of a text with separators, in order, without repeats."""
    if isinstance(value, list | tuple):
        parts = [published(part) for part in value]
    else:
        parts = [published(part) for part in re.split(f"[{re.escape(separators)}]+", published(value))]
    return list(dict.fromkeys(part for part in parts if part))


def parse_flag(value: Any) -> bool | None:
    """Yes, no, or not published."""
    text = text_of(value).casefold()
    if text in _YES:
        return True
    return False if text in _NO else None


def parse_count(value: Any) -> int | None:
    """A whole number that is not negative, or None."""
    text = published(value)
    match = re.fullmatch(r"(\d{1,4})(?:\.0+)?\s*次?", text)
    return int(match[1]) if match else None


def without_contacts(text: str, phone: str) -> str:
    """A text in which telephone numbers became the department's and other cities' streets, sites and mailboxes went."""
    return _STREET.sub("政务服务中心", _ADDRESS.sub("", _PHONE.sub(phone, text)))


def chosen(value: Any, values: Mapping[str, str], default: str = "") -> str:
    """A cell translated through a mapping's ``values``; ``default`` for what it does not name."""
    text = published(value)
    return values.get(text, default or text)


def _printable(line: str) -> str:
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in line if c not in "​‌‍﻿")
