"""The pages of principals and agents: what they ask, what they tell, and whom they let in."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.integration.identity.people import (
    CHILD,
    MOTHER,
    SON,
    STRANGER,
    Registers,
    actor_for,
    code,
    given_mandate,
    make,
    mother,
    prove_again,
    registers,
    signed_in,
    son,
    terms,
)
from tongban.contexts.identity import models
from tongban.contexts.identity.api import mandates

__all__ = ["code", "mother", "registers", "son"]


def form(code: str, **changed: object) -> dict[str, object]:
    given = {"name": "陈刚", "id_number": SON, "relation": "child", "service": [code], "ending": "3", "do": "next"}
    return {**given, **changed}


def test_giving_asks_for_the_password_before_the_yes_and_holds_after_it(
    mother: models.Person, son: models.Person, code: str
) -> None:
    client = signed_in(mother)
    made = client.post("/my/mandates/give/", form(code))
    confirm = made.headers["Location"]
    assert re.fullmatch(r"/my/mandates/[0-9a-f-]{36}/confirm/", confirm)
    for answer in (client.get(confirm), client.post(confirm)):
        assert (answer.status_code, answer.headers["Location"][:15]) == (302, "/account/again/")
    assert not models.Mandate.objects.filter(state="active").exists()
    resumed = client.post("/account/again/", {"password": "Kunlun-9024x", "next": confirm})
    assert resumed.headers["Location"] == confirm
    assert not models.Mandate.objects.filter(state="active").exists()
    assert "我同意" in client.get(confirm).content.decode()
    assert client.post(confirm).status_code == 302
    mandate = mandates.list_given(mother.pk)[0]
    assert (mandate.state, mandate.confirmed_how, mandate.services) == ("active", "own-device", (code,))
    assert "陈伯安" in signed_in(son).get("/my/mandates/").content.decode()


def test_the_form_keeps_what_was_typed_while_one_searches(mother: models.Person, code: str) -> None:
    client = signed_in(mother)
    page = client.post("/my/mandates/give/", form(code, do="search", q="养老金")).content.decode()
    assert f'value="{code}" checked' in page
    assert 'value="陈刚"' in page
    assert SON in page
    assert "养老" in page.split("已选 1 件")[1]
    by_theme = client.post("/my/mandates/give/", form(code, do="theme", theme="birth"))
    assert by_theme.status_code == 200
    assert models.Mandate.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "姓名要和证件上一样"),
        ({"id_number": "990102199105140237"}, "身份证号不对"),
        ({"id_number": MOTHER, "name": "陈伯安"}, "不能委托自己"),
        ({"relation": ""}, "请选对方是什么人"),
        ({"service": []}, "请选 1 到 50 件"),
        ({"service": ["no-such-service"]}, "请选 1 到 50 件"),
        ({"ending": "other", "day": "2099-01-01"}, "日期要在今天到一年以内"),
        ({"ending": "", "day": "x"}, "日期要在今天到一年以内"),
        ({"relation": "x" * 500, "ending": "\x00", "do": "next"}, "请选对方是什么人"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    mother: models.Person, code: str, changed: dict[str, object], said: str
) -> None:
    answer = signed_in(mother).post("/my/mandates/give/", form(code, **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "有 1 处要改" in answer.content.decode()
    assert models.Mandate.objects.count() == 0


def test_asking_reads_the_same_for_known_and_unknown_people(
    mother: models.Person, son: models.Person, code: str
) -> None:
    client = signed_in(son)

    def asked(name: str, number: str) -> str:
        answer = client.post("/my/mandates/ask/", form(code, name=name, id_number=number), follow=True)
        text = re.sub(r"<[^>]+>|\s|[0-9a-f-]{36}", "", answer.content.decode())
        return text.replace(name, "某人")

    known = asked("陈伯安", MOTHER)
    models.Mandate.objects.all().delete()
    assert known == asked("周某某", STRANGER)


def test_a_question_is_answered_on_the_principals_own_page(
    mother: models.Person, son: models.Person, code: str
) -> None:
    signed_in(son).post("/my/mandates/ask/", form(code, name="陈伯安", id_number=MOTHER))
    client, mandate = signed_in(mother), mandates.list_given(mother.pk)[0]
    assert "等你回答" in client.get("/my/mandates/").content.decode()
    assert "不同意" in client.get(f"/my/mandates/{mandate.id}/").content.decode()
    prove_again(client)
    client.post(f"/my/mandates/{mandate.id}/confirm/")
    assert mandates.list_given(mother.pk)[0].is_active


def test_revoking_needs_no_password_and_handing_back_neither(mother: models.Person, son: models.Person) -> None:
    one, two = given_mandate(mother), given_mandate(mother)
    assert signed_in(mother).post(f"/my/mandates/{one.id}/revoke/").headers["Location"] == "/my/mandates/"
    assert signed_in(son).post(f"/my/mandates/held/{two.id}/back/").headers["Location"] == "/my/mandates/"
    assert {one.state for one in mandates.list_given(mother.pk)} == {"revoked"}


def test_an_agent_withdraws_a_question(mother: models.Person, son: models.Person) -> None:
    made = mandates.ask(agent=son.pk, principal=mandates.Named("陈伯安", MOTHER), terms=terms(), actor=actor_for(son))
    signed_in(son).post(f"/my/mandates/held/{made}/back/")
    assert mandates.get_given(mandate_id=made, person_id=mother.pk).state == "revoked"


def test_pages_of_a_mandate_open_for_its_parties_only(mother: models.Person, son: models.Person) -> None:
    mandate, client = given_mandate(mother), signed_in(make("other", "某某", STRANGER))
    paths = [f"/my/mandates/{mandate.id}/", f"/my/mandates/held/{mandate.id}/", f"/my/mandates/{mandate.id}/paper/"]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    posts = [f"/my/mandates/{mandate.id}/revoke/", f"/my/mandates/held/{mandate.id}/back/"]
    assert [client.post(path).status_code for path in posts] == [404, 404]
    assert signed_in(son).get(f"/my/mandates/{mandate.id}/").status_code == 404
    assert client.get(f"/my/mandates/{uuid4()}/").status_code == 404
    prove_again(client)
    assert client.post(f"/my/mandates/{mandate.id}/confirm/").status_code == 404


def test_full_numbers_never_come_back_once_a_mandate_is_made(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    for client, paths in (
        (signed_in(mother), ["/my/mandates/", f"/my/mandates/{mandate.id}/", "/my/mandates/acts/"]),
        (signed_in(son), ["/my/mandates/", f"/my/mandates/held/{mandate.id}/"]),
    ):
        for path in paths:
            page = client.get(path).content.decode()
            assert SON not in page
            assert MOTHER not in page


def test_a_parent_proves_it_on_the_page(son: models.Person, registers: Registers) -> None:
    registers.parents.add((SON, "小孩", CHILD))
    client = signed_in(son)
    refused = client.post("/my/mandates/wards/", {"name": "大孩", "id_number": CHILD}).content.decode()
    assert "没有通过核验" in refused
    wrong = client.post("/my/mandates/wards/", {"name": "小孩", "id_number": "123"})
    assert (wrong.status_code, "身份证号不对" in wrong.content.decode()) == (422, True)
    assert client.post("/my/mandates/wards/", {"name": "小孩", "id_number": CHILD}).status_code == 302
    assert "小孩" in client.get("/my/mandates/").content.decode()


def test_the_list_costs_the_same_however_long_it_is(
    mother: models.Person, son: models.Person, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(mother)
    given_mandate(mother)
    client.get("/my/mandates/")
    with CaptureQueriesContext(connection) as few:
        client.get("/my/mandates/")
    for _ in range(8):
        given_mandate(mother)
    with CaptureQueriesContext(connection) as many:
        client.get("/my/mandates/")
    assert len(many) == len(few)
