"""Authorizations with all tokens that came of them: found under a row lock, renewed, and ended together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db.models import Q, QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.domain.clients import ClientState
from tongban.contexts.identity.models import TokenKind
from tongban.contexts.identity.provider import claims, tokens
from tongban.kernel.clock import utc_now
from tongban.runtime.logs import get_logger

_log = get_logger(__name__)
_FAMILY = ("client", "session__account__person")
_READ = (
    *("client__client_id", "client__state", "client__is_public", "client__is_high_risk"),
    *("session__authenticator", "session__methods", "session__authenticated_at"),
    *("session__last_seen_at", "session__ended_at"),
    *("session__account__username", "session__account__realm", "session__account__is_active"),
    *("session__account__language", "session__account__email", "session__account__phone"),
    *("session__account__is_phone_verified", "session__account__person__name", "session__account__person__level"),
    *("session__account__person__account", "session__account__person__document_type"),
)
"""Beside an authorization's own columns: what decides and what is told. Encrypted columns of the person stay closed."""
_OWN = tuple(field.attname for field in models.Authorization._meta.concrete_fields)
_TOKEN = tuple(field.attname for field in models.IssuedToken._meta.concrete_fields)
_READ_OF_TOKEN = (*_TOKEN, *(f"authorization__{name}" for name in (*_OWN, *_READ)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """Tokens drawn for an answer, before they are stored."""

    access_token: str
    refresh_token: str
    scopes: tuple[str, ...]
    refresh_scopes: tuple[str, ...]
    jkt: str


def lock_by_code(code: str) -> models.Authorization | None:
    """The authorization that a code stands for, locked until the transaction ends: of several processes with the same
    code one sees it unused, and the others wait until it is used."""
    rows = models.Authorization.objects.select_for_update(of=("self",)).select_related(*_FAMILY)
    return rows.only(*_OWN, *_READ).filter(code_hash=tokens.hash_of(code)).first()


def lock_by_refresh_token(token: str) -> models.IssuedToken | None:
    """A refresh token's row with its authorization, both locked until the transaction ends."""
    rows = models.IssuedToken.objects.select_for_update(of=("self", "authorization"))
    found = _with_family(rows).filter(token_hash=tokens.hash_of(token), kind=TokenKind.REFRESH)
    return found.first()


def find_token(token: str, kind: TokenKind | None = None) -> models.IssuedToken | None:
    """A token's row with everything that decides whether it is good."""
    rows = _with_family(models.IssuedToken.objects.filter(token_hash=tokens.hash_of(token)))
    return (rows.filter(kind=kind) if kind else rows).first()


def is_good(token: models.IssuedToken, *, now: datetime) -> bool:
    """Whether a token answers: in time, neither used up nor revoked, and its family is alive."""
    if token.expires_at <= now or token.revoked_at is not None or token.used_at is not None:
        return False
    return is_alive(token.authorization, now=now)


def is_alive(authorization: models.Authorization, *, now: datetime) -> bool:
    """Whether a family may still be used: its site, account, session and the right acted under all stand."""
    session = authorization.session
    if authorization.revoked_at is not None or authorization.client.state != ClientState.APPROVED.value:
        return False
    if not session.account.is_active or authorization.created_at + tokens.FAMILY_LIFE <= now:
        return False
    if "offline_access" not in authorization.scopes and not _is_open(session, now):
        return False
    return claims.right_still_holds(authorization)


def draw(scopes: Collection[str], *, refresh_scopes: Collection[str], jkt: str) -> Drawn:
    """Fresh tokens for a family. An access token may be narrower than the refresh token beside it."""
    return Drawn(tokens.fresh(), tokens.fresh(), tuple(scopes), tuple(refresh_scopes), jkt)


def store(authorization: models.Authorization, drawn: Drawn, *, now: datetime) -> None:
    """Keep the hashes of fresh tokens.

    A refresh token is bound to a DPoP key only for public clients: the others prove themselves each time.
    """
    access = models.IssuedToken(
        token_hash=tokens.hash_of(drawn.access_token),
        authorization=authorization,
        kind=TokenKind.ACCESS,
        scopes=list(drawn.scopes),
        dpop_jkt=drawn.jkt,
        issued_at=now,
        expires_at=now + tokens.ACCESS_LIFE,
    )
    refresh = models.IssuedToken(
        token_hash=tokens.hash_of(drawn.refresh_token),
        authorization=authorization,
        kind=TokenKind.REFRESH,
        scopes=list(drawn.refresh_scopes),
        dpop_jkt=drawn.jkt if authorization.client.is_public else "",
        issued_at=now,
        expires_at=min(now + tokens.REFRESH_LIFE, authorization.created_at + tokens.FAMILY_LIFE),
    )
    models.IssuedToken.objects.bulk_create([access, refresh])


def revoke(authorization: models.Authorization, *, because: str) -> None:
    """End a family: none of its tokens answers any more."""
    changed = models.Authorization.objects.filter(pk=authorization.pk, revoked_at=None).update(revoked_at=utc_now())
    if changed:
        _log.warning("authorization revoked", authorization_id=str(authorization.pk), because=because)


def revoke_of_session(session_id: UUID, *, with_offline: bool) -> int:
    """End the families of a session; those for offline use only when the account's holder may have changed."""
    rows = models.Authorization.objects.filter(session_id=session_id, revoked_at=None)
    return _revoke(rows if with_offline else rows.exclude(scopes__contains=["offline_access"]))


def revoke_offline_of_account(account_id: UUID) -> int:
    """End the families that outlived their sessions."""
    rows = models.Authorization.objects.filter(session__account_id=account_id, revoked_at=None)
    return _revoke(rows.exclude(session__ended_at=None))


def forget_expired(*, now: datetime) -> int:
    """Delete what is past its retention. Returns how many rows."""
    gone = 0
    day = timedelta(days=1)
    unused = Q(code_used_at=None, code_expires_at__lt=now - day)
    for rows in (
        models.AuthorizationRequest.objects.filter(expires_at__lt=now),
        models.UsedProof.objects.filter(expires_at__lt=now),
        models.IssuedToken.objects.filter(expires_at__lt=now - day),
        models.Authorization.objects.filter(unused),
        models.LogoutDelivery.objects.filter(created_at__lt=now - timedelta(days=180)),
    ):
        deleted, _ = rows.delete()
        gone += deleted
    return gone


def _with_family(rows: QuerySet[models.IssuedToken, models.IssuedToken]) -> QuerySet[models.IssuedToken, Any]:
    return rows.select_related(*(f"authorization__{name}" for name in _FAMILY)).only(*_READ_OF_TOKEN)


def _revoke(rows: QuerySet[models.Authorization, Any]) -> int:
    return rows.update(revoked_at=utc_now())


def _is_open(session: models.AccountSession, now: datetime) -> bool:
    """A session that nobody has used for its whole time is over, even before it is swept away."""
    idle = timedelta(seconds=django_settings.SESSION_COOKIE_AGE)
    return session.ended_at is None and session.last_seen_at > now - idle
