"""Telling sites that a session is over. Source: OpenID Connect Back-Channel Logout 1.0.

A row for each site is written where the session's end is published; sending happens outside any transaction, to many
sites at once, so that a slow one delays nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import F
from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError

from tongban.contexts.identity import models
from tongban.contexts.identity.domain.sign_outs import next_attempt
from tongban.contexts.identity.models import LogoutState
from tongban.contexts.identity.provider import families, keys
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_token
from tongban.runtime.logs import get_logger

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_TOKEN_LIFE = timedelta(minutes=2)
_TIMEOUT = timedelta(seconds=3)
_LEASE = timedelta(seconds=20)
"""After this a delivery whose worker was killed is due again."""
_AT_ONCE = 32
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Letter:
    """One delivery as it goes out."""

    id: UUID
    uri: str
    token: str
    attempts: int
    since: datetime


def note_session_end(session_id: UUID, account_id: UUID, *, holder_may_have_changed: bool) -> int:
    """End the session's tokens, and write down which sites have to be told. Returns how many."""
    families.revoke_of_session(session_id, with_offline=holder_may_have_changed)
    if holder_may_have_changed:
        families.revoke_offline_of_account(account_id)
    now = utc_now()
    told = models.Authorization.objects.filter(session_id=session_id).exclude(code_used_at=None)
    sites = told.exclude(client__backchannel_logout_uri="").values_list("client_id", "subject", "issuer").distinct()
    rows = [
        models.LogoutDelivery(
            client_id=client, session_id=session_id, subject=subject, issuer=issuer, created_at=now, due_at=now
        )
        for client, subject, issuer in sites
    ]
    models.LogoutDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def send_due() -> Iterator[datetime]:
    """Tell every site that is due now. Yields when those that did not answer are due again."""
    while letters := _claim():
        sending = {_threads().submit(_send, letter): letter for letter in letters}
        for future in as_completed(sending):
            due_at = _note(sending[future], future.result())
            if due_at is not None:
                yield due_at


@transaction.atomic
def _claim() -> list[_Letter]:
    now = utc_now()
    due = models.LogoutDelivery.objects.filter(state=LogoutState.PENDING, due_at__lte=now)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("client").order_by("due_at")
    rows = list(locked[:_AT_ONCE])
    models.LogoutDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        due_at=now + _LEASE, attempts=F("attempts") + 1
    )
    return [
        _Letter(row.pk, row.client.backchannel_logout_uri, _token(row, now), row.attempts + 1, row.created_at)
        for row in rows
    ]


def _token(row: models.LogoutDelivery, now: datetime) -> str:
    claims = {
        "iss": row.issuer,
        "sub": row.subject,
        "aud": row.client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + _TOKEN_LIFE).timestamp()),
        "jti": new_token(16),
        "sid": str(row.session_id),
        "events": {EVENT: {}},
    }
    return keys.sign(claims, typ="logout+jwt")


def _send(letter: _Letter) -> str:
    """What the site answered: a status, or the kind of failure. Runs in a thread without a database connection."""
    if not letter.uri:
        return "no address"
    try:
        request = (
            _client()
            .post(letter.uri)
            .timeout(_TIMEOUT)
            .header("content-type", "application/x-www-form-urlencoded")
            .body_bytes(urlencode({"logout_token": letter.token}).encode())
        )
        return str(request.build().send().status)
    except (PyreqwestError, ValueError) as error:
        return type(error).__name__


def _note(letter: _Letter, answer: str) -> datetime | None:
    """Keep the receipt. Returns when the site is told again, if it is."""
    now, rows = utc_now(), models.LogoutDelivery.objects.filter(pk=letter.id, state=LogoutState.PENDING)
    if answer.startswith("2"):
        rows.update(state=LogoutState.DELIVERED, delivered_at=now, last_answer=answer)
        return None
    _log.warning("a site was not told of a sign-out", delivery_id=str(letter.id), answer=answer)
    due_at = next_attempt(attempts=letter.attempts, since=letter.since, now=now)
    if due_at is None:
        rows.update(state=LogoutState.ABANDONED, last_answer=answer)
    else:
        rows.update(due_at=due_at, last_answer=answer)
    return due_at


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="backchannel-logout")


@cache
def _client() -> SyncClient:
    return (
        SyncClientBuilder()
        .no_proxy()
        .follow_redirects(False)
        .connect_timeout(timedelta(seconds=2))
        .user_agent("tongban-identity")
        .build()
    )
