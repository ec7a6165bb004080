"""One person, one site: sent, signed in, let in, told of, renewed."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from tests.factories.sites import CALLBACK, ISSUER, Site, claims_of, query_of
from tongban.contexts.identity import models

from .provider_fixture import sign_in

pytestmark = pytest.mark.django_db


def test_a_stranger_signs_in_and_comes_back_with_a_code(client: Browser, person: models.Person, site: Site) -> None:
    sent = site.send(client)
    assert sent.headers["Location"].startswith("/sign-in/?next=%2Foidc%2Fresume%2F")
    back = sign_in(client, query_of(sent)["next"])
    arrived = client.get(back)
    answer = query_of(arrived)
    assert arrived.headers["Location"].startswith(f"{CALLBACK}?")
    assert (answer["state"], answer["iss"]) == ("s-1", ISSUER)
    assert site.redeem(answer["code"]).status_code == 200


def test_an_id_token_says_what_the_session_proved(wang: Browser, site: Site) -> None:
    tokens = site.tokens(wang)
    claims = claims_of(tokens["id_token"])
    session = models.AccountSession.objects.get()
    assert claims["iss"] == ISSUER
    assert claims["aud"] == site.client_id
    assert (claims["acr"], claims["amr"]) == ("urn:tongban:acr:password", ["pwd"])
    assert (claims["nonce"], claims["sid"]) == ("n-1", str(session.pk))
    assert claims["auth_time"] == int(session.authenticated_at.timestamp())
    assert claims["identity_level"] == "real-name"
    assert "name" not in claims


def test_user_info_tells_what_the_scopes_open(wang: Browser, site: Site) -> None:
    tokens = site.tokens(wang, scope="openid profile phone identity")
    told = site.user_info(tokens["access_token"]).json()
    assert told["sub"] == claims_of(tokens["id_token"])["sub"]
    assert (told["name"], told["phone_number"], told["phone_number_verified"]) == ("王小明", "+8613900001234", True)
    assert (told["identity_level"], told["document_type"]) == ("real-name", "resident-id")
    assert "email" not in told


def test_a_refresh_token_is_renewed(wang: Browser, site: Site) -> None:
    first = site.tokens(wang)
    second = site.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert site.user_info(second["access_token"]).status_code == 200
    assert claims_of(second["id_token"])["sub"] == claims_of(first["id_token"])["sub"]
