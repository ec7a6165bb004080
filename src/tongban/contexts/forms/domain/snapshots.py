"""What forms hands to surfaces and to contexts above: frozen, without rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tongban.contexts.forms.domain.definition import Option
from tongban.contexts.forms.domain.materials import MaterialSlot
from tongban.contexts.forms.domain.values import FieldProblem, Json
from tongban.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field as it stands: how it is asked, its value, where that came from, what is wrong with it.

    ``shown`` is the text of an input, ``words`` the value as people read it.
    """

    name: str
    label: Text
    value: Json
    origin: str
    source: str
    source_name: Text
    observed_at: datetime | None
    fetched_at: datetime | None
    problem: Text | None
    widget: str
    is_required: bool
    hint: Text | None
    options: tuple[Option, ...]
    shown: str
    words: Text
    section: int
    unit: Text | None = None
    autocomplete: str = ""
    expected_from: Text | None = None
    waits_for_choice: bool = False
    replaced: Text | None = None
    reason: str = ""
    depends_on: str = ""
    depends_values: tuple[str, ...] = ()
    resource: str = ""
    resource_field: str = ""

    @property
    def is_filled_for_you(self) -> bool:
        """True when the value is the city's, or replaced one of the city's."""
        return self.origin in {"source", "licence", "account", "override"}


@dataclass(frozen=True, slots=True)
class SourceFailure:
    """A department that could not answer, and has not since."""

    department: str
    department_name: Text
    code: str
    resource: str
    message: Text
    failed_at: datetime
    labels: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """Several records of one department, of which one has to be chosen. Shape: rows of (label, value) facts."""

    resource: str
    source: str
    source_name: Text
    chosen: int | None
    records: tuple[tuple[tuple[Text, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """A department whose data the declaration passes on, what of it, and to whom."""

    source: str
    source_name: Text
    labels: tuple[Text, ...]
    recipients: tuple[Text, ...]
    is_required: bool


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it stands.

    ``deferred`` are the fields that other answers would bring up; ``problems`` is what keeps it from being handed in;
    ``is_conditional`` says that answers bring up fields or materials.
    """

    id: UUID
    service_code: str
    version: int
    service_name: Text
    person_id: UUID
    enterprise_id: UUID | None
    channel: str
    state: Literal["draft", "submitted"]
    revision: int
    sections: tuple[Text, ...]
    values: tuple[FieldValue, ...]
    deferred: tuple[FieldValue, ...]
    source_failures: tuple[SourceFailure, ...]
    choices: tuple[RecordChoice, ...]
    materials: tuple[MaterialSlot, ...]
    consents: tuple[Consent, ...]
    problems: tuple[FieldProblem, ...]
    is_prefilled: bool
    is_generic: bool
    is_conditional: bool
    created_at: datetime
    updated_at: datetime

    def value_of(self, name: str) -> FieldValue | None:
        """The field of a name, None where the form does not ask it now."""
        return next((value for value in self.values if value.name == name), None)


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft in a list."""

    id: UUID
    service_code: str
    service_name: Text
    channel: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Declaration:
    """What was handed in, once."""

    id: UUID
    application_id: UUID
    service_code: str
    version: int
    person_id: UUID
    enterprise_id: UUID | None
    agent_id: UUID | None
    channel: str
    values: Mapping[str, Json]
    provenance: Mapping[str, Mapping[str, Any]]
    materials: tuple[Mapping[str, Any], ...]
    failures: tuple[Mapping[str, str], ...]
    consents: tuple[str, ...]
    digest: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of which a stale page and the saved draft say different things."""

    name: str
    label: Text
    mine: Text
    saved: Text
    mine_shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a material slot with its bytes."""

    filename: str
    content_type: str
    data: bytes
