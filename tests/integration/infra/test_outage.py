"""A database that goes away in mid-request is told as such: 503, what to do, and never a bare error page."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client

from tongban.contexts.identity.adapters.session_store import SessionStore

pytestmark = pytest.mark.django_db


def gone(*_arguments: object, **_named: object) -> None:
    raise OperationalError("terminating connection due to unexpected postmaster exit")


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def database_away() -> Iterator[None]:
    with patch.object(DatabaseWrapper, "cursor", gone):
        yield


@pytest.mark.usefixtures("database_away")
@pytest.mark.parametrize("cookies", [{}, {"sessionid": "a" * 32}])
def test_pages_say_that_the_system_is_busy_and_what_to_do(browser: Client, cookies: dict[str, str]) -> None:
    browser.cookies.load(cookies)
    answer = browser.get("/my/cases/" if cookies else "/search?q=x")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "请过几秒再点一次" in answer.content.decode()


@pytest.mark.usefixtures("database_away")
def test_programs_get_a_problem_document(browser: Client) -> None:
    answer = browser.get("/api/services?q=x")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "database-away"


@pytest.mark.usefixtures("database_away")
def test_readiness_is_refused_not_broken(browser: Client) -> None:
    assert browser.get("/readyz").status_code == 503


def test_a_session_that_could_not_be_kept_is_no_bad_request(browser: Client) -> None:
    store = SessionStore()
    store["_language"] = "x"
    store.create()
    browser.cookies["sessionid"] = store.session_key or ""

    def lost(self: SessionStore, must_create: bool = False) -> None:
        raise UpdateError

    with patch.object(SessionStore, "save", lost), patch("django.conf.settings.SESSION_SAVE_EVERY_REQUEST", True):
        answer = browser.get("/sign-in/")
    assert answer.status_code == 503
    assert "请过几秒再点一次" in answer.content.decode()
