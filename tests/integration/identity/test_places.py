"""Where somebody is signed in, signing out from afar, and what the other browser is told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.integration.identity.conftest import PASSWORD
from tests.staff_entry import totp
from tongban.contexts.identity import api, models
from tongban.contexts.identity.adapters.second_factor import enrol_totp
from tongban.contexts.notices import api as notices
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now

HTML = {"Accept": "text/html"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def entered(agent: str = FIREFOX, login: str = "wang") -> Client:
    client = Client(headers={"User-Agent": agent})
    assert client.post("/sign-in/", {"login": login, "password": PASSWORD}).status_code == 302
    return client


def sid(client: Client) -> str:
    return str(client.session["identity.sid"])


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]))


def test_the_list_says_where_how_and_which_is_this(person: models.Person) -> None:
    here, _phone = entered(), entered(PHONE)
    page = text(here.get("/my/security/").content.decode())
    assert "你在 2 个地方登录着" in page
    assert re.search(r"Firefox · Linux 就是这里 密码 .* 退出登录 Chrome · Android 密码 .* 让它退出", page)


def test_one_is_signed_out_and_told_by_whom(person: models.Person) -> None:
    here, phone = entered(), entered(PHONE)
    done = here.post("/my/security/sessions/", {"session": sid(phone)})
    assert done.headers["Location"] == "/my/security/#places"
    turned = phone.get("/my/notices/", headers=HTML)
    assert turned.headers["Location"] == "/sign-in/?next=%2Fmy%2Fnotices%2F"
    assert "这里的登录已被另一台设备退出" in text(phone.get(turned.headers["Location"]).content.decode())
    assert here.get("/my/profile/").status_code == 200
    assert AuditEntry.objects.filter(action="identity.session-ended").count() == 1
    assert models.AccountSession.objects.get(ended_because="remote").description == "Chrome · Android"


def test_what_a_browser_is_told_outlives_its_dead_cookie(person: models.Person) -> None:
    """A real browser drops the cookie that the redirect takes away; the reason comes along by itself."""
    here, phone = entered(), entered(PHONE)
    here.post("/my/security/sessions/", {"session": sid(phone)})
    turned = phone.get("/my/notices/", headers=HTML)
    assert phone.cookies["sessionid"].value == ""
    del phone.cookies["sessionid"]
    assert "这里的登录已被另一台设备退出" in text(phone.get(turned.headers["Location"]).content.decode())
    phone.post("/sign-in/", {"login": "wang", "password": PASSWORD})
    assert phone.cookies["session-end"].value == ""


def test_all_others_are_signed_out_at_once(person: models.Person) -> None:
    here, others = entered(), [entered(PHONE), entered()]
    here.post("/my/security/sessions/", {"session": "others"})
    assert [other.get("/my/profile/", headers=HTML).status_code for other in others] == [302, 302]
    page = text(here.get("/my/security/").content.decode())
    assert "已让其他 2 处登录退出" in page
    assert "你在 1 个地方登录着" in page
    assert AuditEntry.objects.get(action="identity.other-sessions-ended").detail == {"ended": 2}


def test_nobody_ends_anothers_session(person: models.Person) -> None:
    models.Account.objects.create(username="li", password=person.account.password)  # type: ignore[union-attr]
    here, stranger = entered(), entered(login="li")
    stranger.post("/my/security/sessions/", {"session": sid(here)})
    assert "那次登录已经退出" in text(stranger.get("/my/security/").content.decode())
    assert here.get("/my/profile/").status_code == 200


@pytest.mark.parametrize("session", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_session_that_is_none_ends_nothing(person: models.Person, session: str) -> None:
    here = entered()
    assert here.post("/my/security/sessions/", {"session": session}).status_code == 302
    assert here.get("/my/profile/").status_code == 200


def test_this_browser_is_led_to_signing_out(person: models.Person) -> None:
    here = entered()
    assert here.post("/my/security/sessions/", {"session": sid(here)}).headers["Location"] == "/sign-out/"


def test_a_changed_password_is_told_as_such(person: models.Person) -> None:
    here, phone = entered(), entered(PHONE)
    new = "Emerald-7731q"
    here.post("/my/security/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    phone.get("/my/profile/", headers=HTML)
    assert "密码改过了" in text(phone.get("/sign-in/").content.decode())


def test_what_browsers_are_told_is_kept_for_a_day(person: models.Person) -> None:
    here, phone = entered(), entered(PHONE)
    here.post("/my/security/sessions/", {"session": sid(phone)})
    api.forget_ended_sessions(now=utc_now() + timedelta(hours=23))
    assert models.EndedBrowser.objects.count() == 1
    api.forget_ended_sessions(now=utc_now() + timedelta(hours=25))
    assert models.EndedBrowser.objects.count() == 0


@pytest.mark.parametrize("told", ["remote", "<b>", "x" * 300])
def test_a_forged_reason_shows_our_words_only(client: Client, db: None, told: str) -> None:
    client.cookies["session-end"] = told
    page = client.get("/sign-in/").content.decode()
    assert "<b>" not in page.partition("<h1")[2].partition("</h1>")[0]


def new_devices(person: models.Person) -> list[Any]:
    return [one for one in notices.list_notices(person.pk).items if one.template == "sign-in-new-device"]


def test_a_new_device_behind_a_second_factor_is_told(person: models.Person) -> None:
    cache.clear()
    entered()
    secret, _ = enrol_totp(person.account)  # type: ignore[arg-type]
    phone = Client(headers={"User-Agent": PHONE})
    phone.post("/sign-in/", {"login": "wang", "password": PASSWORD})
    assert new_devices(person) == []
    phone.post("/account/second-factor/", {"code": totp(secret)})
    (notice,) = new_devices(person)
    assert "Chrome · Android" in notice.body.zh
    assert "账号安全" in notice.body.zh
    assert re.search(r"\d{1,2}:\d{2}", notice.body.zh)


def test_signing_up_notes_the_device(client: Client, db: None) -> None:
    fields = {"username": "newcomer", "password1": "Emerald-7731q", "password2": "Emerald-7731q", "consent": "on"}
    client.post("/sign-up/", fields, headers={"User-Agent": PHONE})
    assert models.KnownDevice.objects.get().description == "Chrome · Android"
    assert models.AccountSession.objects.get().description == "Chrome · Android"


@pytest.mark.parametrize(("level", "shown"), [("real-name", "已实名"), ("in-person", "当面核验")])
def test_the_identity_level_is_shown_with_what_it_allows(person: models.Person, level: str, shown: str) -> None:
    models.Person.objects.update(level=level)
    page = text(entered().get("/my/profile/").content.decode())
    assert re.search(rf"身份等级 {shown}", page)
    assert f"{shown} 你现在在这里" in page


def test_an_account_without_a_real_name_sees_where_it_stands(account: models.Account) -> None:
    assert "未实名 你现在在这里" in text(entered().get("/my/profile/").content.decode())
