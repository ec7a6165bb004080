"""Signing in: realms, words, limits, redirects, sessions."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from tests.integration.identity.conftest import PASSWORD
from tests.staff_entry import enter
from tongban.contexts.identity import models

HOSTILE = [
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\x00",
    "a" * 5000,
    "‮wang",
    "../../etc/passwd",
    "{{7*7}}",
    "%s%n",
    "王小明" * 200,
    "wang\r\nSet-Cookie: x=1",
]


def sign_in(client: Client, login: str = "wang", password: str = PASSWORD, door: str = "/sign-in/", **extra: str):  # type: ignore[no-untyped-def]
    return client.post(door, {"login": login, "password": password, **extra})


@pytest.mark.parametrize("login", ["wang", "WANG ", "13900001234", "139 0000 1234", "+86 139-0000-1234"])
def test_username_and_telephone_open_the_door(client: Client, person: models.Person, login: str) -> None:
    response = sign_in(client, login)
    assert (response.status_code, response.headers["Location"]) == (302, "/my/")
    assert "王小明" in client.get("/my/profile/").content.decode()


def test_a_confirmed_address_opens_the_door(client: Client, account: models.Account) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=account, email="wang@x.example", verified=True, primary=True)
    assert sign_in(client, "Wang@X.example").status_code == 302


def test_nobody_learns_whether_an_account_exists(client: Client, account: models.Account) -> None:
    names = ("wang", "nobody", "13900001234", "13900009999", "no@x.example")
    pages = [sign_in(client, login, "wrong-password-1").content.decode() for login in names]
    words = [page.partition('class="errs')[2].partition("</div>")[0] for page in pages]
    assert len(set(words)) == 1
    assert "账号或密码不对" in words[0]


@pytest.mark.parametrize("login", ["wang", "13900001234", "nobody", "12399999999", "no@x.example"])
def test_every_refusal_costs_one_slow_hash(
    client: Client, account: models.Account, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    """A stranger who measures time sees no difference between a known and an unknown account."""
    spent: list[str] = []
    hasher = type(get_hasher())
    for name in ("encode", "verify"):
        real = getattr(hasher, name)
        monkeypatch.setattr(hasher, name, lambda *args, _real=real, _name=name: spent.append(_name) or _real(*args))
    sign_in(client, login, "wrong-password-1")
    assert len(spent) == 1


def test_each_realm_has_its_own_door(client: Client, account: models.Account, clerk: models.Account) -> None:
    assert sign_in(client, "clerk").status_code == 200
    assert sign_in(client, "wang", door="/staff/sign-in/").status_code == 200
    response = sign_in(client, "clerk", door="/staff/sign-in/")
    assert (response.status_code, response.headers["Location"]) == (302, "/counter/")


def test_one_may_change_doors(client: Client, person: models.Person, clerk: models.Account) -> None:
    sign_in(client)
    page = client.get("/staff/sign-in/").content.decode()
    assert "你现在以王小明的账号登录着" in page
    assert sign_in(client, "clerk", door="/staff/sign-in/").headers["Location"] == "/counter/"
    assert client.get("/sign-in/").status_code == 200
    assert client.get("/staff/sign-in/").headers["Location"] == "/counter/"


def test_staff_find_their_work_by_role(client: Client, person: models.Person, clerk: models.Account) -> None:
    enter(client, clerk)
    assert client.get("/staff/").headers["Location"] == "/counter/"
    assert person.account is not None
    client.force_login(person.account)
    assert client.get("/staff/").headers["Location"] == "/my/"


@pytest.mark.parametrize("login", HOSTILE)
def test_hostile_names_are_only_wrong(client: Client, account: models.Account, login: str) -> None:
    response = sign_in(client, login, login)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "https:evil.example",
        "\thttps://evil.example",
    ],
)
def test_signing_in_leads_only_to_this_site(client: Client, account: models.Account, target: str) -> None:
    assert "evil" not in client.get("/sign-in/", {"next": target}).content.decode().partition("<main")[2]
    assert sign_in(client, next=target).headers["Location"] == "/my/"


def test_signing_in_leads_back_to_where_one_was(client: Client, person: models.Person) -> None:
    turned_away = client.get("/my/notices/?cursor=", headers={"Accept": "text/html"})
    assert turned_away.headers["Location"] == "/sign-in/?next=%2Fmy%2Fnotices%2F%3Fcursor%3D"
    assert sign_in(client, next="/my/notices/?cursor=").headers["Location"] == "/my/notices/?cursor="


def test_a_session_given_beforehand_is_not_kept(client: Client, account: models.Account) -> None:
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = session.session_key
    sign_in(client)
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/my/profile/", headers={"Accept": "text/html"}).status_code == 302


def test_signing_out_ends_the_session_at_the_server(client: Client, account: models.Account) -> None:
    sign_in(client)
    stolen = client.cookies["sessionid"].value
    assert client.get("/sign-out/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/"
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/my/profile/", headers={"Accept": "text/html"}).status_code == 302


def test_an_ended_session_is_told_as_such(client: Client, account: models.Account) -> None:
    client.cookies["sessionid"] = "a" * 32
    assert "登录已到期" in client.get("/sign-in/").content.decode()
    assert "登录已到期" in client.get("/session-expired/").content.decode()
    assert "登录已到期" not in Client().get("/sign-in/").content.decode()


def test_an_account_that_is_closed_stays_out(client: Client, account: models.Account) -> None:
    sign_in(client)
    models.Account.objects.filter(pk=account.pk).update(is_active=False)
    assert client.get("/my/profile/", headers={"Accept": "text/html"}).status_code == 302
    response = sign_in(Client())
    assert response.headers["Location"] == "/account/inactive/"


def test_a_form_without_its_token_is_refused_kindly(account: models.Account) -> None:
    response = sign_in(Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_a_new_device_is_told_to_its_owner(person: models.Person) -> None:
    from tongban.contexts.notices import api as notices

    first, second = Client(), Client()
    sign_in(first)
    assert notices.count_unread(person.pk) == 0
    sign_in(first)
    sign_in(second)
    assert [notice.template for notice in notices.list_notices(person.pk).items] == ["sign-in-new-device"]
