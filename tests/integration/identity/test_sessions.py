"""How long a session lasts, and that people are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from tests.integration.identity.conftest import PASSWORD
from tongban.contexts.identity import models
from tongban.contexts.identity.api import sessions
from tongban.kernel.clock import utc_now


@pytest.fixture
def signed_in(client: Client, person: models.Person) -> Client:
    assert person.account is not None
    client.force_login(person.account)
    client.get("/my/profile/")
    return client


def test_a_session_in_use_is_written_rarely_and_moves_its_end(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    ends = models.BrowserSession.objects.get().expire_date
    signed_in.get("/my/profile/")
    assert models.BrowserSession.objects.get().expire_date == ends
    later = utc_now() + timedelta(seconds=settings.SESSION_COOKIE_AGE * 0.6)
    monkeypatch.setattr(sessions, "utc_now", lambda: later)
    signed_in.get("/my/profile/")
    assert models.BrowserSession.objects.get().expire_date > ends


def test_the_cookie_ends_with_the_browser_and_is_closed_to_scripts(client: Client, person: models.Person) -> None:
    cookie = client.post("/sign-in/", {"login": "wang", "password": PASSWORD}).cookies["sessionid"]
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_an_ended_session_leads_to_the_door_and_back(signed_in: Client) -> None:
    models.BrowserSession.objects.update(expire_date=utc_now() - timedelta(seconds=1))
    turned = signed_in.get("/my/notices/", headers={"Accept": "text/html"})
    assert turned.headers["Location"] == "/sign-in/?next=%2Fmy%2Fnotices%2F"
    assert "登录已到期" in signed_in.get(turned.headers["Location"]).content.decode()


def test_a_form_says_when_the_session_ends(signed_in: Client) -> None:
    request = RequestFactory().get("/")
    request.session = signed_in.session
    request.user = models.Account.objects.get()
    page = Template("{% load session %}{% session_note %}").render(Context({"request": request}))
    assert "自动退出" in page


def test_an_anonymous_page_says_nothing_of_sessions(client: Client, db: None) -> None:
    request = RequestFactory().get("/")
    request.session = client.session
    assert Template("{% load session %}{% session_note %}").render(Context({"request": request})).strip() == ""
