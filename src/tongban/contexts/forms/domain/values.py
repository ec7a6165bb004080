"""The values a form holds and where each came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from tongban.kernel.errors import Text

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

Origin = Literal["source", "licence", "account", "applicant", "override"]
"""source: a department's record; account: the person's verified account; applicant: typed (declared, trust D)."""

TRUST: Mapping[Origin, str] = {"source": "A", "licence": "A", "account": "B", "applicant": "D", "override": "D"}
"""Trust of a value by its origin. Source: 国办函〔2016〕108号 (A issuer, B checked, C uploaded, D declared)."""


@dataclass(frozen=True, slots=True)
class StoredValue:
    """One field's value with its provenance, as kept with an application."""

    name: str
    value: Json
    origin: Origin
    source: str = ""
    resource: str = ""
    observed_at: datetime | None = None
    fetched_at: datetime | None = None
    record_version: str = ""
    reason: str = ""
    replaced: Json = None


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field, in words for the person who fills it; ``field`` is empty for the whole form."""

    field: str
    message: Text
    keyword: str = ""


def is_blank(value: Json) -> bool:
    """True for what counts as unanswered: nothing, an empty text or an empty list."""
    return value is None or value == "" or value == [] or value == ()
