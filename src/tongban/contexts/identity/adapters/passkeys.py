"""The passkey ceremonies: what a browser is asked, and whether its answer counts. The library keeps the keys."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import UnsupportedAlgorithm
from django.db import transaction
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.webauthn import (
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tongban.contexts.identity.api import limits
from tongban.contexts.identity.domain import passkeys as rules
from tongban.contexts.identity.models import Account
from tongban.kernel.clock import utc_now

_CHALLENGES = "identity.passkey_challenges"
_TIMEOUT_MS = int(rules.CHALLENGE_STANDS.total_seconds() * 1000)
_ANONYMOUS_SECONDS = 1800
_REQUIRED = UserVerificationRequirement.REQUIRED
_UNREADABLE = (
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    NotImplementedError,
    UnsupportedAlgorithm,
    struct.error,
)
"""What the library and its parts raise for bytes that are no answer of an authenticator."""


class NotProven(Exception):
    """The answer proves nothing: foreign, late, repeated, or of a key that the account does not hold."""


class Late(NotProven):
    """The challenge was used, lapsed, or given to another session or for another purpose."""


class Copied(NotProven):
    """The key's counter went back: two copies of it are about."""

    def __init__(self, authenticator: Authenticator) -> None:
        super().__init__()
        self.authenticator = authenticator


def begin_enrolment(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What the browser passes to ``navigator.credentials.create``: a discoverable key that verifies its user."""
    options, state = _server().register_begin(
        user=auth.build_user_payload(account),
        credentials=auth.get_credentials(account),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_REQUIRED,
        extensions=auth.EXTENSIONS,
    )
    _keep(request, state, "enrol")
    return dict(options)


def begin_proof(request: HttpRequest, purpose: rules.Purpose, account: Account | None = None) -> dict[str, Any]:
    """What the browser passes to ``navigator.credentials.get``; without an account it offers whichever keys it has."""
    credentials = auth.get_credentials(account) if account is not None else []
    options, state = _server().authenticate_begin(credentials=credentials, user_verification=_REQUIRED)
    _keep(request, state, purpose)
    return dict(options)


def complete_enrolment(request: HttpRequest, site: rules.Site, credential: object) -> tuple[dict[str, Any], int]:
    """The key as it is kept, and its counter. Raises: NotProven."""
    try:
        answer = RegistrationResponse.from_dict(_mapping(credential))
        client_data = answer.response.client_data
        _check_origin(client_data, site)
        state = _take(request, client_data, "enrol")
        server = _server()
        made: AuthenticatorData = server.register_complete(state, answer)
        _check_algorithm(server, made)
    except _UNREADABLE as error:
        raise NotProven from error
    response = dict(answer.response)
    kept = {name: response[name] for name in ("clientDataJSON", "attestationObject")}
    return {"id": answer.id, "rawId": answer.id, "type": "public-key", "response": kept}, made.counter


def complete_proof(
    request: HttpRequest, site: rules.Site, purpose: rules.Purpose, credential: object, account: Account | None = None
) -> Authenticator:
    """The key that signed this session's challenge, its counter written down. Raises: NotProven."""
    try:
        answer = AuthenticationResponse.from_dict(_mapping(credential))
        client_data = answer.response.client_data
        _check_origin(client_data, site)
        state = _take(request, client_data, purpose)
        owner = account or _owner(answer.response.user_handle)
        signed_by = _server().authenticate_complete(state, auth.get_credentials(owner), answer)
        found = auth.get_authenticator_by_credential_id(owner, signed_by.credential_id)
        shown = answer.response.authenticator_data.counter
    except _UNREADABLE as error:
        raise NotProven from error
    if found is None:
        raise NotProven
    return _count(found, shown)


def authenticator_data(authenticator: Authenticator) -> AuthenticatorData:
    """What the authenticator said of itself at enrolment."""
    data: AuthenticatorData = authenticator.wrap().authenticator_data
    return data


def _server() -> Fido2Server:
    server: Fido2Server = auth.get_server()
    server.timeout = _TIMEOUT_MS  # type: ignore[assignment]  # the library declares it by its default
    return server


def _mapping(credential: object) -> Mapping[str, Any]:
    if not isinstance(credential, dict):
        raise TypeError("not an object")
    return credential


def _check_origin(client_data: CollectedClientData, site: rules.Site) -> None:
    """The library takes any port and any subdomain of the relying party; other sites of the city are not this one."""
    if client_data.origin != site.origin or client_data.cross_origin:
        raise NotProven


def _check_algorithm(server: Fido2Server, made: AuthenticatorData) -> None:
    """The library enrols keys of algorithms that it cannot check later. Source: Web Authentication Level 3, 7.1."""
    held = made.credential_data
    if held is None or held.public_key.ALGORITHM not in {one.alg for one in server.allowed_algorithms}:
        raise NotProven


def _keep(request: HttpRequest, state: Mapping[str, Any], purpose: rules.Purpose) -> None:
    now = utc_now()
    new = rules.Challenge(str(state["challenge"]), purpose, str(state["user_verification"]), now)
    if request.session.is_empty():
        # A visitor's first look at the door: cookie and row go together, so that nobody is told of a lost session.
        request.session.set_expiry(_ANONYMOUS_SECONDS)
    request.session[_CHALLENGES] = rules.put_challenge(request.session.get(_CHALLENGES, []), new, now=now)


def _take(request: HttpRequest, client_data: CollectedClientData, purpose: rules.Purpose) -> dict[str, Any]:
    """The challenge that an answer repeats, used up: in the session, and once for all processes."""
    value = str(client_data._data["challenge"])
    rest, found = rules.take_challenge(request.session.get(_CHALLENGES, []), value, purpose, now=utc_now())
    request.session[_CHALLENGES] = rest
    if found is None:
        raise Late
    # Two requests at once may both have read the session; the claim can be made by one of them only.
    if not limits.claim_once("passkey-challenge", value, kept=rules.CHALLENGE_STANDS):
        raise Late
    return {"challenge": found["value"], "user_verification": found["user_verification"]}


def _owner(user_handle: bytes | None) -> Account:
    owner = Account.objects.filter(pk=UUID((user_handle or b"").decode())).first()
    if owner is None:
        raise NotProven
    return owner


def _count(authenticator: Authenticator, shown: int) -> Authenticator:
    """Write the key's counter down, unless it went back."""
    with transaction.atomic():
        row: Authenticator | None = (
            Authenticator.objects.select_for_update().select_related("user").filter(pk=authenticator.pk).first()
        )
        if row is None:
            raise NotProven
        if rules.went_back(kept=int(row.data.get("sign_count", 0)), shown=shown):
            raise Copied(row)
        row.data["sign_count"] = shown
        row.save(update_fields=["data"])
    return row
