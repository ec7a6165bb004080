"""The policy snapshot: everything a gateway needs to decide on a read, in one signed document."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

SNAPSHOT_TYPE = "tongban-policy+jws"
"""``typ`` of the signed snapshot, so that no other signed document can stand in for it."""

SNAPSHOT_LIFETIME = timedelta(minutes=10)
"""How long a gateway serves from one snapshot when no newer one arrives; then it refuses."""

SharingClass = Literal["unconditional", "conditional", "withheld"]
FieldType = Literal["string", "integer", "decimal", "number", "boolean", "date", "datetime", "list", "object"]


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One declared item of a resource."""

    name: str
    label: str
    label_en: str = ""
    type: FieldType = "string"
    sensitivity: int = 2


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One parameter a request must carry, exactly once. ``pattern`` must match the whole value."""

    name: str
    pattern: str
    max_length: int = 200


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a declared field is made from a source's columns.

    ``columns`` are paths into the source's record; several are joined by ``separator``. ``codes`` turns codes into
    words, ``date`` is a strptime format, ``scale`` multiplies (yuan to fen).
    """

    columns: tuple[str, ...]
    separator: str = ""
    codes: dict[str, str] | None = None
    date: str | None = None
    scale: int | None = None


class SqlSource(msgspec.Struct, frozen=True, tag="sql"):
    """A read-only query with named parameters ``%(name)s``."""

    connection: str
    query: str


class HttpSource(msgspec.Struct, frozen=True, tag="http", omit_defaults=True):
    """An HTTP service. ``{name}`` in path, query values and body stand for parameters; values are always escaped.

    ``record`` is the path to the record or records. With ``ok_path``, the answer counts only when the value there is
    one of ``ok_values``: many services say in the body what others say by status.
    """

    connection: str
    format: Literal["json", "xml"]
    method: Literal["GET", "POST"] = "GET"
    path: str = "/"
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    body: str | None = None
    record: str = ""
    ok_path: str = ""
    ok_values: tuple[str, ...] = ()
    not_found: tuple[int, ...] = (404,)


class CsvSource(msgspec.Struct, frozen=True, tag="csv-drop", omit_defaults=True):
    """Files dropped into a folder. ``trailer`` starts the last line, which states the number of rows; the header
    follows ``skip`` lines."""

    connection: str
    file: str
    key: str
    key_parameter: str
    encoding: str = "gb18030"
    delimiter: str = ","
    skip: int = 0
    trailer: str = "END"


Source = SqlSource | HttpSource | CsvSource


class Interface(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operation of a data resource and how its source answers it.

    ``subject_parameter`` names the parameter that says whose data is read. ``subject_column`` names a column of the
    answer that does: rows of other subjects are dropped before anything else is looked at. A resource about
    persons has one of the two.
    """

    resource: str
    operation: str
    name: str
    provider: str
    sharing_class: SharingClass
    fields: tuple[Field, ...]
    parameters: tuple[Parameter, ...]
    source: Source
    columns: dict[str, Column]
    name_en: str = ""
    subject_parameter: str | None = None
    subject_column: str | None = None
    observed_at: Column | None = None
    record_version: str | None = None
    timeout_ms: int = 1500
    many: bool = False
    max_records: int = 500


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A consumer's right to fields of a resource, for services and purposes, on a legal basis."""

    id: str
    consumer: str
    resource: str
    fields: tuple[str, ...]
    services: tuple[str, ...]
    purposes: tuple[str, ...]
    basis: str
    rate_per_minute: int = 600
    expires_at: datetime | None = None


class Consumer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who may call. ``token_hashes`` are SHA-256 (hex) of bearer tokens; ``acts_for`` may hold ``*``."""

    code: str
    token_hashes: tuple[str, ...] = ()
    acts_for: tuple[str, ...] = ()


class VerificationKey(msgspec.Struct, frozen=True):
    """A public Ed25519 key with which tickets are verified. Shape: ``x`` is base64url without padding."""

    kid: str
    x: str


class PolicySnapshot(msgspec.Struct, frozen=True):
    """All interfaces, grants, consumers and ticket keys at one moment. Versions only grow."""

    version: int
    issued_at: datetime
    expires_at: datetime
    interfaces: tuple[Interface, ...]
    grants: tuple[Grant, ...]
    consumers: tuple[Consumer, ...]
    ticket_keys: tuple[VerificationKey, ...]


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(PolicySnapshot)


def encode_snapshot(snapshot: PolicySnapshot) -> bytes:
    """The bytes that are signed: the same snapshot gives the same bytes."""
    return _encoder.encode(snapshot)


def decode_snapshot(body: bytes) -> PolicySnapshot:
    """The snapshot in verified bytes. Raises: msgspec.DecodeError for anything else."""
    return _decoder.decode(body)
