"""Verification of purpose tickets: signature, audience, life, and nothing taken on trust."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from joserfc.jwk import OKPKey

from tongban.gateway.problems import TicketExpired, TicketInvalid, TicketMissing
from tongban.runtime.signatures import SignatureRefused, verify
from tongban.wire.tickets import (
    TICKET_AUDIENCE,
    TICKET_ISSUER,
    TICKET_LIFETIME,
    TICKET_TYPE,
    PurposeTicket,
    decode_ticket,
)

MAX_TICKET_LENGTH = 16_384
CLOCK_SKEW_SECONDS = 30


def verify_ticket(compact: str | None, *, keys: Mapping[str, OKPKey], now: datetime) -> PurposeTicket:
    """The claims of a ticket that exchange signed and that lives now. Raises: TicketMissing, -Invalid, -Expired."""
    if not compact:
        raise TicketMissing
    if len(compact) > MAX_TICKET_LENGTH:
        raise TicketInvalid(reason="length")
    ticket = _verified_claims(compact, keys)
    if ticket.iss != TICKET_ISSUER or ticket.aud != TICKET_AUDIENCE:
        raise TicketInvalid(reason="audience")
    seconds = now.timestamp()
    if ticket.exp - ticket.iat > TICKET_LIFETIME.total_seconds() or ticket.iat > seconds + CLOCK_SKEW_SECONDS:
        raise TicketInvalid(reason="life")
    if ticket.exp <= seconds:
        raise TicketExpired
    return ticket


def _verified_claims(compact: str, keys: Mapping[str, OKPKey]) -> PurposeTicket:
    try:
        return decode_ticket(verify(compact, typ=TICKET_TYPE, keys=keys))
    except (SignatureRefused, msgspec.MsgspecError) as error:
        raise TicketInvalid(reason="signature") from error
