"""Sessions: opened, raised, listed, ended; when one ends by itself, and where its holder begins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from tongban.contexts.identity import models
from tongban.contexts.identity.adapters.session_store import IDLE_KEY, SID_KEY
from tongban.contexts.identity.domain.levels import AuthenticatorLevel, IdentityLevel, Proof, proof_of
from tongban.contexts.identity.events import SessionEnded
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import NotFound, Text
from tongban.kernel.ids import new_id

FACTOR_KEY = "identity.second_factor_at"
_RENEWED_KEY = "identity.renewed_at"
_RENEW_AFTER = timedelta(minutes=5)
"""How long a session is used before its new end is written: one write in that time, not one a request."""
_UNPROVEN = Proof(AuthenticatorLevel.PASSWORD, ())
_TOLD = (models.Ending.REMOTE, models.Ending.PASSWORD_CHANGED, models.Ending.ACCOUNT_RESET)
"""Endings that happen elsewhere: the browser that comes back is told which it was."""
LISTED_SESSIONS = 50
END_COOKIE = "session-end"
"""Carries the reason of an ended session past the redirect to the door: the dead cookie is taken away at once."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What an account session has proven. ``id`` is the ``sid`` of OpenID Connect, ``methods`` its ``amr``."""

    id: UUID
    account_id: UUID
    identity_level: IdentityLevel
    authenticator: AuthenticatorLevel
    methods: tuple[str, ...]
    authenticated_at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its holder sees it in the list of places where they are signed in."""

    id: UUID
    description: str
    authenticator: AuthenticatorLevel
    methods: tuple[str, ...]
    started_at: datetime
    last_seen_at: datetime
    is_this: bool


class SessionUnknown(NotFound):
    """There is no such open session of this account."""

    code = "session-unknown"


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or raised, with a second factor."""
    return bool(request.session.get(FACTOR_KEY))


def note_second_factor(request: HttpRequest) -> None:
    """Remember that the second factor was shown now."""
    request.session[FACTOR_KEY] = utc_now().isoformat()


def open_session(request: HttpRequest, account: models.Account, records: Iterable[dict[str, Any]]) -> UUID:
    """Begin an account session for a browser that has just signed in; one that it carried before is over."""
    close_session(request, because=models.Ending.REPLACED)
    now, proof = utc_now(), proof_of(records) or _UNPROVEN
    row = models.AccountSession.objects.create(
        id=new_id(),
        account=account,
        identity_level=_identity_level(account),
        authenticator=proof.authenticator.value,
        methods=list(proof.methods),
        authenticated_at=now,
        started_at=now,
        last_seen_at=now,
    )
    request.session.set_expiry(0)  # the cookie ends with the browser, by whichever way one signed in
    request.session[SID_KEY] = str(row.pk)
    return row.pk


def raise_session(request: HttpRequest, records: Iterable[dict[str, Any]]) -> None:
    """Note that the holder proved themselves again: the time of authentication moves, the level can only rise."""
    sid, proof = request.session.get(SID_KEY), proof_of(records)
    if sid is None or proof is None:
        return
    models.AccountSession.objects.filter(pk=sid, ended_at=None).update(
        authenticator=proof.authenticator.value, methods=list(proof.methods), authenticated_at=utc_now()
    )


def find_session(request: HttpRequest) -> SessionFacts | None:
    """What the request's session has proven, or ``None`` when nobody is signed in."""
    sid = request.session.get(SID_KEY)
    row = models.AccountSession.objects.filter(pk=sid, ended_at=None).first() if sid else None
    if row is None:
        return None
    account = getattr(request, "user", None)
    if isinstance(account, models.Account) and account.pk == row.account_id:
        row.account = account  # the request knows them already
    return _facts(row)


def find_open_session(session_id: UUID) -> SessionFacts | None:
    """An open account session by its id, or ``None`` when it has ended."""
    row = models.AccountSession.objects.select_related("account__person").filter(pk=session_id, ended_at=None).first()
    return _facts(row) if row is not None else None


def list_sessions(*, account_id: UUID, this: UUID | None = None) -> tuple[OpenSession, ...]:
    """Where an account is signed in now, the latest first; ``this`` is the session that asks."""
    return tuple(
        OpenSession(
            id=row.pk,
            description=row.description,
            authenticator=AuthenticatorLevel(row.authenticator),
            methods=tuple(row.methods),
            started_at=row.started_at,
            last_seen_at=row.last_seen_at,
            is_this=row.pk == this,
        )
        for row in _open(account_id).order_by("-last_seen_at")[:LISTED_SESSIONS]
    )


def close_session(request: HttpRequest, *, because: models.Ending = models.Ending.SIGNED_OUT) -> None:
    """End the account session that a request's browser carries, if any."""
    sid = request.session.pop(SID_KEY, None)
    if sid is not None:
        with transaction.atomic():
            _end(models.AccountSession.objects.filter(pk=sid, ended_at=None), because)


def end_session(*, account_id: UUID, session_id: UUID, actor: Actor) -> None:
    """Sign a browser out from afar. Raises: SessionUnknown."""
    with transaction.atomic():
        if not _end(_open(account_id).filter(pk=session_id), models.Ending.REMOTE):
            raise SessionUnknown(
                Text(zh="这次登录已经退出", en="That session has already ended"),
                remedy=Text(zh="请刷新页面看现在的登录", en="Reload the page to see where you are signed in"),
            )
        audit.record(actor=actor, action="identity.session-ended", subject=f"session:{session_id}")


def end_sessions(*, account_id: UUID, because: models.Ending, keep: UUID | None = None) -> int:
    """End every session of an account but ``keep``, in the caller's transaction or one of its own. Returns how many."""
    with transaction.atomic():
        rows = _open(account_id)
        return _end(rows.exclude(pk=keep) if keep else rows, because)


def end_other_sessions(*, account_id: UUID, keep: UUID, actor: Actor) -> int:
    """Sign an account out everywhere but here. Returns how many sessions that ended."""
    with transaction.atomic():
        ended = end_sessions(account_id=account_id, because=models.Ending.REMOTE, keep=keep)
        audit.record(
            actor=actor,
            action="identity.other-sessions-ended",
            subject=f"account:{account_id}",
            detail={"ended": ended},
        )
    return ended


def forget_ended_sessions(*, now: datetime) -> int:
    """Close sessions whose browser let them lapse, and delete what is past its retention. Returns how many lapsed."""
    models.BrowserSession.objects.filter(expire_date__lte=now).delete()
    lapsed_before = now - timedelta(seconds=django_settings.SESSION_COOKIE_AGE)
    with transaction.atomic():
        carried = models.BrowserSession.objects.exclude(signed_in=None).values("signed_in")
        lapsed = models.AccountSession.objects.filter(ended_at=None, last_seen_at__lte=lapsed_before)
        count = _end(lapsed.exclude(pk__in=carried), models.Ending.EXPIRED)
    models.AccountSession.objects.filter(ended_at__lte=now - timedelta(days=180)).delete()
    models.EndedBrowser.objects.filter(ended_at__lte=now - timedelta(days=1)).delete()
    return count


def end_lapsed_sessions(*, now: datetime) -> int:
    """End the account sessions whose browser's own has run out, so that whoever relied on them lets go within the
    minute. Returns how many."""
    carrying = models.BrowserSession.objects.exclude(signed_in=None)
    lapsed = carrying.filter(expire_date__lte=now).values("signed_in")
    with transaction.atomic():
        rows = models.AccountSession.objects.filter(ended_at=None, pk__in=lapsed)
        return _end(
            rows.exclude(pk__in=carrying.filter(expire_date__gt=now).values("signed_in")), models.Ending.EXPIRED
        )


def why_session_was_lost(request: HttpRequest) -> str:
    """Why the session that the browser brought has ended: a reason of ``models.Ending``; empty when it stands."""
    brought = request.COOKIES.get(django_settings.SESSION_COOKIE_NAME)
    if not brought:
        return ""
    request.session.get(_RENEWED_KEY)  # loads it; an ended session loses its key
    if request.session.session_key is not None:
        return ""
    found = models.EndedBrowser.objects.filter(pk=_hash_of(brought)).values_list("because", flat=True).first()
    return found or models.Ending.EXPIRED.value


def session_end_to_tell(request: HttpRequest) -> str:
    """Why the browser's last session ended, for the door to say: a reason of ``models.Ending``, or empty."""
    told = request.COOKIES.get(END_COOKIE, "")
    return told if told in models.Ending.values else ""


def session_ends_at(request: HttpRequest) -> datetime | None:
    """When a signed-in session ends if no further request comes; ``None`` without one."""
    renewed = request.session.get(_RENEWED_KEY)
    if renewed is None or not request.user.is_authenticated:
        return None
    return datetime.fromtimestamp(float(renewed), UTC) + timedelta(seconds=request.session.get_expiry_age())


def home_of(actor: Actor) -> str:
    """Where someone starts after signing in."""
    if actor.kind != "staff":
        return "/my/"
    if "clerk" in actor.roles:
        return "/counter/"
    return "/desk/" if "approver" in actor.roles else "/console/"


def keep_alive(request: HttpRequest) -> None:
    """Move the end of a session in use: of a short one with every request."""
    renewed, now = float(request.session.get(_RENEWED_KEY, 0)), utc_now()
    after = 0.0 if IDLE_KEY in request.session else _RENEW_AFTER.total_seconds()
    if request.session.session_key and now.timestamp() - renewed > after:
        request.session[_RENEWED_KEY] = now.timestamp()
        if sid := request.session.get(SID_KEY):
            models.AccountSession.objects.filter(pk=sid, ended_at=None).update(last_seen_at=now)


def _open(account_id: UUID) -> QuerySet[models.AccountSession]:
    return models.AccountSession.objects.filter(account_id=account_id, ended_at=None)


def _end(rows: QuerySet[models.AccountSession], because: models.Ending) -> int:
    """Close rows, take their browsers' sessions away, and tell whoever relied on them."""
    ended = list(rows.select_for_update().only("id", "account_id"))
    ids = [row.pk for row in ended]
    if not ids:
        return 0
    now = utc_now()
    models.AccountSession.objects.filter(pk__in=ids).update(ended_at=now, ended_because=because.value)
    browsers = models.BrowserSession.objects.filter(signed_in__in=ids)
    if because in _TOLD:
        keys = browsers.values_list("session_key", flat=True)
        told = [models.EndedBrowser(key_hash=_hash_of(key), because=because.value, ended_at=now) for key in keys]
        models.EndedBrowser.objects.bulk_create(told, ignore_conflicts=True)
    browsers.delete()
    for row in ended:
        outbox.publish(SessionEnded(str(row.pk), str(row.account_id), because.value))
    return len(ids)


def _hash_of(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def _facts(row: models.AccountSession) -> SessionFacts:
    return SessionFacts(
        id=row.pk,
        account_id=row.account_id,
        identity_level=IdentityLevel(_identity_level(row.account)),
        authenticator=AuthenticatorLevel(row.authenticator),
        methods=tuple(row.methods),
        authenticated_at=row.authenticated_at,
        started_at=row.started_at,
    )


def _identity_level(account: models.Account) -> str:
    person = getattr(account, "person", None)
    return person.level if person is not None else IdentityLevel.REGISTERED.value
