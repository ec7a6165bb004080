"""A visitor at the authorization endpoint: who they are, what has to happen first, and the code in the end."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from tongban.contexts.identity import models
from tongban.contexts.identity.api import sessions
from tongban.contexts.identity.api.sessions import SessionFacts
from tongban.contexts.identity.domain import authorizing
from tongban.contexts.identity.domain.authorizing import RequestRefused, Standing, Step
from tongban.contexts.identity.domain.levels import IdentityLevel
from tongban.contexts.identity.models import Realm
from tongban.contexts.identity.provider import claims, keys, subjects, tokens
from tongban.contexts.identity.provider.requests import Incoming
from tongban.infra.authorisation import Actor, actor_of
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

RESUME = "/oidc/resume/"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in at the door that the site is for."""

    account: models.Account
    actor: Actor
    facts: SessionFacts


def find_visitor(request: HttpRequest, client: models.Client) -> Visitor | None:
    """Who sits there, or ``None`` for a stranger or somebody of the other realm."""
    account = request.user
    if not isinstance(account, models.Account) or not account.is_authenticated:
        return None
    if account.realm != (Realm.STAFF if client.for_staff else Realm.PUBLIC):
        return None
    facts, actor = sessions.find_session(request), actor_of(request)
    if facts is None or actor.kind == "anonymous":
        logout(request)  # a browser whose session has ended, or staff who have left
        return None
    return Visitor(account, actor, facts)


def step_for(incoming: Incoming, visitor: Visitor | None, *, has_consented: bool) -> Step:
    """What has to happen next. Raises: RequestRefused when no page may be shown, or somebody else was meant."""
    client, asked = incoming.sender.client, incoming.asked
    step = authorizing.next_step(
        asked, _standing(incoming, visitor, has_consented), minimum=IdentityLevel(client.minimum_level)
    )
    if step is not Step.ISSUE and "none" in asked.prompts:
        raise RequestRefused(authorizing.error_of(step), "a page would have to be shown")
    if asked.id_token_hint and visitor is not None and not _is_meant(asked.id_token_hint, client, visitor):
        raise RequestRefused("login_required", "somebody else is signed in")
    return step


def detour_for(step: Step, incoming: Incoming, visitor: Visitor | None, token: str) -> str:
    """Where the visitor goes first; the way back is in the address. Raises: RequestRefused when there is no way."""
    parameters = {"next": f"{RESUME}{token}"}
    if step is Step.SIGN_IN:
        if incoming.asked.login_hint:
            parameters["login"] = incoming.asked.login_hint
        door = "/staff/sign-in/" if incoming.sender.client.for_staff else "/sign-in/"
    elif step is Step.PROVE_IDENTITY:
        door = "/account/real-name/"
    else:
        assert visitor is not None
        door = _door_of_proof(step, visitor.account)
    return f"{door}?{urlencode(parameters)}"


def let_in(incoming: Incoming, visitor: Visitor, *, issuer: str) -> str:
    """Draw the code with which the site fetches its tokens."""
    client, asked, now = incoming.sender.client, incoming.asked, utc_now()
    subject, acting = _subject(client, visitor)
    code = tokens.fresh()
    models.Authorization.objects.create(
        client=client,
        session_id=visitor.facts.id,
        code_hash=tokens.hash_of(code),
        code_expires_at=now + tokens.CODE_LIFE,
        redirect_uri=incoming.sender.redirect_uri,
        code_challenge=asked.code_challenge,
        dpop_jkt=asked.dpop_jkt,
        issuer=issuer,
        subject=subject,
        acting=acting,
        scopes=list(asked.scopes),
        id_token_claims=list(asked.id_token_claims),
        nonce=asked.nonce,
        created_at=now,
    )
    return code


def _standing(incoming: Incoming, visitor: Visitor | None, has_consented: bool) -> Standing:
    now = utc_now()
    if visitor is None:
        return Standing(now=now, began_at=incoming.began_at, is_signed_in=False)
    acting = visitor.actor.acting
    return Standing(
        now=now,
        began_at=incoming.began_at,
        is_signed_in=True,
        authenticated_at=visitor.facts.authenticated_at,
        authenticator=visitor.facts.authenticator,
        identity_level=visitor.facts.identity_level,
        may_act_here=acting is None or authorizing.may_act_at(acting.services, incoming.sender.client.service_codes),
        has_consented=has_consented,
    )


def _is_meant(hint: str, client: models.Client, visitor: Visitor) -> bool:
    told = keys.read_own(hint)
    return told is not None and told.get("sub") == _subject(client, visitor)[0]


def _subject(client: models.Client, visitor: Visitor) -> tuple[str, dict[str, object] | None]:
    """The subject at a site, and what is kept of the right under which somebody acts."""
    actor, account = visitor.actor, visitor.account
    acting = actor.acting
    own = subjects.subject_of_account(client.sector, account.pk, acting.agent_person_id if acting else actor.person_id)
    if acting is None:
        return own, None
    record = claims.acting_record(acting, own)
    if acting.kind == "enterprise" or actor.person_id is None:
        return own, record
    return subjects.subject_of_person(client.sector, actor.person_id), record


def _door_of_proof(step: Step, account: models.Account) -> str:
    """The page where a level is proven, or set up first."""
    methods = {method["id"]: method["url"] for method in get_adapter().get_reauthentication_methods(account)}
    if step is Step.AUTHENTICATE_AGAIN:
        return str(next(iter(methods.values()), "/sign-in/"))
    if step is Step.SHOW_OTP:
        has_app = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()
        return reverse("mfa_reauthenticate") if has_app else reverse("mfa_activate_totp")
    if "mfa_reauthenticate:webauthn" in methods:
        return str(methods["mfa_reauthenticate:webauthn"])
    return reverse("mfa_add_webauthn")


def department_of(client: models.Client) -> Text | None:
    """The department whose site it is."""
    row = models.Organisation.objects.filter(code=client.organisation).first() if client.organisation else None
    return Text(zh=row.name, en=row.name_en) if row else None
