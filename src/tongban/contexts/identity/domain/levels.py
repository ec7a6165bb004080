"""How sure the city is of who somebody is, and of who holds the session: two things, kept apart.

The identity level belongs to the person: nobody checked, the police register agreed, or somebody looked at card and
face. The authenticator level belongs to a session: how its holder proved to be the account's owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

ACR_PREFIX = "urn:tongban:acr:"


class IdentityLevel(Enum):
    """How well a person's identity is proven, weakest first."""

    REGISTERED = "registered"
    REAL_NAME = "real-name"
    IN_PERSON = "in-person"

    @property
    def rank(self) -> int:
        """Place in the order, from 1."""
        return list(IdentityLevel).index(self) + 1


class AuthenticatorLevel(Enum):
    """How the holder of a session proved to own the account, weakest first."""

    PASSWORD = "password"  # noqa: S105  a level, not a password
    OTP = "otp"
    PASSKEY = "passkey"

    @property
    def rank(self) -> int:
        """Place in the order, from 1."""
        return list(AuthenticatorLevel).index(self) + 1

    @property
    def acr(self) -> str:
        """The level as the ``acr`` claim of OpenID Connect names it."""
        return f"{ACR_PREFIX}{self.value}"


ACR_VALUES = tuple(level.acr for level in AuthenticatorLevel)
"""What relying parties may ask for, weakest first."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a session has shown. ``methods`` are ``amr`` values (RFC 8176), sorted."""

    authenticator: AuthenticatorLevel
    methods: tuple[str, ...]


_METHODS = {
    ("password", ""): (AuthenticatorLevel.PASSWORD, ("pwd",)),
    ("mfa", "totp"): (AuthenticatorLevel.OTP, ("otp",)),
    ("mfa", "recovery_codes"): (AuthenticatorLevel.OTP, ("otp",)),
    ("mfa", "webauthn"): (AuthenticatorLevel.PASSKEY, ("pop", "user")),
    ("device", "passkey"): (AuthenticatorLevel.PASSKEY, ("pop", "mca")),
    ("device", "otp"): (AuthenticatorLevel.OTP, ("otp", "mca")),
    ("device", "password"): (AuthenticatorLevel.PASSWORD, ("pwd", "mca")),
}
"""What each way of authenticating proves. ``device`` is a sign-in allowed from another device of the same person."""


def proof_of(records: Iterable[Mapping[str, Any]]) -> Proof | None:
    """What a session's records of authentication add up to; ``None`` when they prove nothing.

    A passkey stands by itself. A code counts only beside a password: alone it is one factor, and a weak one.
    """
    level, methods = None, set[str]()
    for record in records:
        found = _METHODS.get((str(record.get("method")), str(record.get("type") or "")))
        if found is None:
            continue
        methods.update(found[1])
        if level is None or found[0].rank > level.rank:
            level = found[0]
    if level is None:
        return None
    if level is AuthenticatorLevel.OTP and not methods & {"pwd", "mca"}:
        level = AuthenticatorLevel.PASSWORD
    if level is AuthenticatorLevel.PASSKEY or {"pwd", "otp"} <= methods:
        methods.add("mfa")
    return Proof(level, tuple(sorted(methods)))


def level_of_acr(acr: str) -> AuthenticatorLevel | None:
    """The level that an ``acr`` value names, or ``None`` for an unknown one."""
    return next((level for level in AuthenticatorLevel if level.acr == acr), None)
