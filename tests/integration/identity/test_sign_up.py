"""A new account, then the real name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from tests.integration.identity.conftest import PASSWORD, Register, id_number
from tongban.contexts.identity import models

pytestmark = pytest.mark.django_db


def sign_up(client: Client, **changes: str) -> Any:
    fields = {"username": "xiaoming", "password1": PASSWORD, "password2": PASSWORD, "consent": "on", **changes}
    return client.post("/sign-up/", {name: value for name, value in fields.items() if value})


def prove(client: Client, name: str = "王小明", number: str = id_number(23), **extra: str) -> Any:
    return client.post("/account/real-name/", {"name": name, "id_number": number, "consent": "on", **extra})


def test_from_nothing_to_a_known_person(client: Client, register: Register) -> None:
    response = sign_up(client, phone="139 0000 1234")
    assert (response.status_code, response.headers["Location"]) == (302, "/account/real-name/")
    assert prove(client).headers["Location"] == "/my/"
    account = models.Account.objects.get(username="xiaoming")
    assert (account.phone, account.is_phone_verified) == ("13900001234", False)
    assert models.Person.objects.get(account=account).name == "王小明"


def test_the_page_one_wanted_is_kept_through_both_steps(client: Client, register: Register) -> None:
    response = sign_up(client, next="/my/notices/")
    assert response.headers["Location"] == "/account/real-name/?next=%2Fmy%2Fnotices%2F"
    assert prove(client, next="/my/notices/").headers["Location"] == "/my/notices/"


def test_a_page_for_known_persons_asks_for_the_real_name_first(client: Client, register: Register) -> None:
    sign_up(client)
    turned = client.get("/my/notices/", headers={"Accept": "text/html"})
    assert turned.headers["Location"] == "/account/real-name/?next=%2Fmy%2Fnotices%2F"


def test_the_first_page_asks_a_newcomer_for_the_real_name_and_for_no_second_sign_in(client: Client) -> None:
    sign_up(client)
    page = client.get("/").content.decode()
    assert "/account/real-name/?next=/" in page
    assert "登录后，表单替你填好" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "nobody"}, "邮箱写得不对"),
        ({"username": ""}, "请填写这一项"),
        ({"username": "王小明"}, "字母开头"),
        ({"username": "<b>"}, "字母开头"),
        ({"username": "admin"}, "这个用户名不能用"),
        ({"password2": "another-one-9"}, "两次输入的密码不一样"),
        ({"password1": "short", "password2": "short"}, "至少"),
        ({"password1": "password123456", "password2": "password123456"}, "password1"),
        ({"phone": "123"}, "11 位数字"),
        ({"email": "nope"}, "email"),
        ({"consent": ""}, "同意后才能建账号"),
    ],
)
def test_what_is_wrong_is_named_and_linked(client: Client, changes: dict[str, str], words: str) -> None:
    response = sign_up(client, **changes)
    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert 'class="errs' in page
    assert not models.Account.objects.exists()


def test_a_taken_username_is_said_once_without_telling_more(client: Client, account: models.Account) -> None:
    assert "已有人用" in sign_up(client, username="Wang").content.decode()


def test_a_taken_telephone_or_address_is_not_told(client: Client, account: models.Account) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=account, email="wang@x.example", verified=True, primary=True)
    response = sign_up(client, phone="13900001234", email="wang@x.example")
    assert response.headers["Location"] == "/account/real-name/"
    made = models.Account.objects.get(username="xiaoming")
    assert not EmailAddress.objects.filter(user=made, verified=True).exists()


def test_an_unconfirmed_telephone_does_not_shadow_its_owner(client: Client, account: models.Account) -> None:
    sign_up(client, phone="13900001234", password1="Another-4321z", password2="Another-4321z")
    client.post("/sign-out/")
    client.post("/sign-in/", {"login": "13900001234", "password": PASSWORD})
    assert "wang" in client.get("/my/profile/").content.decode()


def test_an_address_is_confirmed_by_its_link(client: Client) -> None:
    sign_up(client, email="xm@x.example")
    [message] = mail.outbox
    address = next(line for line in message.body.splitlines() if line.startswith("http"))
    path = urlsplit(address).path
    assert "确认" in client.get(path).content.decode()
    assert client.post(path).headers["Location"] == "/my/profile/"
    assert "已确认" in client.get("/my/profile/").content.decode()


def test_while_the_police_are_down_one_may_go_on_later(client: Client, register: Register) -> None:
    register.is_down = True
    sign_up(client)
    page = prove(client).content.decode()
    assert "公安局" in page
    assert "已保留 24 小时" in page
    register.is_down = False
    page = client.get("/account/real-name/").content.decode()
    assert "再核验一次" in page
    assert f'value="{id_number(23)}"' in page
    assert prove(client).headers["Location"] == "/my/"


def test_a_mismatch_and_a_taken_number_look_the_same(client: Client, person: models.Person, register: Register) -> None:
    sign_up(client)
    taken, wrong = prove(client), prove(client, name="李四")

    def conclusion(page: str) -> str:
        return page.partition('class="note')[2].partition("</div>")[0]

    assert conclusion(taken.content.decode()) == conclusion(wrong.content.decode()) != ""


def test_a_wrong_number_is_named_beside_its_field(client: Client, register: Register) -> None:
    sign_up(client)
    page = prove(client, number="990102199105140237").content.decode()
    assert 'id="id_id_number_error"' in page
    assert "逐位核对" in page
    assert register.asked == 0


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\x00", "王" * 500, "' OR 1=1 --"])
def test_hostile_names_are_refused_and_escaped(client: Client, register: Register, name: str) -> None:
    sign_up(client)
    response = prove(client, name=name)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert not models.Person.objects.exists()
