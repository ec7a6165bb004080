"""What a site may ask when it sends somebody to sign in, and what has to happen before it gets its code.

Source: OpenID Connect Core 1.0 section 3.1.2, RFC 6749 section 4.1, RFC 7636, RFC 9449 section 10, RFC 9470.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from tongban.contexts.identity.domain.levels import AuthenticatorLevel, IdentityLevel, level_of_acr

RESPONSE_MODES = ("query", "form_post")
PROMPTS = ("none", "login", "consent", "select_account")
CLAIMS_BY_SCOPE: dict[str, tuple[str, ...]] = {
    "profile": ("name", "locale", "organisation", "roles"),
    "phone": ("phone_number", "phone_number_verified"),
    "email": ("email", "email_verified"),
    "identity": ("identity_level", "document_type"),
    "enterprise": ("enterprise",),
}
"""Which claims a scope opens. ``organisation`` and ``roles`` are told of staff only."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LONGEST = {"state": 2000, "nonce": 512, "login_hint": 254, "id_token_hint": 8000, "claims": 4000, "ui_locales": 100}
_MAX_AGE = 10 * 365 * 24 * 3600


class RequestRefused(Exception):
    """A request breaks a rule. ``error`` is the protocol's own word for it, ``description`` is for developers."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class AcrWish:
    """Levels of authentication, any of which would do. An essential wish is refused when it cannot be met."""

    levels: tuple[AuthenticatorLevel, ...] = ()
    is_essential: bool = False

    @property
    def least(self) -> AuthenticatorLevel | None:
        """The weakest level that satisfies the wish; ``None`` when every level does."""
        return min(self.levels, key=lambda level: level.rank, default=None)


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that keeps the rules."""

    scopes: tuple[str, ...]
    state: str
    nonce: str
    response_mode: str
    prompts: frozenset[str]
    max_age: int | None
    acr: AcrWish
    code_challenge: str
    dpop_jkt: str
    login_hint: str
    id_token_hint: str
    ui_locales: tuple[str, ...]
    id_token_claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who sits there, as far as the rules of a request ask. ``began_at`` is when the request first came."""

    now: datetime
    began_at: datetime
    is_signed_in: bool
    authenticated_at: datetime | None = None
    authenticator: AuthenticatorLevel = AuthenticatorLevel.PASSWORD
    identity_level: IdentityLevel = IdentityLevel.REGISTERED
    may_act_here: bool = True
    has_consented: bool = False


class Step(Enum):
    """What has to happen next."""

    SIGN_IN = "sign-in"
    AUTHENTICATE_AGAIN = "authenticate-again"
    SHOW_OTP = "show-otp"
    SHOW_PASSKEY = "show-passkey"
    PROVE_IDENTITY = "prove-identity"
    VISIT_HALL = "visit-hall"
    ACT_FOR_SELF = "act-for-self"
    CONSENT = "consent"
    ISSUE = "issue"


_ERRORS = {
    Step.SIGN_IN: "login_required",
    Step.AUTHENTICATE_AGAIN: "login_required",
    Step.SHOW_OTP: "unmet_authentication_requirements",
    Step.SHOW_PASSKEY: "unmet_authentication_requirements",
    Step.PROVE_IDENTITY: "interaction_required",
    Step.VISIT_HALL: "access_denied",
    Step.ACT_FOR_SELF: "interaction_required",
    Step.CONSENT: "consent_required",
}
"""What a site hears when a step is due but no page may be shown (``prompt=none``), or the visitor gives up."""


def read_request(parameters: Mapping[str, str], *, allowed_scopes: Collection[str]) -> Asked:
    """The request that parameters state. Raises: RequestRefused naming the parameter."""
    for name, longest in _LONGEST.items():
        if len(parameters.get(name, "")) > longest:
            raise RequestRefused("invalid_request", f"{name} is too long")
    _check_kind(parameters)
    claims = _read_claims(parameters.get("claims", ""))
    return Asked(
        scopes=_read_scopes(parameters.get("scope", ""), allowed_scopes),
        state=parameters.get("state", ""),
        nonce=parameters.get("nonce", ""),
        response_mode=parameters.get("response_mode") or "query",
        prompts=_read_prompts(parameters.get("prompt", "")),
        max_age=_read_max_age(parameters.get("max_age", "")),
        acr=_read_acr(parameters.get("acr_values", ""), claims),
        code_challenge=_read_challenge(parameters),
        dpop_jkt=_read_thumbprint(parameters.get("dpop_jkt", "")),
        login_hint=parameters.get("login_hint", ""),
        id_token_hint=parameters.get("id_token_hint", ""),
        ui_locales=tuple(parameters.get("ui_locales", "").split()),
        id_token_claims=_wanted_claims(claims),
    )


def next_step(asked: Asked, standing: Standing, *, minimum: IdentityLevel) -> Step:
    """What has to happen before a code is given: the first thing that is missing."""
    if not standing.is_signed_in or standing.authenticated_at is None:
        return Step.SIGN_IN
    if _is_stale(asked, standing, standing.authenticated_at):
        return Step.AUTHENTICATE_AGAIN
    least = asked.acr.least
    if least is not None and standing.authenticator.rank < least.rank:
        return Step.SHOW_PASSKEY if least is AuthenticatorLevel.PASSKEY else Step.SHOW_OTP
    if standing.identity_level.rank < minimum.rank:
        return Step.VISIT_HALL if minimum is IdentityLevel.IN_PERSON else Step.PROVE_IDENTITY
    if not standing.may_act_here:
        return Step.ACT_FOR_SELF
    if "consent" in asked.prompts and not standing.has_consented:
        return Step.CONSENT
    return Step.ISSUE


def error_of(step: Step) -> str:
    """How the protocol names a step that cannot be taken."""
    return _ERRORS[step]


def is_verifier(text: str) -> bool:
    """Whether a text can be a PKCE code verifier. Source: RFC 7636 section 4.1."""
    return _VERIFIER.fullmatch(text) is not None


def may_act_at(covered: frozenset[str] | None, served: Collection[str]) -> bool:
    """Whether a right that covers some services (``None``: all) may be used at a site that serves some."""
    return covered is None or (bool(served) and covered.issuperset(served))


def _is_stale(asked: Asked, standing: Standing, authenticated_at: datetime) -> bool:
    if authenticated_at >= standing.began_at:
        return False
    if asked.prompts & {"login", "select_account"}:
        return True
    return asked.max_age is not None and standing.now - authenticated_at > timedelta(seconds=asked.max_age)


def _check_kind(parameters: Mapping[str, str]) -> None:
    for name, error in (("request", "request_not_supported"), ("registration", "registration_not_supported")):
        if parameters.get(name):
            raise RequestRefused(error, f"the parameter {name} is not supported")
    if parameters.get("response_type") != "code":
        raise RequestRefused("unsupported_response_type", "response_type must be code")
    if (parameters.get("response_mode") or "query") not in RESPONSE_MODES:
        raise RequestRefused("invalid_request", "response_mode must be query or form_post")


def _read_scopes(text: str, allowed: Collection[str]) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(text.split()))
    if "openid" not in scopes:
        raise RequestRefused("invalid_scope", "scope must contain openid")
    for scope in scopes:
        if scope not in allowed:
            known = scope if re.fullmatch(r"[a-z_:.-]{1,40}", scope) else "one of the scopes"
            raise RequestRefused("invalid_scope", f"{known} is not registered for this client")
    return scopes


def _read_prompts(text: str) -> frozenset[str]:
    prompts = frozenset(text.split())
    if not prompts <= set(PROMPTS):
        raise RequestRefused("invalid_request", f"prompt must be of {', '.join(PROMPTS)}")
    if "none" in prompts and len(prompts) > 1:
        raise RequestRefused("invalid_request", "prompt=none stands alone")
    return prompts


def _read_max_age(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise RequestRefused("invalid_request", "max_age must be a number of seconds")
    return min(int(text), _MAX_AGE)


def _read_challenge(parameters: Mapping[str, str]) -> str:
    challenge = parameters.get("code_challenge", "")
    if not challenge:
        raise RequestRefused("invalid_request", "PKCE is required: code_challenge is missing")
    if parameters.get("code_challenge_method") != "S256":
        raise RequestRefused("invalid_request", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise RequestRefused("invalid_request", "code_challenge must be 43 base64url characters")
    return challenge


def _read_thumbprint(text: str) -> str:
    if text and not _CHALLENGE.fullmatch(text):
        raise RequestRefused("invalid_request", "dpop_jkt must be a SHA-256 thumbprint")
    return text


def _read_claims(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        claims = json.loads(text)
    except ValueError as error:
        raise RequestRefused("invalid_request", "claims must be JSON") from error
    wanted = claims.get("id_token") if isinstance(claims, dict) else None
    if not isinstance(claims, dict) or not isinstance(wanted, dict | None):
        raise RequestRefused("invalid_request", "claims must be an object of objects")
    return wanted or {}


def _read_acr(acr_values: str, claims: Mapping[str, Any]) -> AcrWish:
    asked = claims.get("acr")
    if isinstance(asked, dict):
        values = asked.get("values", [asked["value"]] if "value" in asked else [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise RequestRefused("invalid_request", "the values of acr must be strings")
        wish = _wish(values, is_essential=asked.get("essential") is True)
        if wish.is_essential and values and not wish.levels:
            raise RequestRefused("unmet_authentication_requirements", "no such acr is known here")
        if wish.levels:
            return wish
    return _wish(acr_values.split(), is_essential=False)


def _wish(values: Collection[str], *, is_essential: bool) -> AcrWish:
    return AcrWish(tuple(level for value in values if (level := level_of_acr(value))), is_essential)


def _wanted_claims(claims: Mapping[str, Any]) -> tuple[str, ...]:
    known = {name for names in CLAIMS_BY_SCOPE.values() for name in names}
    return tuple(sorted(known & claims.keys()))
