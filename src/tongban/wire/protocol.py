"""The gateway's request and answer: ``POST /v1/{resource}/{operation}``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

TICKET_HEADER = "purpose-ticket"
TRACE_HEADER = "trace"
DEFAULT_OPERATION = "read"


class GatewayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of a read, and the fields wanted; without ``fields``, all that the ticket names for the resource."""

    parameters: dict[str, str]
    fields: tuple[str, ...] | None = None


class FieldProblem(msgspec.Struct, frozen=True):
    """A value the source holds but that cannot be stated in the declared form; the field is null in that record."""

    record: int
    field: str
    code: str


class GatewayAnswer(msgspec.Struct, frozen=True):
    """Released records with where and when they come from; the lists run parallel to ``records``.

    ``many`` says that the resource is a list: then no records is an answer, else it means that there is no such one.
    """

    resource: str
    source: str
    records: tuple[dict[str, Any], ...]
    observed_at: tuple[datetime | None, ...]
    record_versions: tuple[str | None, ...]
    problems: tuple[FieldProblem, ...]
    trace: str
    recorded_at: datetime
    many: bool = False


class Sentence(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    zh: str
    en: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why there is no answer. Source: RFC 9457; ``message`` and ``remedy`` hold both languages whatever was asked."""

    type: str
    title: str
    status: int
    code: str
    trace: str
    message: Sentence
    remedy: Sentence
    detail: str = ""
    details: dict[str, Any] = {}


request_decoder = msgspec.json.Decoder(GatewayRequest)
answer_decoder = msgspec.json.Decoder(GatewayAnswer)
problem_decoder = msgspec.json.Decoder(Problem)
encoder = msgspec.json.Encoder()
