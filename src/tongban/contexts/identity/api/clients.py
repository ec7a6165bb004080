"""Sites that sign people in: asked for by a department, approved by the city's office, suspended and restored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from tongban.contexts.identity import models
from tongban.contexts.identity.domain import clients as rules
from tongban.contexts.identity.domain.clients import ClientState
from tongban.contexts.identity.domain.levels import IdentityLevel
from tongban.contexts.identity.provider import registration
from tongban.contexts.identity.provider.registration import ClientInvalid
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, NotFound, Text

SCOPES = rules.SCOPES
AUTH_METHODS = rules.AUTH_METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRegistration:
    """What a department states of its site. Blank fields get what fits the kind of client.

    ``service_codes`` are the services that the site is for: only then may somebody act there under a mandate that is
    limited to services. ``jwks`` is a public key set (RFC 7517), needed for ``private_key_jwt``.
    """

    name_zh: str
    redirect_uris: tuple[str, ...]
    name_en: str = ""
    organisation: str = ""
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    sector: str = ""
    is_public: bool = False
    is_high_risk: bool = False
    for_staff: bool = False
    is_resource_server: bool = False
    auth_method: str = ""
    jwks: dict[str, Any] | None = None
    scopes: tuple[str, ...] = SCOPES
    minimum_level: IdentityLevel = IdentityLevel.REGISTERED
    service_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A registered site. Its secret is not here: nobody can read it again."""

    id: UUID
    client_id: str
    name: Text
    organisation: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    backchannel_logout_uri: str
    sector: str
    is_public: bool
    is_high_risk: bool
    for_staff: bool
    is_resource_server: bool
    auth_method: str
    has_secret: bool
    key_ids: tuple[str, ...]
    scopes: tuple[str, ...]
    minimum_level: IdentityLevel
    service_codes: tuple[str, ...]
    state: ClientState
    requested_by: str
    requested_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class NewClient:
    """A site just registered, with its secret: shown once. Empty for clients that prove themselves otherwise."""

    client: Client
    secret: str = field(repr=False)


class ClientUnknown(NotFound):
    """No site is registered under this id."""

    code = "client-unknown"


class ClientStateWrong(Conflict):
    """The site is in another state by now."""

    code = "client-state-wrong"


@transaction.atomic
def register_client(asked: ClientRegistration, *, actor: Actor = SYSTEM) -> NewClient:
    """Ask for a site to be let in. It signs nobody in before it is approved. Raises: ClientInvalid naming ``field``."""
    values = registration.checked(asked)
    secret = registration.new_secret() if values["auth_method"] in rules.SECRET_METHODS else ""
    row = models.Client.objects.create(
        **values,
        client_id=registration.new_client_id(),
        secret_hash=registration.hash_of(secret) if secret else "",
        requested_by=actor.reference,
        requested_at=utc_now(),
    )
    _record(row, "identity.client-registered", actor, kind=_kind(row))
    return NewClient(view_of(row), secret)


@transaction.atomic
def change_client(client_id: str, asked: ClientRegistration, *, actor: Actor = SYSTEM) -> Client:
    """Replace what a site states of itself; id, state and secret stay. Raises: ClientUnknown, ClientInvalid.

    The sector stays too: people would become strangers to the site. Without new keys the known ones stay.
    """
    row = _locked(client_id)
    if asked.jwks is None and row.jwks:
        asked = replace(asked, jwks=row.jwks)
    values = registration.checked(asked, sector=row.sector)
    if (values["auth_method"] in rules.SECRET_METHODS) and not row.secret_hash:
        raise registration.invalid(
            "auth_method",
            Text(zh="这个客户端没有密钥", en="This client has no secret"),
            Text(zh="请另行登记一个客户端", en="Register another client instead"),
        )
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    _record(row, "identity.client-changed", actor)
    return view_of(row)


def approve_client(client_id: str, *, actor: Actor = SYSTEM, reason: str = "") -> Client:
    """Let a requested site sign people in. Raises: ClientUnknown, ClientStateWrong."""
    return _decide(client_id, "approve", actor, reason)


def refuse_client(client_id: str, *, reason: str, actor: Actor = SYSTEM) -> Client:
    """Turn a requested site down, saying why. Raises: ClientUnknown, ClientStateWrong."""
    return _decide(client_id, "refuse", actor, reason)


def suspend_client(client_id: str, *, reason: str, actor: Actor = SYSTEM) -> Client:
    """Stop a site at once: no sign-in, and none of its tokens answer. Raises: ClientUnknown, ClientStateWrong."""
    return _decide(client_id, "suspend", actor, reason)


def restore_client(client_id: str, *, actor: Actor = SYSTEM, reason: str = "") -> Client:
    """Let a suspended site in again. Raises: ClientUnknown, ClientStateWrong."""
    return _decide(client_id, "restore", actor, reason)


@transaction.atomic
def rotate_secret(client_id: str, *, actor: Actor = SYSTEM) -> NewClient:
    """A new secret in place of the old, which ends at once; shown once. Raises: ClientUnknown, ClientInvalid."""
    row = _locked(client_id)
    if row.auth_method not in rules.SECRET_METHODS:
        raise registration.invalid(
            "auth_method",
            Text(zh="这个客户端不用密钥", en="This client has no secret"),
            Text(zh="用 private_key_jwt 的客户端请更换公钥", en="Replace its public key instead"),
        )
    secret = registration.new_secret()
    row.secret_hash = registration.hash_of(secret)
    row.save(update_fields=["secret_hash"])
    _record(row, "identity.client-secret-rotated", actor)
    return NewClient(view_of(row), secret)


def get_client(client_id: str) -> Client:
    """A registered site. Raises: ClientUnknown."""
    found = find_client(client_id)
    if found is None:
        raise _unknown()
    return found


def find_client(client_id: str) -> Client | None:
    """A registered site, or ``None``."""
    row = models.Client.objects.filter(client_id=client_id).first()
    return view_of(row) if row else None


def list_clients(
    *, state: ClientState | None = None, organisation: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Client]:
    """Registered sites, the latest request first."""
    rows = models.Client.objects.order_by("-requested_at", "-id")
    if state is not None:
        rows = rows.filter(state=state.value)
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    if cursor:
        at, last = decode_cursor(cursor, [str, str])
        moment = datetime.fromisoformat(str(at))
        rows = rows.filter(Q(requested_at__lt=moment) | Q(requested_at=moment, id__lt=str(last)))
    found = list(rows[: limit + 1])
    page, more = found[:limit], len(found) > limit
    next_cursor = encode_cursor(page[-1].requested_at.isoformat(), str(page[-1].pk)) if more else None
    return Page(tuple(view_of(row) for row in page), next_cursor)


def count_clients(*, organisation: str | None = None) -> dict[ClientState, int]:
    """How many sites, of all departments or of one, stand in each state."""
    rows = (
        models.Client.objects.all() if organisation is None else models.Client.objects.filter(organisation=organisation)
    )
    found = dict(rows.order_by().values_list("state").annotate(count=Count("id")))
    return {state: found.get(state.value, 0) for state in ClientState}


def make_client_key() -> tuple[dict[str, Any], dict[str, Any]]:
    """A fresh ES256 key pair as JWKs, private and public, for a client that has none of its own yet."""
    return registration.make_key()


def view_of(row: models.Client) -> Client:
    """What other rooms may know of a client's row."""
    keys = (row.jwks or {}).get("keys", [])
    return Client(
        id=row.pk,
        client_id=row.client_id,
        name=Text(zh=row.name_zh, en=row.name_en),
        organisation=row.organisation,
        redirect_uris=tuple(row.redirect_uris),
        post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
        backchannel_logout_uri=row.backchannel_logout_uri,
        sector=row.sector,
        is_public=row.is_public,
        is_high_risk=row.is_high_risk,
        for_staff=row.for_staff,
        is_resource_server=row.is_resource_server,
        auth_method=row.auth_method,
        has_secret=bool(row.secret_hash),
        key_ids=tuple(str(key["kid"]) for key in keys),
        scopes=tuple(row.scopes),
        minimum_level=IdentityLevel(row.minimum_level),
        service_codes=tuple(row.service_codes),
        state=ClientState(row.state),
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
    )


@transaction.atomic
def _decide(client_id: str, step: str, actor: Actor, reason: str) -> Client:
    row = _locked(client_id)
    after = rules.TRANSITIONS.get((ClientState(row.state), step))
    if after is None:
        raise ClientStateWrong(
            Text(zh="这个客户端已经是别的状态", en="This client is in another state by now"),
            remedy=Text(zh="刷新后看现在的状态", en="Reload to see its present state"),
            state=row.state,
        )
    row.state, row.decided_by, row.decided_at, row.reason = after.value, actor.reference, utc_now(), reason[:200]
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _record(row, f"identity.client-{after.value}", actor, reason=row.reason)
    return view_of(row)


def _locked(client_id: str) -> models.Client:
    row = models.Client.objects.select_for_update().filter(client_id=client_id).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> ClientUnknown:
    return ClientUnknown(
        Text(zh="没有登记过这个客户端", en="No such client is registered"),
        remedy=Text(zh="请核对 client_id", en="Check the client_id"),
    )


def _kind(row: models.Client) -> str:
    return "public" if row.is_public else ("high-risk" if row.is_high_risk else "confidential")


def _record(row: models.Client, action: str, actor: Actor, **detail: str) -> None:
    audit.record(actor=actor, action=action, subject=f"client:{row.client_id}", detail=detail)


__all__ = [
    "AUTH_METHODS",
    "SCOPES",
    "Client",
    "ClientInvalid",
    "ClientRegistration",
    "ClientState",
    "ClientStateWrong",
    "ClientUnknown",
    "NewClient",
    "approve_client",
    "change_client",
    "count_clients",
    "find_client",
    "get_client",
    "list_clients",
    "make_client_key",
    "refuse_client",
    "register_client",
    "restore_client",
    "rotate_secret",
    "suspend_client",
]
