"""Codes and tokens: bound to whoever they are for, used once, ended together."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from tests.factories.sites import Site, claims_of, make_site
from tongban.contexts.identity import api, models
from tongban.contexts.identity.api import sessions
from tongban.contexts.identity.models import Ending
from tongban.contexts.identity.provider import authentication, tokens
from tongban.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_anew() -> None:
    authentication.forget_failures()


def is_alive(site: Site, found: dict[str, Any]) -> bool:
    return site.user_info(found["access_token"]).status_code == 200


def test_a_code_is_bound_to_its_client_address_and_verifier(wang: Browser, site: Site) -> None:
    other = make_site()
    for changes in ({"redirect_uri": "https://health.yunzhou.example/"}, {"code_verifier": "x" * 43}):
        refused = site.redeem(site.code(wang), **changes)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    other.verifier = site.verifier
    assert other.redeem(site.code(wang)).json()["error"] == "invalid_grant"


def test_pkce_is_for_confidential_clients_too(wang: Browser, site: Site) -> None:
    refused = site.redeem(site.code(wang), code_verifier="")
    assert refused.json()["error"] == "invalid_request"


def test_a_code_holds_for_a_minute(wang: Browser, site: Site) -> None:
    code = site.code(wang)
    models.Authorization.objects.update(code_expires_at=utc_now())
    assert site.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_brought_again_ends_every_token_that_came_of_it(wang: Browser, site: Site) -> None:
    code = site.code(wang)
    first = site.redeem(code).json()
    assert is_alive(site, first)
    assert site.redeem(code).json()["error"] == "invalid_grant"
    assert not is_alive(site, first)
    assert site.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_brought_again_ends_the_family(wang: Browser, site: Site) -> None:
    first = site.tokens(wang)
    second = site.refresh(first["refresh_token"]).json()
    assert is_alive(site, second)
    assert site.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert not is_alive(site, first)
    assert not is_alive(site, second)
    assert site.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_another_client_can_neither_use_nor_end_a_refresh_token(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    assert make_site().refresh(found["refresh_token"]).json()["error"] == "invalid_grant"
    assert site.refresh(found["refresh_token"]).status_code == 200


def test_a_narrower_access_token_leaves_the_refresh_token_as_it_was(wang: Browser, site: Site) -> None:
    found = site.tokens(wang, scope="openid profile phone")
    narrow = site.refresh(found["refresh_token"], scope="openid").json()
    assert narrow["scope"] == "openid"
    assert "name" not in site.user_info(narrow["access_token"]).json()
    wide = site.refresh(narrow["refresh_token"]).json()
    assert wide["scope"] == "openid profile phone"
    assert site.refresh(wide["refresh_token"], scope="openid email").json()["error"] == "invalid_scope"


def test_tokens_end_with_the_session_unless_meant_for_longer(wang: Browser, site: Site) -> None:
    bound, lasting = site.tokens(wang), site.tokens(wang, scope="openid offline_access")
    models.AccountSession.objects.update(ended_at=utc_now())
    assert site.refresh(bound["refresh_token"]).json()["error"] == "invalid_grant"
    assert not is_alive(site, bound)
    assert site.refresh(lasting["refresh_token"]).status_code == 200


def test_a_session_left_alone_ends_its_tokens_before_it_is_swept(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    models.AccountSession.objects.update(last_seen_at=utc_now() - timedelta(hours=3))
    assert site.refresh(found["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_of_an_ended_session_is_nothing(wang: Browser, site: Site) -> None:
    code = site.code(wang)
    wang.post("/sign-out/")
    assert site.redeem(code).json()["error"] == "invalid_grant"


def test_a_new_password_ends_lasting_tokens_too(wang: Browser, site: Site, outbox_delivered: Any) -> None:
    lasting = site.tokens(wang, scope="openid offline_access")
    account = models.Account.objects.get(username="wang")
    sessions.end_sessions(account_id=account.pk, because=Ending.PASSWORD_CHANGED)
    outbox_delivered()
    assert site.refresh(lasting["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_family_ends_after_half_a_year(wang: Browser, site: Site) -> None:
    found = site.tokens(wang, scope="openid offline_access")
    models.Authorization.objects.update(created_at=utc_now() - tokens.FAMILY_LIFE)
    assert site.refresh(found["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_suspended_site_gets_nothing_for_its_tokens(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    api.suspend_client(site.client_id, reason="检查")
    assert not is_alive(site, found)
    refused = site.refresh(found["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    api.restore_client(site.client_id)
    assert is_alive(site, found)


def test_a_stopped_account_ends_its_tokens(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    models.Account.objects.update(is_active=False)
    assert not is_alive(site, found)


def test_a_raised_session_shows_in_the_next_token(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    models.AccountSession.objects.update(authenticator="passkey", methods=["mfa", "pop", "user"])
    claims = claims_of(site.refresh(found["refresh_token"]).json()["id_token"])
    assert (claims["acr"], claims["amr"]) == ("urn:tongban:acr:passkey", ["mfa", "pop", "user"])
    assert "nonce" not in claims


def test_a_secret_may_come_in_header_or_body_but_not_in_both(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    form = {"token": found["access_token"]}
    good = {"Authorization": _basic(site.client_id, site.secret)}
    assert site.backend.post("/oidc/introspect", form, headers=good).json()["active"]
    assert site.post("/oidc/introspect", form).json()["active"]
    assert site.post("/oidc/introspect", form, **good).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic !!!", "Basic /w==", "Bearer x", "Basic bm9jb2xvbg==", "Digest a", "Basic AGE6Yg=="],
)
def test_a_header_that_cannot_be_read_is_refused(site: Site, authorization: str) -> None:
    response = site.backend.post(
        "/oidc/token", {"grant_type": "refresh_token", "refresh_token": "x"}, headers={"Authorization": authorization}
    )
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert response.headers["WWW-Authenticate"].startswith("Basic")


def test_failures_are_limited_by_client_and_address(site: Site) -> None:
    wrong = Site(site.client_id, "wrong")
    statuses = [wrong.refresh("x").status_code for _ in range(32)]
    assert statuses[:30] == [401] * 30
    assert statuses[30:] == [429, 429]
    assert site.refresh("x").json()["error"] == "invalid_grant"


def test_a_public_client_proves_nothing_and_a_confidential_one_must(wang: Browser, site: Site) -> None:
    public = make_site(is_public=True)
    assert public.tokens(wang)["token_type"] == "Bearer"
    assert Site(site.client_id).redeem(site.code(wang)).status_code == 401


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit", ""])
def test_other_grants_are_not_offered(site: Site, grant: str) -> None:
    error = site.post("/oidc/token", {"grant_type": grant}).json()["error"]
    assert error == ("unsupported_grant_type" if grant else "invalid_request")


def test_a_revoked_token_is_gone_and_a_refresh_token_takes_its_family(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    assert site.post("/oidc/revoke", {"token": found["access_token"]}).status_code == 200
    assert not is_alive(site, found)
    fresh = site.refresh(found["refresh_token"]).json()
    site.post("/oidc/revoke", {"token": fresh["refresh_token"]})
    assert not is_alive(site, fresh)
    assert site.post("/oidc/revoke", {"token": "unknown"}).status_code == 200


def test_only_its_own_client_may_revoke_a_token(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    assert make_site().post("/oidc/revoke", {"token": found["access_token"]}).status_code == 400
    assert is_alive(site, found)


def test_introspection_tells_a_client_of_its_own_tokens_only(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    asked = {"token": found["access_token"]}
    described = site.post("/oidc/introspect", asked).json()
    assert (described["client_id"], described["scope"]) == (site.client_id, "openid profile")
    assert make_site().post("/oidc/introspect", asked).json() == {"active": False}
    assert make_site(is_resource_server=True).post("/oidc/introspect", asked).json()["active"]
    models.IssuedToken.objects.update(expires_at=utc_now())
    assert site.post("/oidc/introspect", asked).json() == {"active": False}


def test_user_info_says_why_a_token_does_not_open_it(site: Site) -> None:
    missing = site.backend.get("/oidc/userinfo")
    assert missing.status_code == 401
    assert missing.headers["WWW-Authenticate"].startswith('Bearer realm="tongban"')
    assert 'error="invalid_token"' in site.user_info("nonsense").headers["WWW-Authenticate"]


def test_user_info_takes_a_posted_token(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    assert site.backend.post("/oidc/userinfo", {"access_token": found["access_token"]}).json()["name"] == "王小明"


def test_only_hashes_are_kept(wang: Browser, site: Site) -> None:
    code = site.code(wang)
    found = site.redeem(code).json()
    kept = str([*models.Authorization.objects.values_list(), *models.IssuedToken.objects.values_list()])
    for secret in (code, found["access_token"], found["refresh_token"], site.secret):
        assert secret not in kept
        assert len(secret) >= 43


def test_a_parameter_given_twice_is_refused(site: Site) -> None:
    form = {"grant_type": ["refresh_token", "refresh_token"], **site.authentication()}
    assert site.backend.post("/oidc/token", form).json()["error"] == "invalid_request"


def test_browsers_may_call_from_other_origins_and_nothing_is_kept(site: Site) -> None:
    asked = site.backend.options("/oidc/token", headers={"Origin": "https://app.example"})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "DPoP" in asked.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in asked.headers
    assert site.refresh("x").headers["Cache-Control"] == "no-store"
    assert site.backend.get("/oidc/token").status_code == 405


def test_what_is_past_its_time_is_deleted(wang: Browser, site: Site) -> None:
    site.tokens(wang)
    site.code(wang)
    api.forget_expired_tokens(now=utc_now() + timedelta(days=2))
    assert models.Authorization.objects.count() == 1
    assert models.IssuedToken.objects.filter(kind="access").count() == 0
    assert models.IssuedToken.objects.filter(kind="refresh").count() == 1


def _basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
