"""Sites where a mistake costs much: pushed requests, keys in place of secrets, tokens bound to a key."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from joserfc.jwk import ECKey

from tests.factories.sites import ISSUER, Site, challenge_of, claims_of, dpop_proof, make_site, query_of
from tongban.contexts.identity import models
from tongban.contexts.identity.provider import authentication, tokens
from tongban.kernel.clock import utc_now

from .provider_fixture import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_anew() -> None:
    authentication.forget_failures()


@pytest.fixture
def bank(db: None) -> Site:
    return make_site(is_high_risk=True)


@pytest.fixture(scope="module")
def key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def push(site: Site, **changes: Any) -> HttpResponse:
    proof = changes.pop("proof", "")
    form = {name: value for name, value in site.parameters(**changes).items() if name != "client_id"}
    return site.post("/oidc/par", form, **({"DPoP": proof} if proof else {}))


def visit(site: Site, browser: Browser, request_uri: str) -> HttpResponse:
    response: HttpResponse = browser.get("/oidc/authorize", {"client_id": site.client_id, "request_uri": request_uri})
    return response


def code_of(site: Site, browser: Browser, **changes: Any) -> str:
    return query_of(visit(site, browser, push(site, **changes).json()["request_uri"]))["code"]


def test_a_high_risk_site_has_to_push_its_requests(wang: Browser, bank: Site) -> None:
    assert query_of(bank.send(wang))["error"] == "invalid_request"


def test_a_pushed_request_is_for_one_client_one_minute_and_one_use(wang: Browser, bank: Site) -> None:
    made = push(bank)
    assert (made.status_code, made.json()["expires_in"]) == (201, 60)
    request_uri = made.json()["request_uri"]
    assert request_uri.startswith("urn:ietf:params:oauth:request_uri:")
    assert visit(make_site(), wang, request_uri).status_code == 400
    assert "code" in query_of(visit(bank, wang, request_uri))
    assert visit(bank, wang, request_uri).status_code == 400
    late = push(bank).json()["request_uri"]
    models.AuthorizationRequest.objects.update(expires_at=utc_now())
    assert visit(bank, wang, late).status_code == 400


def test_what_was_pushed_counts_whatever_the_browser_adds(wang: Browser, bank: Site) -> None:
    request_uri = push(bank).json()["request_uri"]
    added = {"client_id": bank.client_id, "request_uri": request_uri, "state": "other", "scope": "openid email"}
    assert query_of(wang.get("/oidc/authorize", added))["state"] == "s-1"
    assert models.Authorization.objects.get().scopes == ["openid", "profile"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://evil.example/cb"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"state": "\x00"}, "invalid_request"),
    ],
)
def test_a_pushed_request_that_breaks_a_rule_is_refused_at_once(
    bank: Site, changes: dict[str, Any], error: str
) -> None:
    refused = push(bank, **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, error)


def test_only_the_client_itself_may_push(bank: Site) -> None:
    form = bank.parameters()
    assert Browser().post("/oidc/par", form).status_code == 401


def test_a_pushed_request_survives_signing_in(client: Browser, person: models.Person, bank: Site, key: ECKey) -> None:
    back = query_of(visit(bank, client, push(bank).json()["request_uri"]))["next"]
    sign_in(client, back)
    code = query_of(client.get(back))["code"]
    assert bank.redeem(code, proof=dpop_proof(key, "POST", "/oidc/token")).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": None},
        {"iss": "other"},
        {"exp": int(time.time()) - 120},
        {"exp": int(time.time()) + 3600},
        {"exp": "soon"},
        {"jti": ""},
        {"jti": 7},
        {"sub": 7},
    ],
)
def test_an_assertion_has_to_hold_in_every_part(bank: Site, changes: dict[str, Any]) -> None:
    form = {**bank.authentication(), "client_assertion": bank.assertion(**changes), "token": "x"}
    assert bank.backend.post("/oidc/introspect", form).status_code == 401


def test_an_assertion_is_taken_once_and_only_under_a_registered_key(bank: Site, key: ECKey) -> None:
    form = {**bank.authentication(), "token": "x"}
    assert bank.backend.post("/oidc/introspect", form).status_code == 200
    assert bank.backend.post("/oidc/introspect", form).status_code == 401
    stranger = Site(bank.client_id, key=key)
    assert stranger.post("/oidc/introspect", {"token": "x"}).status_code == 401
    assert bank.backend.post("/oidc/introspect", {**form, "client_assertion": "a.b"}).status_code == 401
    unsigned = form["client_assertion"].rsplit(".", 1)[0] + "."
    assert bank.backend.post("/oidc/introspect", {**form, "client_assertion": unsigned}).status_code == 401


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/oidc/token", [f"{ISSUER}/oidc/introspect", "other"]])
def test_an_assertion_may_name_issuer_token_or_own_endpoint(bank: Site, audience: object) -> None:
    form = {**bank.authentication(), "client_assertion": bank.assertion(aud=audience), "token": "x"}
    assert bank.backend.post("/oidc/introspect", form).status_code == 200


def test_a_high_risk_site_has_to_prove_its_key(wang: Browser, bank: Site, key: ECKey) -> None:
    code = code_of(bank, wang)
    assert bank.redeem(code).json()["error"] == "invalid_dpop_proof"
    found = bank.redeem(code, proof=dpop_proof(key, "POST", "/oidc/token")).json()
    assert found["token_type"] == "DPoP"


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htu": f"{ISSUER}/oidc/userinfo"},
        {"htu": "http://evil.example/oidc/token"},
        {"htu": 7},
        {"iat": int(time.time()) - 600},
        {"iat": int(time.time()) + 600},
        {"iat": None},
        {"jti": ""},
        {"header": {"typ": "JWT"}},
        {"header": {"jwk": {"kty": "oct", "k": "AAAA"}}},
        {"header": {"jwk": {"kty": "EC"}}},
    ],
)
def test_a_proof_has_to_hold_in_every_part(wang: Browser, bank: Site, key: ECKey, changes: dict[str, Any]) -> None:
    refused = bank.redeem(code_of(bank, wang), proof=dpop_proof(key, "POST", "/oidc/token", **changes))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")


def test_a_proof_is_taken_once_and_signed_by_the_key_it_names(wang: Browser, bank: Site, key: ECKey) -> None:
    proof = dpop_proof(key, "POST", "/oidc/token")
    assert bank.redeem(code_of(bank, wang), proof=proof).status_code == 200
    assert bank.redeem(code_of(bank, wang), proof=proof).json()["error"] == "invalid_dpop_proof"
    other = ECKey.generate_key("P-256")
    forged = dpop_proof(key, "POST", "/oidc/token", header={"jwk": other.as_dict(private=False)})
    assert bank.redeem(code_of(bank, wang), proof=forged).json()["error"] == "invalid_dpop_proof"
    leaked = dpop_proof(key, "POST", "/oidc/token", header={"jwk": key.as_dict(private=True)})
    assert bank.redeem(code_of(bank, wang), proof=leaked).json()["error"] == "invalid_dpop_proof"


def test_a_code_bound_to_a_key_needs_it(wang: Browser, bank: Site, key: ECKey) -> None:
    other = ECKey.generate_key("P-256")
    by_proof = code_of(bank, wang, proof=dpop_proof(key, "POST", "/oidc/par"))
    assert bank.redeem(by_proof, proof=dpop_proof(other, "POST", "/oidc/token")).json()["error"] == "invalid_grant"
    by_thumbprint = code_of(bank, wang, dpop_jkt=key.thumbprint())
    assert bank.redeem(by_thumbprint, proof=dpop_proof(key, "POST", "/oidc/token")).status_code == 200


def test_a_bound_token_opens_nothing_without_its_key(wang: Browser, bank: Site, key: ECKey) -> None:
    found = bank.redeem(code_of(bank, wang), proof=dpop_proof(key, "POST", "/oidc/token")).json()
    token, other = found["access_token"], ECKey.generate_key("P-256")
    proof = dpop_proof(key, "GET", "/oidc/userinfo", access_token=token)
    assert bank.user_info(token, "DPoP", DPoP=proof).status_code == 200
    assert bank.user_info(token, "DPoP", DPoP=proof).status_code == 401
    assert bank.user_info(token).status_code == 401
    assert bank.user_info(token, "DPoP").status_code == 401
    strange = dpop_proof(other, "GET", "/oidc/userinfo", access_token=token)
    assert bank.user_info(token, "DPoP", DPoP=strange).status_code == 401
    for_another = dpop_proof(key, "GET", "/oidc/userinfo", access_token="another")
    refused = bank.user_info(token, "DPoP", DPoP=for_another)
    assert refused.headers["WWW-Authenticate"].startswith("DPoP ")
    assert 'error="invalid_dpop_proof"' in refused.headers["WWW-Authenticate"]


def test_introspection_names_the_key(wang: Browser, bank: Site, key: ECKey) -> None:
    found = bank.redeem(code_of(bank, wang), proof=dpop_proof(key, "POST", "/oidc/token")).json()
    described = bank.post("/oidc/introspect", {"token": found["access_token"]}).json()
    assert (described["token_type"], described["cnf"]) == ("DPoP", {"jkt": key.thumbprint()})


def test_a_public_clients_refresh_token_is_bound_to_its_key(wang: Browser, key: ECKey) -> None:
    app, other = make_site(is_public=True), ECKey.generate_key("P-256")
    found = app.redeem(app.code(wang), proof=dpop_proof(key, "POST", "/oidc/token")).json()
    form = {"grant_type": "refresh_token", "refresh_token": found["refresh_token"]}
    assert app.post("/oidc/token", form).json()["error"] == "invalid_dpop_proof"
    strange = app.post("/oidc/token", form, DPoP=dpop_proof(other, "POST", "/oidc/token"))
    assert strange.json()["error"] == "invalid_grant"
    assert app.post("/oidc/token", form, DPoP=dpop_proof(key, "POST", "/oidc/token")).status_code == 200


def test_an_id_token_names_its_access_token(wang: Browser, site: Site) -> None:
    found = site.tokens(wang)
    assert claims_of(found["id_token"])["at_hash"] == tokens.half_hash_of(found["access_token"])
    assert (
        tokens.challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
