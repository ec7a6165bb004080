"""The second factor with real codes, for residents and staff."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests.integration.identity.conftest import PASSWORD
from tests.staff_entry import totp
from tongban.contexts.identity import api, models
from tongban.contexts.identity.adapters.second_factor import enrol_totp
from tongban.runtime import settings


def sign_in(client: Client, login: str, door: str = "/sign-in/", **extra: str) -> Any:
    return client.post(door, {"login": login, "password": PASSWORD, **extra})


def again(client: Client) -> None:
    client.post("/account/again/", {"password": PASSWORD, "next": "/my/security/"})


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    real = replace(settings.current(), environment="production")
    monkeypatch.setattr(settings, "current", lambda: real)


def test_enrolling_needs_the_password_and_a_right_code(client: Client, person: models.Person) -> None:
    sign_in(client, "wang")
    assert client.get("/my/security/totp/").headers["Location"].startswith("/account/again/")
    again(client)
    page = client.get("/my/security/totp/").content.decode()
    secret = re.sub(r"\s", "", re.findall(r'<b class="num">([A-Z2-7 ]+)</b>', page)[0])
    assert "验证码不对" in client.post("/my/security/totp/", {"code": "000000"}).content.decode()
    done = client.post("/my/security/totp/", {"code": totp(secret)})
    assert done.headers["Location"] == "/my/security/codes/"
    assert len(re.findall(r"<li>\d{8}</li>", client.get("/my/security/codes/").content.decode())) == 10


def test_asking_for_the_password_again_is_no_error(
    client: Client, person: models.Person, capsys: pytest.CaptureFixture[str]
) -> None:
    client.force_login(person.account)
    client.get("/my/security/totp/")
    assert "unexpected error" not in capsys.readouterr().out


def test_the_secret_is_not_readable_in_the_database(account: models.Account) -> None:
    from allauth.mfa.models import Authenticator

    secret, _ = enrol_totp(account)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_the_password_alone_opens_nothing(client: Client, person: models.Person) -> None:
    secret, _ = enrol_totp(person.account)  # type: ignore[arg-type]
    response = sign_in(client, "wang", next="/my/notices/")
    assert response.headers["Location"] == "/account/second-factor/"
    assert client.get("/my/profile/", headers={"Accept": "text/html"}).status_code == 302
    assert "验证码不对" in client.post("/account/second-factor/", {"code": "000000"}).content.decode()
    assert client.post("/account/second-factor/", {"code": totp(secret)}).headers["Location"] == "/my/notices/"


def test_a_code_is_good_once(person: models.Person) -> None:
    secret, _ = enrol_totp(person.account)  # type: ignore[arg-type]
    code = totp(secret)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, "wang")
    assert first.post("/account/second-factor/", {"code": code}).status_code == 302
    assert "已经用过" in second.post("/account/second-factor/", {"code": code}).content.decode()


def test_a_code_is_good_once_however_it_is_written(person: models.Person) -> None:
    secret, _ = enrol_totp(person.account)  # type: ignore[arg-type]
    code = totp(secret)
    for number, written in enumerate((code, f"{code[:3]}-{code[3:]}", f" {code[:3]} {code[3:]}")):
        client = Client()
        sign_in(client, "wang")
        answer = client.post("/account/second-factor/", {"code": written})
        assert answer.status_code == (302 if number == 0 else 200)


def test_a_code_is_remembered_longer_than_it_is_valid() -> None:
    from allauth.mfa import app_settings

    valid = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    assert api.limits.CODE_KEPT.total_seconds() > valid


def test_four_simultaneous_uses_of_a_code_let_one_in(transactional_db: None) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.contrib.auth.hashers import make_password
    from django.db import connection

    account = models.Account.objects.create(username="wang", password=make_password(PASSWORD))
    secret, _ = enrol_totp(account)
    clients, together = [Client() for _ in range(4)], Barrier(4)
    for client in clients:
        sign_in(client, "wang")
    code = totp(secret)

    def enter(client: Client) -> int:
        try:
            together.wait(timeout=60)
            return client.post("/account/second-factor/", {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(enter, clients)) == [200, 200, 200, 302]


def test_a_recovery_code_is_good_once(person: models.Person) -> None:
    from allauth.mfa.models import Authenticator

    enrol_totp(person.account)  # type: ignore[arg-type]
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, "wang")
    assert first.post("/account/second-factor/", {"code": code}).status_code == 302
    assert second.post("/account/second-factor/", {"code": code}).status_code == 200


def test_codes_cannot_be_guessed(client: Client, person: models.Person) -> None:
    secret, _ = enrol_totp(person.account)  # type: ignore[arg-type]
    sign_in(client, "wang")
    for _ in range(5):
        client.post("/account/second-factor/", {"code": "000000"})
    assert "试错次数太多" in client.post("/account/second-factor/", {"code": totp(secret)}).content.decode()


def test_another_account_can_be_chosen_at_the_second_step(client: Client, person: models.Person) -> None:
    enrol_totp(person.account)  # type: ignore[arg-type]
    sign_in(client, "wang")
    assert client.post("/sign-out/", {"next": "/sign-in/"}).headers["Location"] == "/sign-in/"
    assert client.get("/sign-in/").status_code == 200


def test_staff_get_no_further_than_its_enrolment(client: Client, clerk: models.Account) -> None:
    sign_in(client, "clerk", "/staff/sign-in/")
    assert client.get("/desk/").headers["Location"] == "/my/security/totp/"
    assert client.get("/api/services").headers["Location"] == "/my/security/totp/"
    assert "要先添加通行密钥或开启两步验证" in client.get("/my/security/").content.decode()


def test_staff_with_it_get_in_and_cannot_turn_it_off(client: Client, clerk: models.Account) -> None:
    secret, _ = enrol_totp(clerk)
    assert sign_in(client, "clerk", "/staff/sign-in/").headers["Location"] == "/account/second-factor/"
    assert client.post("/account/second-factor/", {"code": totp(secret)}).headers["Location"] == "/counter/"
    assert client.get("/my/security/").status_code == 200
    again(client)
    assert "不能关闭" in client.post("/my/security/totp/remove/").content.decode()


def test_an_enrolment_by_command_works_at_the_door(client: Client, clerk: models.Account) -> None:
    made = api.create_staff(username="new", name="甲", organisation="police", roles=["approver"])
    client.post("/staff/sign-in/", {"login": "new", "password": made.password})
    done = client.post("/account/second-factor/", {"code": totp(made.totp_secret)})
    assert done.headers["Location"] == "/desk/"


def test_turning_it_on_is_told_and_on_record(
    client: Client, person: models.Person, django_capture_on_commit_callbacks: Any
) -> None:
    from tongban.contexts.notices import api as notices

    sign_in(client, "wang")
    again(client)
    page = client.get("/my/security/totp/").content.decode()
    secret = re.sub(r"\s", "", re.findall(r'<b class="num">([A-Z2-7 ]+)</b>', page)[0])
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/my/security/totp/", {"code": totp(secret)})
    assert [notice.template for notice in notices.list_notices(person.pk).items] == ["second-factor-changed"]
