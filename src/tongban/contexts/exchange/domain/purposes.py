"""How long a purpose lasts, and the ticket that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tongban.kernel.errors import Conflict, Text
from tongban.wire.tickets import (
    TICKET_AUDIENCE,
    TICKET_ISSUER,
    TICKET_LIFETIME,
    PurposeKind,
    PurposeTicket,
)

LIFETIME: Mapping[PurposeKind, timedelta] = {
    "application": timedelta(hours=24),
    "case": timedelta(days=180),
    "standing": timedelta(minutes=10),
}
"""How long a purpose lasts unless it is closed before: an application a day, a case until it is closed (at most half
a year), one act under a standing purpose ten minutes."""


class PurposeEnded(Conflict):
    """The purpose was closed or has run out."""

    code = "purpose-ended"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="这个用途已经结束，不能再用来读取数据", en="This purpose has ended; it no longer allows reads"),
            remedy=Text(zh="如仍需要，请重新发起", en="Begin again if the data is still needed"),
        )


def merge_reads(reads: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Fields by resource; a resource named twice gets the fields of both, in the order in which they were named."""
    merged: dict[str, tuple[str, ...]] = {}
    for resource, fields in reads:
        merged[resource] = tuple(dict.fromkeys((*merged.get(resource, ()), *fields)))
    return merged


def make_ticket(
    *,
    purpose_id: UUID,
    kind: PurposeKind,
    reference: str,
    service_code: str | None,
    consumer: str,
    subject: str,
    also: Sequence[str],
    reads: Mapping[str, tuple[str, ...]],
    expires_at: datetime,
    closed_at: datetime | None,
    now: datetime,
) -> PurposeTicket:
    """A ticket for a purpose that is open now; it lives no longer than the purpose. Raises: PurposeEnded."""
    if closed_at is not None or expires_at <= now:
        raise PurposeEnded
    return PurposeTicket(
        iss=TICKET_ISSUER,
        aud=TICKET_AUDIENCE,
        sub=subject,
        jti=str(purpose_id),
        iat=int(now.timestamp()),
        exp=int(min(expires_at, now + TICKET_LIFETIME).timestamp()),
        consumer=consumer,
        kind=kind,
        reference=reference,
        reads=dict(reads),
        service=service_code,
        also=tuple(also),
    )
