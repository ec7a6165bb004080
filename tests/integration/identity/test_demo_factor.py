"""The demo staff's published authenticator: shown to everybody in the demo, worth nothing in production."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.integration.identity.conftest import ORGANISATION, PASSWORD
from tests.staff_entry import DEMO_SECRET, totp
from tongban.contexts.identity import api, models
from tongban.contexts.identity.adapters import demo_factor
from tongban.runtime import settings

ROW = {
    "username": "clerk",
    "name": "孙敏",
    "kind": "staff",
    "password": PASSWORD,
    "organisation": "police",
    "roles": ["clerk"],
}


@pytest.fixture
def clerk(db: None) -> models.Account:
    cache.clear()
    api.load_organisations([ORGANISATION])
    api.load_demo_accounts([ROW])
    return models.Account.objects.get(username="clerk")


def at_the_second_step(username: str = "clerk", password: str = PASSWORD) -> Client:
    client = Client()
    done = client.post("/staff/sign-in/", {"login": username, "password": password})
    assert done.headers["Location"] == "/account/second-factor/"
    return client


def send(client: Client, code: str) -> Any:
    return client.post("/account/second-factor/", {"code": code})


def test_the_page_shows_the_code_that_opens_the_door(clerk: models.Account) -> None:
    client = at_the_second_step()
    page = client.get("/account/second-factor/").content.decode()
    assert "演示验证器" in page
    (code,) = re.findall(r"<b>(\d{6})</b>", page)
    assert code in (totp(), totp(steps=-1))
    assert send(client, code).headers["Location"] == "/counter/"
    assert totp() in Client().get("/staff/sign-in/").content.decode()


def test_two_people_use_one_demo_account_in_the_same_half_minute(clerk: models.Account) -> None:
    code = totp()
    assert [send(at_the_second_step(), code).status_code for _ in range(8)] == [302] * 8


def test_a_wrong_code_stays_wrong_and_is_counted(clerk: models.Account) -> None:
    client = at_the_second_step()
    for _ in range(5):
        assert "验证码不对" in send(client, "000000").content.decode()
    assert "试错次数太多" in send(client, "000000").content.decode()


def test_other_accounts_are_not_shown_a_code_and_keep_their_rule(clerk: models.Account) -> None:
    made = api.create_staff(username="real", name="甲", organisation="police", roles=["approver"])
    client = at_the_second_step("real", made.password)
    assert "演示验证器" not in client.get("/account/second-factor/").content.decode()
    assert send(client, totp()).status_code == 200  # the demo's code is nobody else's
    code = totp(made.totp_secret)
    assert send(client, code).headers["Location"] == "/desk/"
    assert "已经用过" in send(at_the_second_step("real", made.password), code).content.decode()
    assert [one.username for one in api.list_demo_sign_ins()] == ["clerk"]


def test_production_shows_no_code_and_takes_none(clerk: models.Account, monkeypatch: pytest.MonkeyPatch) -> None:
    real = replace(settings.current(), environment="production")
    monkeypatch.setattr(settings, "current", lambda: real)
    client = at_the_second_step()
    assert "演示验证器" not in client.get("/account/second-factor/").content.decode()
    assert "演示账号不能用于正式环境" in send(client, totp()).content.decode()
    assert client.get("/counter/", headers={"Accept": "text/html"}).headers["Location"].startswith("/staff/sign-in/")
    assert DEMO_SECRET not in Client().get("/staff/sign-in/").content.decode()


def test_an_older_demos_staff_get_the_authenticator_once(clerk: models.Account) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.all().delete()
    assert api.load_demo_accounts([ROW]) == 0
    assert demo_factor.find(clerk) is not None
    assert api.load_demo_accounts([ROW]) == 0
    assert Authenticator.objects.count() == 1


def test_a_staff_account_of_the_same_name_with_another_password_is_left_alone(clerk: models.Account) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.all().delete()
    clerk.set_password("Emerald-7731q")
    clerk.save()
    api.load_demo_accounts([ROW])
    assert demo_factor.find(clerk) is None
