"""The keys that sign ID tokens and logout tokens: published before they sign and after, renewed with overlap."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, transaction
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from tongban.contexts.identity import models
from tongban.contexts.identity.models import KeyState
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.clock import utc_now

ALGORITHM = "ES256"
ROTATED_AFTER = timedelta(days=90)
RETIRED_FOR = timedelta(days=30)
"""How long a key can still be verified with after it has signed for the last time."""
_LOOKED_AT_AGAIN = 15.0
"""Units: seconds. Within them a process may sign with a key that another has just retired; it is still published."""
_LOCK = 0x746F6E6762616E


@dataclass(frozen=True, slots=True)
class _Known:
    current: ECKey
    public: tuple[dict[str, Any], ...]
    looked_at: float


_known: _Known | None = None


def sign(claims: Mapping[str, Any], *, typ: str = "JWT") -> str:
    """A signed token with the current key."""
    key = _keys().current
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": typ}, dict(claims), key, [ALGORITHM])


def public_keys() -> tuple[dict[str, Any], ...]:
    """Every key that tokens are, were lately, or will be signed with, as public JWKs."""
    return _keys().public


def read_own(token: str) -> dict[str, Any] | None:
    """The claims of a token that this provider signed, expired or not; ``None`` for anything else."""
    try:
        return dict(jwt.decode(token, KeySet.import_key_set({"keys": list(public_keys())}), [ALGORITHM]).claims)
    except (JoseError, ValueError, TypeError):
        return None


@transaction.atomic
def rotate(*, now: datetime, actor: Actor = SYSTEM) -> str:
    """Let the next key sign from now on, and publish a new next one. Returns the id of the key that signs now."""
    _lock()
    _ensure(now)
    rows = models.SigningKey.objects
    rows.filter(state=KeyState.CURRENT).update(state=KeyState.RETIRED, retired_at=now)
    rows.filter(state=KeyState.NEXT).update(state=KeyState.CURRENT, activated_at=now)
    _make(KeyState.NEXT, now)
    rows.filter(state=KeyState.RETIRED, retired_at__lt=now - RETIRED_FOR).delete()
    current = rows.get(state=KeyState.CURRENT)
    audit.record(actor=actor, action="identity.keys-rotated", subject=f"key:{current.kid}")
    forget_known()
    return current.kid


def rotate_when_due(*, now: datetime) -> bool:
    """Rotate when the current key has signed for its time."""
    current = models.SigningKey.objects.filter(state=KeyState.CURRENT).first()
    if current is None or current.activated_at is None or current.activated_at > now - ROTATED_AFTER:
        return False
    rotate(now=now)
    return True


def forget_known() -> None:
    """Look the keys up at the next use."""
    global _known
    _known = None


def _keys() -> _Known:
    global _known
    known = _known
    if known is None or time.monotonic() - known.looked_at > _LOOKED_AT_AGAIN:
        known = _known = _load()
    return known


def _load() -> _Known:
    rows = list(models.SigningKey.objects.order_by("created_at"))
    if {KeyState.CURRENT, KeyState.NEXT} - {row.state for row in rows}:
        with transaction.atomic():
            _lock()
            _ensure(utc_now())
        rows = list(models.SigningKey.objects.order_by("created_at"))
    current = next(row for row in rows if row.state == KeyState.CURRENT)
    key = ECKey.import_key(msgspec.json.decode(current.private_jwk))
    order = list(KeyState.values)
    rows.sort(key=lambda row: (order.index(row.state) != 1, order.index(row.state)))
    return _Known(key, tuple(row.public_jwk for row in rows), time.monotonic())


def _ensure(now: datetime) -> None:
    """Make what is missing; the caller holds the lock."""
    for state in (KeyState.CURRENT, KeyState.NEXT):
        if not models.SigningKey.objects.filter(state=state).exists():
            _make(state, now)


def _make(state: KeyState, now: datetime) -> None:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    models.SigningKey.objects.create(
        kid=key.thumbprint(),
        public_jwk=key.as_dict(private=False),
        private_jwk=msgspec.json.encode(key.as_dict(private=True)).decode(),
        state=state,
        created_at=now,
        activated_at=now if state is KeyState.CURRENT else None,
    )


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
