"""Passwords, profile, preferences, and what every account page has."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from tests.integration.identity.conftest import PASSWORD
from tongban.contexts.identity import models

NEW = "Emerald-7731q"
OPEN_PAGES = ["/sign-in/", "/sign-up/", "/staff/sign-in/", "/session-expired/", "/account/password/reset/"]
OWN_PAGES = [
    "/my/profile/",
    "/my/profile/email/",
    "/my/notices/",
    "/my/security/",
    "/my/security/password/",
    "/account/again/",
    "/sign-out/",
]


@pytest.fixture
def signed_in(client: Client, person: models.Person) -> Client:
    assert person.account is not None
    client.force_login(person.account)
    return client


class Inputs(HTMLParser):
    """The fields of a page, its labels and its ids."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[dict[str, str | None]] = []
        self.labelled: set[str | None] = set()
        self.ids: list[str | None] = []
        self.described: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label":
            self.labelled.add(found.get("for"))
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.fields.append(found)
        self.described += (found.get("aria-describedby") or "").split()


def check_page(page: str) -> None:
    inputs = Inputs()
    inputs.feed(page)
    assert [field["name"] for field in inputs.fields if field.get("id") not in inputs.labelled] == []
    assert set(inputs.described) <= set(inputs.ids)
    assert len(inputs.ids) == len(set(inputs.ids))
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_open_pages_label_every_field(client: Client, db: None, path: str) -> None:
    check_page(client.get(path).content.decode())


@pytest.mark.parametrize("path", OWN_PAGES)
def test_own_pages_label_every_field(signed_in: Client, path: str) -> None:
    response = signed_in.get(path)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    check_page(response.content.decode())


def test_a_page_with_errors_says_so_in_its_title_and_describes_fields(client: Client, db: None) -> None:
    page = client.post("/sign-up/", {}).content.decode()
    check_page(page)
    assert re.search(r"<title>\s*有 4 处要改", page)
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize("path", [*OPEN_PAGES, *OWN_PAGES])
def test_english_pages_hold_no_chinese_sentence(signed_in: Client, path: str) -> None:
    reader = signed_in if path in OWN_PAGES else Client()
    reader.cookies["language"] = "en"
    page = reader.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    assert re.findall(r"[\u4e00-\u9fff]{2,}", page.replace("王小明", "")) == []


def test_a_changed_password_ends_other_sessions(signed_in: Client, person: models.Person) -> None:
    other = Client()
    other.post("/sign-in/", {"login": "wang", "password": PASSWORD})
    done = signed_in.post("/my/security/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert done.headers["Location"] == "/my/security/"
    assert signed_in.get("/my/profile/").status_code == 200
    assert other.get("/my/profile/", headers={"Accept": "text/html"}).status_code == 302


def test_a_changed_password_needs_the_present_one(signed_in: Client) -> None:
    page = signed_in.post(
        "/my/security/password/", {"oldpassword": "nope", "password1": NEW, "password2": NEW}
    ).content.decode()
    assert "现在的密码不对" in page


def link_in(message: Any) -> str:
    address = next(line for line in message.body.splitlines() if line.startswith("http"))
    return str(urlsplit(address).path)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(client: Client, account: models.Account) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=account, email="wang@x.example", verified=True, primary=True)
    assert client.post("/account/password/reset/", {"email": "wang@x.example"}).status_code == 302
    path = link_in(mail.outbox[0])
    form = client.get(path).headers["Location"]
    assert client.post(form, {"password1": NEW, "password2": NEW}).headers["Location"].endswith("/done/")
    assert client.post("/sign-in/", {"login": "wang", "password": NEW}).status_code == 302
    assert "链接已失效" in Client().get(path).content.decode()


def test_asking_for_a_link_looks_the_same_for_strangers(client: Client, account: models.Account) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=account, email="wang@x.example", verified=True, primary=True)
    answers = [client.post("/account/password/reset/", {"email": one}) for one in ("wang@x.example", "no@x.example")]
    assert len({(answer.status_code, answer.headers["Location"]) for answer in answers}) == 1
    assert [message.to for message in mail.outbox] == [["wang@x.example"], ["no@x.example"]]


def test_a_telephone_number_is_changed_and_counts_as_unconfirmed(signed_in: Client, account: models.Account) -> None:
    assert signed_in.post("/my/profile/", {"phone": "nope"}).status_code == 200
    assert signed_in.post("/my/profile/", {"phone": "138 0000 9999"}).status_code == 302
    account.refresh_from_db()
    assert (account.phone, account.is_phone_verified) == ("13800009999", False)


def test_preferences_are_kept_in_the_browser_and_the_account(signed_in: Client, account: models.Account) -> None:
    response = signed_in.post("/prefs/mode", {"mode": "elder", "next": "/my/profile/"})
    assert (response.status_code, response.headers["Location"]) == (303, "/my/profile/")
    signed_in.post("/prefs/language", {"language": "en"})
    page = signed_in.get("/my/profile/").content.decode()
    assert '<html lang="en" data-mode="elder">' in page
    account.refresh_from_db()
    assert (account.mode, account.language) == ("elder", "en")
    fresh = Client()
    fresh.post("/sign-in/", {"login": "wang", "password": PASSWORD})
    assert '<html lang="en" data-mode="elder">' in fresh.get("/my/profile/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", ""])
def test_preferences_lead_only_to_this_site(client: Client, db: None, target: str) -> None:
    for path, field in (("/prefs/mode", "mode"), ("/prefs/language", "language")):
        response = client.post(path, {field: "nonsense", "next": target})
        assert response.headers["Location"] == "/"
        assert not response.cookies


def test_preferences_are_changed_by_post_only(client: Client, db: None) -> None:
    assert client.get("/prefs/mode").status_code == 405


def test_too_many_requests_are_refused_kindly(client: Client, account: models.Account) -> None:
    answers = [client.post("/sign-up/", {}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert "操作太频繁，10 分钟后再试" in re.sub(r"<[^>]+>", "", answers[-1].content.decode())


def test_a_page_of_ones_own_costs_few_queries(
    signed_in: Client, person: models.Person, django_assert_max_num_queries: Any
) -> None:
    signed_in.get("/my/")
    for path in ("/my/", "/my/profile/", "/my/notices/", "/my/security/"):
        with django_assert_max_num_queries(12):
            assert signed_in.get(path).status_code == 200


def test_a_spent_link_asks_for_no_password(client: Client) -> None:
    page = client.get("/account/password/reset/1-spent-link/").content.decode()
    assert "链接已失效" in page
    assert 'type="password"' not in page
