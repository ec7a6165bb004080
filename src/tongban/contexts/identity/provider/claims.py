"""What a site is told of the person who signed in: as much as its scopes open, and never the identity number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.contexts.identity import models
from tongban.contexts.identity.api import acting as rights
from tongban.contexts.identity.api.enterprises import enterprise_facts
from tongban.contexts.identity.api.persons import confirmed_email
from tongban.contexts.identity.domain.authorizing import CLAIMS_BY_SCOPE
from tongban.contexts.identity.domain.levels import AuthenticatorLevel, IdentityLevel
from tongban.contexts.identity.provider import keys, tokens
from tongban.infra.authorisation import Acting


def id_token(authorization: models.Authorization, *, access_token: str, issuer: str, now: datetime, nonce: str) -> str:
    """The signed ID token, with what the session has proven by now."""
    session = authorization.session
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": authorization.subject,
        "aud": authorization.client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + tokens.ID_TOKEN_LIFE).timestamp()),
        "auth_time": int(session.authenticated_at.timestamp()),
        "acr": AuthenticatorLevel(session.authenticator).acr,
        "amr": list(session.methods),
        "sid": str(session.pk),
        "identity_level": identity_level_of(session.account),
        "at_hash": tokens.half_hash_of(access_token),
        **({"nonce": nonce} if nonce else {}),
        **agency_of(authorization),
    }
    if authorization.id_token_claims:
        wanted = set(authorization.id_token_claims)
        told = claims_of(authorization, authorization.scopes)
        claims |= {name: value for name, value in told.items() if name in wanted}
    return keys.sign(claims)


def user_info(authorization: models.Authorization, scopes: Collection[str]) -> dict[str, Any]:
    """What the user-info endpoint answers."""
    return {"sub": authorization.subject, **agency_of(authorization), **claims_of(authorization, scopes)}


def identity_level_of(account: models.Account) -> str:
    """How well it is proven who sits there."""
    person = getattr(account, "person", None)
    return str(person.level) if person is not None else IdentityLevel.REGISTERED.value


def acting_record(acting: Acting, agent_subject: str) -> dict[str, Any]:
    """What an authorization keeps of the right under which somebody acts."""
    return {
        "kind": acting.kind,
        "reference": str(acting.reference),
        "agent": str(acting.agent_person_id),
        "agent_subject": agent_subject,
        "principal": acting.principal_name,
        **({"enterprise": str(acting.enterprise_id)} if acting.enterprise_id else {}),
    }


def right_still_holds(authorization: models.Authorization) -> bool:
    """Whether the right under which an authorization was made has not been taken back."""
    kept = authorization.acting
    if kept is None:
        return True
    reference, agent = UUID(kept["reference"]), UUID(kept["agent"])
    return rights.find_right(kind=kept["kind"], agent=agent, reference=reference) is not None


def agency_of(authorization: models.Authorization) -> dict[str, Any]:
    """``act`` and ``mandate_id`` when somebody acts for the subject. Source: RFC 8693 section 4.1."""
    kept = authorization.acting
    if kept is None or kept["kind"] == "enterprise":
        return {}
    return {"act": {"sub": kept["agent_subject"]}, "mandate_id": kept["reference"]}


def claims_of(authorization: models.Authorization, scopes: Collection[str]) -> dict[str, Any]:
    """The claims that scopes open, as far as they are known."""
    told: dict[str, Any] = {}
    is_for_another = bool(agency_of(authorization))
    for scope in scopes:
        if scope in _TELL and not (is_for_another and scope in ("phone", "email")):
            told |= _TELL[scope](authorization)
    return {name: value for name, value in told.items() if value not in (None, "")}


def _profile(authorization: models.Authorization) -> dict[str, Any]:
    account = authorization.session.account
    locale = "en" if account.language.startswith("en") else "zh-CN"
    if authorization.acting is not None and agency_of(authorization):
        return {"name": authorization.acting["principal"], "locale": locale}
    if account.realm == models.Realm.STAFF:
        staff = account.staff
        roles = sorted(staff.roles)
        return {"name": staff.name, "locale": locale, "organisation": staff.organisation.code, "roles": roles}
    person = getattr(account, "person", None)
    return {"name": person.name if person is not None else account.username, "locale": locale}


def _phone(authorization: models.Authorization) -> dict[str, Any]:
    account = authorization.session.account
    if not account.phone:
        return {}
    return {"phone_number": f"+86{account.phone}", "phone_number_verified": account.is_phone_verified}


def _email(authorization: models.Authorization) -> dict[str, Any]:
    account = authorization.session.account
    if not account.email:
        return {}
    is_verified = confirmed_email(account).lower() == account.email.lower()
    return {"email": account.email, "email_verified": is_verified}


def _identity(authorization: models.Authorization) -> dict[str, Any]:
    account = authorization.session.account
    person = getattr(account, "person", None)
    return {
        "identity_level": identity_level_of(account),
        "document_type": person.document_type if person is not None else None,
    }


def _enterprise(authorization: models.Authorization) -> dict[str, Any]:
    kept = authorization.acting
    if kept is None or kept["kind"] != "enterprise":
        return {}
    facts = enterprise_facts(UUID(kept["enterprise"]))
    return {"enterprise": {"name": facts.name, "credit_code": facts.credit_code}}


_TELL = {
    "profile": _profile,
    "phone": _phone,
    "email": _email,
    "identity": _identity,
    "enterprise": _enterprise,
}
assert _TELL.keys() == CLAIMS_BY_SCOPE.keys()
