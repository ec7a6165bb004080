"""The one error base of the platform, and the words of an error in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the platform's two languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence for a language tag; Chinese unless the tag starts with ``en``."""
        return self.en if language.lower().startswith("en") else self.zh

    def __str__(self) -> str:
        return self.zh


NO_REMEDY = Text(zh="", en="")


class TongbanError(Exception):
    """An expected failure: a stable code, an HTTP status, what happened and what to do.

    ``details`` carries machine-readable facts (never personal data) into the RFC 9457 document.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: Text, *, remedy: Text = NO_REMEDY, **details: object) -> None:
        super().__init__(message.en)
        self.message = message
        self.remedy = remedy
        self.details: Mapping[str, object] = MappingProxyType(dict(details))


class NotFound(TongbanError):
    """What was asked for does not exist, or may not be known to exist."""

    code = "not-found"
    status = 404


class Conflict(TongbanError):
    """The request was right once, but the state has moved on."""

    code = "conflict"
    status = 409


class Invalid(TongbanError):
    """The request cannot be understood or breaks a rule."""

    code = "invalid"
    status = 422


class Forbidden(TongbanError):
    """The actor may not do this."""

    code = "forbidden"
    status = 403


class Unavailable(TongbanError):
    """A part that is needed does not answer now."""

    code = "unavailable"
    status = 503
