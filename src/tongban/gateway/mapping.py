"""From a source's record to the declared fields: codes to words, joined columns, dates; only the wanted fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tongban.kernel.clock import CITY_ZONE
from tongban.wire.policy import Column, Field, FieldType, Interface
from tongban.wire.protocol import FieldProblem

RawRecord = Mapping[str, Any]
_STEP = re.compile(r"[./]")
_TRUE, _FALSE = (
    frozenset({"1", "y", "yes", "true", "t", "是", "有"}),
    frozenset({"0", "n", "no", "false", "f", "否", "无"}),
)
_MOMENT_FORMS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


class Unmappable(ValueError):
    """A value that the declared form cannot state. The message is a code; it never holds the value."""


class Projector:
    """Makes the declared fields of one interface from raw records."""

    def __init__(self, interface: Interface) -> None:
        self._makers: dict[str, Callable[[RawRecord], Any]] = {}
        for field in interface.fields:
            column = interface.columns.get(field.name) or Column(columns=(field.name,))
            self._makers[field.name] = _field_maker(field, column)
        self._observed_at = interface.observed_at
        self._version = interface.record_version

    def project(
        self, raw: RawRecord, fields: tuple[str, ...], position: int
    ) -> tuple[dict[str, Any], list[FieldProblem]]:
        """The wanted fields of one record; a value that cannot be stated is null and named as a problem."""
        record: dict[str, Any] = {}
        problems: list[FieldProblem] = []
        for name in fields:
            try:
                record[name] = self._makers[name](raw)
            except Unmappable as error:
                record[name] = None
                problems.append(FieldProblem(position, name, str(error)))
        return record, problems

    def observed_at(self, raw: RawRecord) -> datetime | None:
        """When the source last saw the record, if it says so in a readable way."""
        if self._observed_at is None:
            return None
        try:
            return to_moment(_gather(raw, self._observed_at), self._observed_at.date)
        except Unmappable:
            return None

    def version(self, raw: RawRecord) -> str | None:
        """The source's own version of the record."""
        value = look_up(raw, self._version) if self._version else None
        return None if value is None else str(value)


def look_up(raw: Any, path: str) -> Any:
    """The value at a path: an exact name, the same name in another case, or steps through nested records."""
    if isinstance(raw, Mapping):
        if path in raw:
            return raw[path]
        if (folded := path.lower()) in raw:
            return raw[folded]
    value = raw
    for step in _STEP.split(path):
        if isinstance(value, Mapping):
            value = value.get(step, value.get(step.lower()))
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def to_moment(value: Any, form: str | None = None) -> datetime | None:
    """A moment with its zone; one without is the city's. Raises: Unmappable."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 (the zone is set below)
    else:
        moment = _parsed_moment(str(value).strip(), form)
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)


def _parsed_moment(text: str, form: str | None) -> datetime:
    form = form or (_MOMENT_FORMS.get(len(text)) if text.isdigit() else None)
    try:
        return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 (zone set by caller)
    except ValueError as error:
        raise Unmappable("date") from error


def _field_maker(field: Field, column: Column) -> Callable[[RawRecord], Any]:
    def make(raw: RawRecord) -> Any:
        value = _gather(raw, column)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            return None
        if column.codes is not None:
            try:
                value = column.codes[str(value)]
            except KeyError as error:
                raise Unmappable("unknown-code") from error
        if column.scale is not None:
            value = _decimal(value) * column.scale
        return _typed(field.type, value, column.date)

    return make


def _gather(raw: RawRecord, column: Column) -> Any:
    if len(column.columns) == 1:
        return look_up(raw, column.columns[0])
    parts = (look_up(raw, name) for name in column.columns)
    return column.separator.join(str(part).strip() for part in parts if part not in (None, ""))


def _typed(kind: FieldType, value: Any, form: str | None) -> Any:
    if kind == "string":
        return _text(value)
    if kind == "integer":
        number = _decimal(value)
        if number != number.to_integral_value():
            raise Unmappable("integer")
        return int(number)
    if kind == "decimal":
        return format(_decimal(value), "f")
    if kind == "number":
        number = _decimal(value)
        return int(number) if number == number.to_integral_value() else float(number)
    if kind == "boolean":
        return _boolean(value)
    if kind in ("date", "datetime"):
        moment = to_moment(value, form)
        if moment is None:
            return None
        return moment.date().isoformat() if kind == "date" else moment.isoformat()
    return _nested(value, list if kind == "list" else Mapping)


def _text(value: Any) -> str:
    if isinstance(value, Mapping | list):
        raise Unmappable("string")
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise Unmappable("number") from error
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise Unmappable("number")
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unmappable("boolean")


def _nested(value: Any, shape: Any) -> Any:
    if not isinstance(value, shape):
        if shape is list:
            return [_plain(value)]
        raise Unmappable("object")
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _text(value)
