"""The OpenID provider as operators see it: its keys, its receipts, its upkeep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tongban.contexts.identity import models
from tongban.contexts.identity.provider import backchannel, families, keys
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.runtime import settings


@dataclass(frozen=True, slots=True)
class LogoutReceipt:
    """One site, one session that ended, and how telling the site went. ``state``: pending, delivered or abandoned."""

    id: UUID
    client_id: str
    site: Text
    state: str
    attempts: int
    ended_at: datetime
    due_at: datetime | None
    delivered_at: datetime | None
    last_answer: str


def provider_issuer() -> str:
    """The address under which sites find the provider."""
    return settings.current().web_url


def rotate_keys(*, actor: Actor = SYSTEM) -> str:
    """Sign with the next key from now on; the last one stays published. Returns the id of the key that signs now."""
    return keys.rotate(now=utc_now(), actor=actor)


def rotate_keys_when_due(*, now: datetime) -> bool:
    """Rotate when the current key has signed for 90 days. Returns whether it did."""
    return keys.rotate_when_due(now=now)


def send_due_logouts() -> tuple[datetime, ...]:
    """Tell every site that has to be told now. Returns when those that did not answer are due again."""
    return tuple(backchannel.send_due())


def has_due_logouts(*, now: datetime) -> bool:
    """Whether a site waits to be told: a retry, or what a killed worker left behind."""
    return models.LogoutDelivery.objects.filter(state=models.LogoutState.PENDING, due_at__lte=now).exists()


def forget_expired_tokens(*, now: datetime) -> int:
    """Delete requests, codes, tokens and receipts past their retention. Returns how many rows."""
    return families.forget_expired(now=now)


def list_logout_receipts(
    *, client_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[LogoutReceipt]:
    """How telling sites of sign-outs went, the latest first."""
    rows = models.LogoutDelivery.objects.select_related("client").order_by("-created_at", "-id")
    if client_id is not None:
        rows = rows.filter(client__client_id=client_id)
    if cursor:
        at, last = decode_cursor(cursor, [str, str])
        moment = datetime.fromisoformat(str(at))
        rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, id__lt=str(last)))
    found = list(rows[: limit + 1])
    page, more = found[:limit], len(found) > limit
    next_cursor = encode_cursor(page[-1].created_at.isoformat(), str(page[-1].pk)) if more else None
    return Page(tuple(_receipt(row) for row in page), next_cursor)


def _receipt(row: models.LogoutDelivery) -> LogoutReceipt:
    return LogoutReceipt(
        id=row.pk,
        client_id=row.client.client_id,
        site=Text(zh=row.client.name_zh, en=row.client.name_en),
        state=row.state,
        attempts=row.attempts,
        ended_at=row.created_at,
        due_at=row.due_at if row.state == models.LogoutState.PENDING else None,
        delivered_at=row.delivered_at,
        last_answer=row.last_answer,
    )
