"""Facts that licences publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LicenceIssued:
    """A licence came into being."""

    topic: ClassVar[str] = "licences.issued"
    version: ClassVar[int] = 1

    licence_id: UUID
    type_code: str
    person_id: UUID
    case_number: str


@dataclass(frozen=True, slots=True)
class LicenceStateChanged:
    """A licence was suspended, restored or revoked."""

    topic: ClassVar[str] = "licences.state-changed"
    version: ClassVar[int] = 1

    licence_id: UUID
    state: str
