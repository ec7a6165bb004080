"""Purpose tickets: the signed proof that exchange opened a purpose for a read. No purpose, no read."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

TICKET_TYPE = "tongban-purpose+jwt"
"""``typ`` of a ticket, so that no other signed document can stand in for it."""

TICKET_ISSUER = "tongban-exchange"
TICKET_AUDIENCE = "tongban-gateway"
TICKET_LIFETIME = timedelta(hours=24)
"""The longest life of a ticket; a purpose that lasts longer is given a fresh one."""

PurposeKind = Literal["application", "case", "standing"]


class PurposeTicket(msgspec.Struct, frozen=True, omit_defaults=True):
    """The claims of a ticket.

    Units: ``iat`` and ``exp`` seconds since 1970. Shape: ``sub`` and ``also`` are subject pseudonyms, ``jti`` the
    purpose's id, ``reads`` maps each resource to the fields that may be read under this purpose.
    """

    iss: str
    aud: str
    sub: str
    jti: str
    iat: int
    exp: int
    consumer: str
    kind: PurposeKind
    reference: str
    reads: dict[str, tuple[str, ...]]
    service: str | None = None
    also: tuple[str, ...] = ()

    @property
    def purpose(self) -> str:
        """The purpose as grants name it: the kind, or ``standing:<name>``."""
        return f"standing:{self.reference}" if self.kind == "standing" else self.kind


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(PurposeTicket)


def encode_ticket(ticket: PurposeTicket) -> bytes:
    """The claims as the payload of a compact JWS."""
    return _encoder.encode(ticket)


def decode_ticket(payload: bytes) -> PurposeTicket:
    """The claims in a verified payload. Raises: msgspec.DecodeError for anything else."""
    return _decoder.decode(payload)
