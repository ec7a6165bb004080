"""Facts that forms publishes. They carry ids only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ApplicationStarted:
    """Somebody began to apply."""

    topic: ClassVar[str] = "forms.application-started"
    version: ClassVar[int] = 1
    application_id: str
    service_code: str
    channel: str


@dataclass(frozen=True, slots=True)
class ValueOverridden:
    """An applicant replaced a department's value and said why; the values stay with the application."""

    topic: ClassVar[str] = "forms.value-overridden"
    version: ClassVar[int] = 1
    application_id: str
    field: str
    source: str
    resource: str


@dataclass(frozen=True, slots=True)
class SourceDidNotAnswer:
    """A department could not answer while a form was filled."""

    topic: ClassVar[str] = "forms.source-did-not-answer"
    version: ClassVar[int] = 1
    application_id: str
    source: str
    resource: str
    code: str


@dataclass(frozen=True, slots=True)
class DeclarationMade:
    """An application was handed in."""

    topic: ClassVar[str] = "forms.declaration-made"
    version: ClassVar[int] = 1
    declaration_id: str
    application_id: str
    service_code: str
    digest: str
