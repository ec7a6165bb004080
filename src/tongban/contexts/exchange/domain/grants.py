"""Grants as a pack writes them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

import msgspec

from tongban.kernel.clock import CITY_ZONE
from tongban.kernel.errors import Invalid, Text
from tongban.wire.policy import Grant

_PURPOSE = re.compile(r"application|case|standing:[a-z][a-z0-9-]*")


class GrantRefused(Invalid):
    """A grant says something that cannot be; the message names it."""

    code = "grant-refused"


class GrantRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One grant in ``grants.yaml``."""

    consumer: str
    resource: str
    fields: tuple[str, ...] | Literal["*"]
    services: tuple[str, ...]
    purposes: tuple[str, ...]
    basis: str
    rate_per_minute: int = 600
    expires: date | None = None


def read_grants(rows: Sequence[Mapping[str, Any]], *, fields_of: Mapping[str, Sequence[str]]) -> tuple[Grant, ...]:
    """The grants in a pack's rows, ``*`` written out. Raises: GrantRefused naming the row and element.

    Shape: ``fields_of`` gives the field names of every catalogued resource.
    """
    grants: dict[str, Grant] = {}
    for number, row in enumerate(rows, start=1):
        try:
            grant = _grant(msgspec.convert(row, GrantRow), fields_of)
        except msgspec.ValidationError as error:
            raise _refuse(number, f"格式有误：{error}", f"is malformed: {error}") from error
        except ValueError as error:
            raise _refuse(number, *error.args) from error
        if grant.id in grants:
            raise _refuse(number, "与前面一项重复", "repeats an earlier one")
        grants[grant.id] = grant
    return tuple(grants.values())


def _grant(row: GrantRow, fields_of: Mapping[str, Sequence[str]]) -> Grant:
    known = fields_of.get(row.resource)
    if known is None:
        raise ValueError(f"资源 {row.resource} 不在目录里", f"names {row.resource}, which is not in the catalogue")
    fields = tuple(known) if row.fields == "*" else tuple(row.fields)
    if unknown := sorted(set(fields) - set(known)):
        raise ValueError(f"资源 {row.resource} 没有字段 {unknown}", f"names fields {unknown} that {row.resource} lacks")
    if not (fields and row.services and row.purposes and row.basis.strip()):
        raise ValueError("字段、事项、用途、依据都不能为空", "needs fields, services, purposes and a basis")
    if wrong := [purpose for purpose in row.purposes if not _PURPOSE.fullmatch(purpose)]:
        raise ValueError(f"用途 {wrong} 不认识", f"names unknown purposes {wrong}")
    if row.rate_per_minute < 1:
        raise ValueError("rate_per_minute 至少为 1", "needs a rate_per_minute of at least 1")
    return Grant(
        id=_identifier(row),
        consumer=row.consumer,
        resource=row.resource,
        fields=fields,
        services=row.services,
        purposes=row.purposes,
        basis=row.basis.strip(),
        rate_per_minute=row.rate_per_minute,
        expires_at=_end_of(row.expires) if row.expires else None,
    )


def _identifier(row: GrantRow) -> str:
    """The same grant keeps its name when its fields, rate or end change."""
    text = "\x1f".join((row.consumer, row.resource, *sorted(row.services), "", *sorted(row.purposes)))
    return f"{row.consumer}:{row.resource}:{hashlib.sha256(text.encode()).hexdigest()[:8]}"[-64:]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), CITY_ZONE)


def _refuse(number: int, zh: str, en: str) -> GrantRefused:
    return GrantRefused(
        Text(zh=f"授权表第 {number} 项：{zh}", en=f"Grant {number} {en}"),
        remedy=Text(zh="请修改 grants.yaml 中的这一项后重新装载", en="Correct it in grants.yaml and load again"),
        number=number,
    )
