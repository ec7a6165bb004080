"""Posted strings made into typed values; what cannot be made typed is kept as typed, for validation to explain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from tongban.contexts.forms.domain.definition import FieldDefinition, FormDefinition
from tongban.contexts.forms.domain.values import Json, is_blank
from tongban.kernel import resident_id
from tongban.kernel.clock import CITY_ZONE

MAX_TEXT = 20_000
"""Characters kept of one answer; validation calls anything near it too long."""
_KEPT_CONTROLS = frozenset("\n\t")
_SEPARATORS = re.compile(r"[\s,，'_]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)
_DATE = re.compile(r"([0-9]{4})\D?([0-9]{1,2})\D?([0-9]{1,2})日?", re.ASCII)
_MONTH = re.compile(r"([0-9]{4})\D?([0-9]{1,2})月?", re.ASCII)
_MOMENT = re.compile(r"(.{8,11}?)[T ]\s*([0-9]{1,2})[:时点]([0-9]{2})分?(?::00)?(?:\+08:00)?")
_TRUE = frozenset({"true", "on", "1", "yes", "y", "是", "有"})
_FALSE = frozenset({"false", "off", "0", "no", "n", "否", "没有", "无"})


def coerce_answers(
    definition: FormDefinition, posted: Mapping[str, Sequence[str]], shown: Sequence[str]
) -> dict[str, Json]:
    """The typed answers of the fields that the page showed; None for one that was left or made blank.

    A browser posts nothing for an unticked box, so ``shown`` names what was asked; other names are ignored.
    """
    return {
        name: coerce(definition.by_name[name], posted.get(name, ()))
        for name in dict.fromkeys(shown)
        if name in definition.by_name
    }


def coerce(field: FieldDefinition, raw: Sequence[str]) -> Json:
    """One field's posted strings as a typed value; the cleaned text itself when it does not read as the type."""
    cleaned = [clean_text(text, is_multiline=field.widget in {"textarea", "address"}) for text in raw]
    if field.kind == "array":
        return [_as_option(field, text) for text in cleaned if text] or None
    text = cleaned[-1] if cleaned else ""
    if text == "":
        return False if field.kind == "boolean" and field.widget == "checkbox" else None
    if field.kind == "boolean":
        lowered = text.lower()
        return True if lowered in _TRUE else False if lowered in _FALSE else text
    if field.kind in {"integer", "number"}:
        return _as_number(field, text)
    return _as_text(field, text)


def clean_text(text: str, *, is_multiline: bool = False) -> str:
    """NFC text without control, surrogate, zero-width and direction-changing characters, trimmed and capped."""
    text = text[: MAX_TEXT * 2].replace("\r\n", "\n").replace("\r", "\n")
    if not is_multiline:
        text = text.replace("\n", " ")
    kept = "".join(
        c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Cn", "Co"}
    )
    return unicodedata.normalize("NFC", kept).strip()[:MAX_TEXT]


def fit(field: FieldDefinition, value: Json) -> Json:
    """A department's value as the field's type: codes to text, text to numbers; None for nothing."""
    if is_blank(value):
        return None
    if isinstance(value, str):
        return coerce(field, [value]) if field.widget != "money" else _as_plain_number(field, value)
    if field.kind == "string" and isinstance(value, bool):
        return "是" if value else "否"
    if field.kind == "string" and isinstance(value, int | float):
        return str(value)
    if field.kind == "array" and not isinstance(value, Sequence):
        return [value]
    return value


def _as_text(field: FieldDefinition, text: str) -> Json:
    if field.options:
        return _as_option(field, text)
    if field.widget == "id-number" or field.schema.get("format") in {"resident-id", "credit-code"}:
        return resident_id.normalise(text)
    if field.widget == "phone":
        return re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", text))
    if field.widget == "date" or field.schema.get("format") == "date":
        return _as_date(text)
    if field.widget == "datetime" or field.schema.get("format") == "date-time":
        return _as_moment(text)
    if field.widget == "month":
        match = _MONTH.fullmatch(unicodedata.normalize("NFKC", text))
        return f"{match[1]}-{int(match[2]):02d}" if match else text
    return text


def _as_option(field: FieldDefinition, text: str) -> Json:
    return next((option.value for option in field.options if str(option.value).lower() == text.lower()), text)


def _as_number(field: FieldDefinition, text: str) -> Json:
    """A typed number; a money field is typed in yuan and kept in fen. Units: minor (fen) for money."""
    if field.widget != "money":
        return _as_plain_number(field, text)
    plain = _plain_digits(text).removeprefix("¥").removeprefix("￥").removesuffix("元")
    if not _DECIMAL.fullmatch(plain):
        return text
    minor = Decimal(plain) * 100
    return int(minor) if minor == minor.to_integral_value() and abs(minor) < 10**15 else text


def _as_plain_number(field: FieldDefinition, text: str) -> Json:
    plain = _plain_digits(text)
    if field.kind == "integer":
        return int(plain) if _INTEGER.fullmatch(plain) else text
    if not _DECIMAL.fullmatch(plain):
        return text
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return text
    return int(number) if number == number.to_integral_value() else float(number)


def _plain_digits(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))


def _as_date(text: str) -> str:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if not match:
        return text
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return text


def _as_moment(text: str) -> str:
    """A local date and time with the city's offset, as a date-time of RFC 3339."""
    match = _MOMENT.fullmatch(unicodedata.normalize("NFKC", text))
    if not match:
        return text
    try:
        at = datetime.fromisoformat(f"{_as_date(match[1])}T{int(match[2]):02d}:{match[3]}:00")
    except ValueError:
        return text
    return at.replace(tzinfo=CITY_ZONE).isoformat()


def show(field: FieldDefinition, value: Json) -> str:
    """The value as an input shows it again: money in yuan, everything else as kept."""
    if is_blank(value):
        return ""
    if field.widget == "money" and isinstance(value, int) and not isinstance(value, bool):
        return f"{value // 100}.{value % 100:02d}" if value >= 0 else f"-{-value // 100}.{-value % 100:02d}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.widget == "datetime" and isinstance(value, str):
        return value.removesuffix(":00+08:00")
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value)
    return str(value)
