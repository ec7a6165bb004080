"""Sending somebody to sign in: what is refused where, and what comes first."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client as Browser

from tests.factories.sites import CALLBACK, ISSUER, Site, claims_of, make_site, query_of
from tests.staff_entry import enter
from tongban.contexts.identity import api, models

from .conftest import PASSWORD, Register, id_number
from .provider_fixture import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/cb"},
        {"redirect_uri": f"{CALLBACK}/more"},
        {"redirect_uri": f"{CALLBACK}?a=b"},
        {"redirect_uri": 'https://evil.example/"\\'},
        {"scope": ["openid", "profile"]},
        {"client_id": ["a", "b"]},
        {"state": "\x00"},
    ],
)
def test_a_sender_that_is_not_trusted_sees_a_page_and_no_redirect(
    wang: Browser, site: Site, changes: dict[str, Any]
) -> None:
    response = site.send(wang, **changes)
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "text/html" in response.headers["Content-Type"]


@pytest.mark.parametrize("state", ["requested", "refused", "suspended"])
def test_only_approved_sites_sign_people_in(wang: Browser, site: Site, state: str) -> None:
    models.Client.objects.update(state=state)
    assert site.send(wang).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid address"}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_every_other_error_goes_back_to_the_site_with_state_and_issuer(
    wang: Browser, site: Site, changes: dict[str, Any], error: str
) -> None:
    answer = query_of(site.send(wang, **changes))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "s-1", ISSUER)
    assert "code" not in answer


def test_a_public_program_comes_back_on_any_loopback_port(wang: Browser) -> None:
    program = make_site(is_public=True, redirect_uris=("http://127.0.0.1/cb",))
    sent = program.send(wang, redirect_uri="http://127.0.0.1:53171/cb")
    assert sent.headers["Location"].startswith("http://127.0.0.1:53171/cb?code=")


def test_an_answer_keeps_what_the_return_address_already_asks(wang: Browser) -> None:
    site = make_site(redirect_uris=("https://health.yunzhou.example/cb?tenant=7",))
    answer = query_of(site.send(wang))
    assert answer["tenant"] == "7"
    assert answer["code"]


def test_form_post_brings_the_answer_in_a_form(wang: Browser, site: Site) -> None:
    page = site.send(wang, response_mode="form_post", state='"><script>')
    text = page.content.decode()
    assert f'action="{CALLBACK}"' in text
    assert 'name="code"' in text
    assert "<script>" not in text.replace("<script src=", "")
    assert "form-action 'self' https://health.yunzhou.example;" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_prompt_none_never_shows_a_page(client: Browser, person: models.Person, site: Site) -> None:
    assert query_of(site.send(client, prompt="none"))["error"] == "login_required"
    sign_in(client)
    assert "code" in query_of(site.send(client, prompt="none"))
    assert query_of(site.send(client, prompt="none", acr_values="urn:tongban:acr:otp"))["error"] == (
        "unmet_authentication_requirements"
    )
    models.AccountSession.objects.update(authenticated_at="2026-01-01T00:00:00Z")
    assert query_of(site.send(client, prompt="none", max_age="60"))["error"] == "login_required"


def test_a_request_posted_by_the_site_is_taken_up_without_its_form(wang: Browser, site: Site) -> None:
    strange = Browser()
    posted = strange.post("/oidc/authorize", site.parameters())
    assert posted.status_code == 303
    assert "code" in query_of(wang.get(posted.headers["Location"]))


def test_a_taken_up_request_can_be_opened_twice_and_in_two_tabs(
    client: Browser, person: models.Person, site: Site
) -> None:
    back = query_of(site.send(client))["next"]
    sign_in(client, back)
    first, second = query_of(client.get(back)), query_of(client.get(back))
    assert first["code"] != second["code"]
    assert site.redeem(second["code"]).status_code == 200


def test_a_taken_up_request_ends_with_its_time(wang: Browser, site: Site) -> None:
    back = query_of(Browser().get("/oidc/authorize", site.parameters()))["next"]
    models.AuthorizationRequest.objects.update(expires_at="2026-01-01T00:00:00Z")
    response = wang.get(back)
    assert response.status_code == 400
    assert "重新点“登录”" in response.content.decode()


def test_a_browser_leaves_through_a_page_after_a_form(wang: Browser, site: Site) -> None:
    back = query_of(Browser().get("/oidc/authorize", site.parameters()))["next"]
    page = wang.get(back, headers={"Sec-Fetch-Mode": "navigate"})
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found
    assert html.unescape(found[1]).startswith(f"{CALLBACK}?code=")
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_prompt_login_asks_for_the_password_again(wang: Browser, site: Site) -> None:
    sent = site.send(wang, prompt="login")
    assert sent.headers["Location"].startswith("/account/again/?next=%2Foidc%2Fresume%2F")
    back = query_of(sent)["next"]
    assert wang.get(back).headers["Location"].startswith("/account/again/")
    wang.post("/account/again/", {"password": PASSWORD, "next": back})
    assert "code" in query_of(wang.get(back))


def test_a_passkey_is_unmet_where_none_can_be_set_up(wang: Browser, site: Site) -> None:
    answer = site.send(wang, acr_values="urn:tongban:acr:passkey").headers["Location"]
    assert "error=unmet_authentication_requirements" in answer or "next=%2Foidc%2Fresume" in answer


def test_consent_is_asked_only_when_the_site_wants_it_and_can_be_refused(wang: Browser, site: Site) -> None:
    page = site.send(wang, prompt="consent", scope="openid profile phone")
    text = page.content.decode()
    assert "卫健委预约" in text
    assert "手机号" in text
    assert "邮箱" not in text
    action = re.search(r'action="(/oidc/resume/[^"]+)"', text)
    assert action
    assert query_of(wang.post(action[1], {"choice": "decline"}))["error"] == "access_denied"
    assert "code" in query_of(wang.post(action[1], {"choice": "agree"}))


def test_agreeing_needs_a_form_of_ours(person: models.Person, site: Site) -> None:
    careful = Browser(enforce_csrf_checks=True)
    parked = query_of(careful.get("/oidc/authorize", site.parameters(prompt="consent")))["next"]
    assert careful.post(parked, {"choice": "agree"}).status_code == 403


def test_a_minimum_level_leads_to_the_real_name_and_back(
    client: Browser, account: models.Account, register: Register
) -> None:
    site = make_site(minimum_level=api.IdentityLevel.REAL_NAME)
    sign_in(client)
    sent = site.send(client)
    assert sent.headers["Location"].startswith("/account/real-name/?next=")
    back = query_of(sent)["next"]
    form = {"name": "王小明", "id_number": id_number(23), "consent": "on", "next": back}
    assert client.post("/account/real-name/", form).headers["Location"] == back
    assert "code" in query_of(client.get(back))


def test_a_level_that_only_a_window_gives_is_said_on_a_page(wang: Browser) -> None:
    site = make_site(minimum_level=api.IdentityLevel.IN_PERSON)
    page = site.send(wang)
    assert "政务服务大厅" in page.content.decode()
    action = re.search(r'action="(/oidc/resume/[^"]+)"', page.content.decode())
    assert action
    assert query_of(wang.post(action[1], {"choice": "decline"}))["error"] == "access_denied"


def test_the_hint_of_somebody_else_is_refused(wang: Browser, site: Site) -> None:
    hint = site.tokens(wang)["id_token"]
    assert "code" in query_of(site.send(wang, id_token_hint=hint))
    models.PairwiseSubject.objects.all().delete()
    assert query_of(site.send(wang, id_token_hint=hint))["error"] == "login_required"
    assert query_of(site.send(wang, id_token_hint="nonsense"))["error"] == "login_required"


def test_hints_reach_the_sign_in_page(client: Browser, site: Site) -> None:
    sent = site.send(client, login_hint="wang", ui_locales="en-GB zh")
    assert client.cookies["language"].value == "en"
    assert 'value="wang"' in client.get(sent.headers["Location"]).content.decode()


def test_staff_sign_in_only_at_sites_for_staff(client: Browser, clerk: models.Account, site: Site) -> None:
    office = make_site(for_staff=True)
    assert office.send(client).headers["Location"].startswith("/staff/sign-in/?next=")
    enter(client, clerk)
    tokens = office.tokens(client)
    told = office.user_info(tokens["access_token"]).json()
    assert (told["name"], told["organisation"], told["roles"]) == ("孙敏", "police", ["clerk"])
    assert site.send(client).headers["Location"].startswith("/sign-in/?next=")


def test_the_issuer_follows_the_name_by_which_a_demo_is_asked(wang: Browser, site: Site) -> None:
    for name in ("127.0.0.1:8000", "localhost:8000"):
        found = wang.get("/.well-known/openid-configuration", headers={"Host": name}).json()
        assert found["issuer"] == f"http://{name}"
    assert wang.get("/.well-known/openid-configuration", headers={"Host": "localhost:9"}).json()["issuer"] == ISSUER


def test_wanted_claims_stand_in_the_id_token(wang: Browser, site: Site) -> None:
    tokens = site.tokens(wang, claims='{"id_token": {"name": null, "phone_number": null}}')
    claims = claims_of(tokens["id_token"])
    assert claims["name"] == "王小明"
    assert "phone_number" not in claims
