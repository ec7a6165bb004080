"""Signing out at a site's wish, telling the others, and keys that change meanwhile."""

from __future__ import annotations

import base64
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client as Browser

from tests.factories.sites import CALLBACK, ISSUER, Site, claims_of, make_site, query_of
from tongban.contexts.identity import api, models
from tongban.contexts.identity.provider import keys
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now

from .provider_fixture import sign_in

pytestmark = pytest.mark.django_db
HOME = "https://health.yunzhou.example/"
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "api" / "openid-configuration.json"


@pytest.fixture(autouse=True)
def _look_keys_up() -> Any:
    keys.forget_known()
    yield
    keys.forget_known()


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/my/profile/").status_code == 200


def log_out(browser: Browser, **wish: str) -> Any:
    return browser.get("/oidc/logout", wish)


def test_the_id_token_of_the_session_ends_it_and_leads_back(wang: Browser, site: Site) -> None:
    hint = site.tokens(wang)["id_token"]
    left = log_out(wang, id_token_hint=hint, post_logout_redirect_uri=HOME, state="bye")
    assert (left.status_code, left.headers["Location"]) == (302, f"{HOME}?state=bye")
    assert not is_signed_in(wang)
    assert models.AccountSession.objects.get().ended_because == "signed-out"


def test_without_the_id_token_the_visitor_is_asked(wang: Browser, site: Site) -> None:
    page = log_out(wang, client_id=site.client_id, post_logout_redirect_uri=HOME, state="s")
    assert "要退出一网通办吗" in re.sub("<[^>]+>", "", page.content.decode())
    assert is_signed_in(wang)
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))
    left = wang.post("/oidc/logout/confirm", form)
    assert left.headers["Location"] == f"{HOME}?state=s"
    assert not is_signed_in(wang)


def test_confirming_needs_a_form_of_ours(site: Site) -> None:
    assert Browser(enforce_csrf_checks=True).post("/oidc/logout/confirm").status_code == 403


def test_the_id_token_of_another_session_asks_too(wang: Browser, site: Site) -> None:
    hint = site.tokens(wang)["id_token"]
    models.AccountSession.objects.update(ended_at=utc_now())
    again = Browser()
    sign_in(again)
    assert log_out(again, id_token_hint=hint).status_code == 200
    assert is_signed_in(again)


def test_a_form_of_the_site_ends_the_session_its_token_names(wang: Browser, site: Site) -> None:
    hint = site.tokens(wang)["id_token"]
    Browser().post("/oidc/logout", {"id_token_hint": hint})
    assert not is_signed_in(wang)


def test_a_form_without_token_comes_back_as_an_address(wang: Browser, site: Site) -> None:
    wish = {"client_id": site.client_id, "post_logout_redirect_uri": HOME}
    posted = Browser().post("/oidc/logout", wish)
    assert (posted.status_code, posted.headers["Location"]) == (303, f"/oidc/logout?{urlencode(wish)}")
    assert is_signed_in(wang)


@pytest.mark.parametrize("uri", ["https://evil.example/", f"{CALLBACK}/x", "//evil.example"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(wang: Browser, site: Site, uri: str) -> None:
    hint = site.tokens(wang)["id_token"]
    refused = log_out(wang, id_token_hint=hint, post_logout_redirect_uri=uri)
    assert refused.status_code == 400
    assert "Location" not in refused.headers
    assert is_signed_in(wang)


def test_a_token_of_another_site_or_maker_counts_for_nothing(wang: Browser, site: Site) -> None:
    other = make_site()
    assert log_out(wang, id_token_hint=site.tokens(wang)["id_token"], client_id=other.client_id).status_code == 400
    header, body, _signature = site.tokens(wang)["id_token"].split(".")
    assert log_out(wang, id_token_hint=f"{header}.{body}.AAAA").status_code == 200
    assert is_signed_in(wang)


def test_a_stranger_is_told_that_they_are_signed_out(client: Browser) -> None:
    page = log_out(client)
    assert "已退出" in page.content.decode()


def test_every_site_that_got_tokens_is_written_down_once(wang: Browser, outbox_delivered: Any) -> None:
    uri = "http://127.0.0.1:9/logout"
    told, unused, deaf = make_site(backchannel_logout_uri=uri), make_site(backchannel_logout_uri=uri), make_site()
    session = claims_of(told.tokens(wang)["id_token"])
    told.tokens(wang)
    unused.code(wang)
    deaf.tokens(wang)
    wang.post("/sign-out/")
    outbox_delivered()
    row = models.LogoutDelivery.objects.get()
    assert (row.client.client_id, str(row.session_id), row.subject) == (told.client_id, session["sid"], session["sub"])
    assert row.issuer == ISSUER


def test_a_site_that_does_not_answer_is_told_again_later_and_given_up_in_the_end(
    wang: Browser, outbox_delivered: Any
) -> None:
    site = make_site(backchannel_logout_uri="http://127.0.0.1:9/logout")
    site.tokens(wang)
    wang.post("/sign-out/")
    outbox_delivered()
    before = utc_now()
    assert len(api.send_due_logouts()) == 1
    receipt = api.list_logout_receipts(client_id=site.client_id).items[0]
    assert (receipt.state, receipt.attempts, receipt.site.zh) == ("pending", 1, "卫健委预约")
    assert receipt.due_at is not None
    assert receipt.due_at - before >= timedelta(seconds=1)
    assert receipt.last_answer != ""
    assert not api.has_due_logouts(now=before)
    models.LogoutDelivery.objects.update(due_at=before, created_at=before - timedelta(days=2))
    assert api.send_due_logouts() == ()
    assert api.list_logout_receipts().items[0].state == "abandoned"


def test_receipts_come_in_pages(wang: Browser, site: Site) -> None:
    client = models.Client.objects.get()
    for number in range(3):
        models.LogoutDelivery.objects.create(
            client=client,
            session_id=models.AccountSession.objects.get().pk,
            subject=f"s{number}",
            issuer=ISSUER,
            created_at=utc_now(),
            due_at=utc_now(),
        )
    first = api.list_logout_receipts(limit=2)
    second = api.list_logout_receipts(limit=2, cursor=first.next)
    assert (len(first.items), len(second.items), second.next) == (2, 1, None)


def test_a_key_is_published_before_and_after_it_signs(wang: Browser, site: Site) -> None:
    def published() -> list[str]:
        return [key["kid"] for key in wang.get("/oidc/jwks").json()["keys"]]

    current, following = published()
    first = site.tokens(wang)["id_token"]
    assert _header(first)["kid"] == current
    assert api.rotate_keys() == following
    assert set(published()) > {current, following}
    assert len(published()) == 3
    assert _header(site.tokens(wang)["id_token"])["kid"] == following
    assert log_out(wang, id_token_hint=first).status_code == 200
    assert not is_signed_in(wang)
    assert AuditEntry.objects.filter(action="identity.keys-rotated", subject=f"key:{following}").exists()


def test_a_retired_key_goes_after_its_time_and_a_current_one_is_renewed_in_time(wang: Browser, site: Site) -> None:
    now = utc_now()
    site.tokens(wang)
    assert not api.rotate_keys_when_due(now=now + timedelta(days=89))
    assert api.rotate_keys_when_due(now=now + timedelta(days=91))
    retired = models.SigningKey.objects.get(state="retired")
    keys.rotate(now=now + timedelta(days=122))
    assert not models.SigningKey.objects.filter(pk=retired.pk).exists()


def test_private_keys_are_not_readable_in_the_database(wang: Browser, site: Site) -> None:
    site.tokens(wang)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_jwk FROM identity_signing_key")
        assert all(stored.startswith("v1:") and '"d"' not in stored for (stored,) in cursor.fetchall())
    assert all("d" not in key for key in wang.get("/oidc/jwks").json()["keys"])


def test_discovery_says_what_the_golden_file_says(client: Browser) -> None:
    """The file in ``tests/golden/api``; ``TONGBAN_UPDATE_GOLDEN=1`` writes it anew."""
    found = client.get("/.well-known/openid-configuration").json()
    if os.environ.get("TONGBAN_UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert client.get("/.well-known/oauth-authorization-server").json() == found
    assert client.head("/.well-known/openid-configuration").status_code == 200


def test_every_published_address_is_there(client: Browser) -> None:
    found = client.get("/.well-known/openid-configuration").json()
    for name, value in found.items():
        if name.endswith(("_endpoint", "_uri")):
            assert client.get(value.removeprefix(ISSUER)).status_code in (200, 400, 401, 405), name


def test_a_silent_answer_carries_the_issuer_everywhere(wang: Browser, site: Site) -> None:
    assert query_of(site.send(wang))["iss"] == ISSUER
    assert query_of(site.send(wang, scope="x"))["iss"] == ISSUER


def _header(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
