"""The pages of 我的企业: whom they let in, what they keep, what they say."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.integration.identity.enterprise_city import (
    CHEN,
    CODE,
    LI,
    MarketRegister,
    appoint,
    appointed,
    chen,
    days_pass,
    enterprise,
    in_days,
    li,
    market,
    rights_of,
    wang,
)
from tongban.contexts.identity import api, models
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Actor

__all__ = ["chen", "enterprise", "li", "market", "wang"]


def browser_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(models.Account.objects.get(pk=actor.account_id))
    return client


def page(client: Client, path: str) -> str:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def filled(**changed: object) -> dict[str, object]:
    given: dict[str, object] = {
        "name": "李晴", "id_number": LI, "phone": "", "role": "operator", "scope": "all",
        "last_day": in_days(30).isoformat(),
    }  # fmt: skip
    return {**given, **changed}


def test_claiming_leads_to_the_enterprise(market: MarketRegister, wang: Actor) -> None:
    client = browser_of(wang)
    answer = client.post("/my/enterprises/claim/", {"credit_code": CODE.lower(), "consent": "on"})
    assert answer.status_code == 302
    assert "还没有任命别人" in page(client, answer.headers["Location"])
    assert "云州小满餐饮管理有限公司" in page(client, "/my/enterprises/")


def test_a_silent_register_keeps_what_was_typed(market: MarketRegister, wang: Actor) -> None:
    market.is_down = True
    answer = browser_of(wang).post("/my/enterprises/claim/", {"credit_code": CODE, "consent": "on"})
    assert "暂时没有应答" in answer.content.decode()
    assert CODE in answer.content.decode()


def test_too_many_claims_are_said_to_be_so(market: MarketRegister, li: Actor) -> None:
    client = browser_of(li)
    answers = [client.post("/my/enterprises/claim/", {"credit_code": CODE, "consent": "on"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "次数太多" in answers[-1].content.decode()


def test_strangers_and_operators_do_not_see_the_enterprise(
    enterprise: UUID, wang: Actor, li: Actor, chen: Actor
) -> None:
    appointed(enterprise, wang, li)
    for stranger, statuses in ((chen, (404, 404, 404)), (li, (200, 404, 404))):
        client = browser_of(stranger)
        paths = (f"/my/enterprises/{enterprise}/{tail}" for tail in ("", "appoint/", "operators.csv"))
        assert tuple(client.get(path).status_code for path in paths) == statuses
    assert "替企业办事的人" not in page(browser_of(li), f"/my/enterprises/{enterprise}/")


def test_searching_for_services_keeps_the_form_and_submits_nothing(enterprise: UUID, wang: Actor) -> None:
    answer = browser_of(wang).post(
        f"/my/enterprises/{enterprise}/appoint/", filled(search="1", q="店招", services=["X1"])
    )
    shown = answer.content.decode()
    assert "李晴" in shown
    assert 'value="X1" id="ticked-1" checked' in shown
    assert "处要改" not in shown
    assert not models.OperatorAppointment.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"id_number": ""}, "身份证号和手机号填一个"),
        ({"scope": "some", "services": ["no-such-service"]}, "请选 1 到 100 项服务"),
        ({"last_day": "明年"}, "这样填日期"),
        ({"last_day": in_days(4 * 366).isoformat()}, "最长 3 年"),
        ({"role": "representative"}, "选择"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    wrong: dict[str, object], words: str, enterprise: UUID, wang: Actor
) -> None:
    answer = browser_of(wang).post(f"/my/enterprises/{enterprise}/appoint/", filled(**wrong))
    shown = answer.content.decode()
    assert words in shown
    assert "有 1 处要改" in shown
    assert "李晴" in shown


def test_an_invited_person_accepts_on_their_page(enterprise: UUID, wang: Actor, li: Actor) -> None:
    browser_of(wang).post(f"/my/enterprises/{enterprise}/appoint/", filled())
    outbox.deliver_due()
    client, [made] = browser_of(li), models.OperatorAppointment.objects.all()
    assert "请你替企业办事" in page(client, "/my/")
    assert "等你回复" in page(client, "/my/enterprises/")
    client.post(f"/my/enterprises/appointments/{made.pk}/accept")
    assert rights_of(li) == {made.pk: None}


def test_ending_asks_first(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made, client = appointed(enterprise, wang, li), browser_of(wang)
    assert "结束对李晴的任命" in page(client, f"/my/enterprises/appointments/{made.id}/end/")
    assert rights_of(li) == {made.id: None}
    client.post(f"/my/enterprises/appointments/{made.id}/end/")
    assert rights_of(li) == {}
    assert browser_of(li).get(f"/my/enterprises/appointments/{made.id}/end/").status_code == 200


def test_an_operator_who_gives_up_goes_back_to_the_list(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made, client = appointed(enterprise, wang, li, role="administrator"), browser_of(li)
    assert "不再替" in page(client, f"/my/enterprises/appointments/{made.id}/end/")
    answer = client.post(f"/my/enterprises/appointments/{made.id}/end/")
    assert answer.headers["Location"] == "/my/enterprises/"


def test_a_new_representative_confirms_on_the_page(
    enterprise: UUID, market: MarketRegister, wang: Actor, li: Actor, chen: Actor
) -> None:
    made = appointed(enterprise, wang, chen, name="陈伯安", id_number=CHEN)
    market.now_says(LI)
    client = browser_of(li)
    client.post("/my/enterprises/claim/", {"credit_code": CODE, "consent": "on"})
    assert "继续任命" in page(client, f"/my/enterprises/{enterprise}/")
    client.post(f"/my/enterprises/appointments/{made.id}/confirm")
    assert rights_of(chen) == {made.id: None}


def test_the_file_of_operators_holds_no_formula_and_no_number(enterprise: UUID, wang: Actor, li: Actor) -> None:
    appointed(enterprise, wang, li)
    models.OperatorAppointment.objects.update(name="=cmd|' /C calc'!A0")
    answer = browser_of(wang).get(f"/my/enterprises/{enterprise}/operators.csv")
    heading, row = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert heading[0] == "姓名"
    assert row[0].startswith("'=")
    assert LI not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_page_tells_what_was_done_and_by_whom(enterprise: UUID, wang: Actor, li: Actor) -> None:
    appointed(enterprise, wang, li)
    [right] = api.list_rights(li.person_id)  # type: ignore[arg-type]
    does = Actor(kind="resident", account_id=li.account_id, person_id=li.person_id, acting=right.acting)
    audit.record(actor=does, action="forms.submitted", subject="application:1")
    audit.record(actor=does, action="forms.something-new", subject="application:1")
    shown = page(browser_of(wang), f"/my/enterprises/{enterprise}/")
    assert "提交申请" in shown
    assert "其他操作（forms.something-new）" in shown


def test_the_page_says_when_the_register_has_been_silent_for_too_long(
    enterprise: UUID, market: MarketRegister, wang: Actor
) -> None:
    market.is_down = True
    days_pass(8)
    shown = page(browser_of(wang), f"/my/enterprises/{enterprise}/")
    assert "超过 7 天没有应答" in shown
    assert "/appoint/" not in shown


def test_many_operators_cost_no_more_queries_than_one(enterprise: UUID, wang: Actor) -> None:
    client, counts = browser_of(wang), []
    for number in (CHEN, "990102199105140287"):
        appoint(enterprise, wang, name="陈伯安", id_number=number, services=["A1", number])
        page(client, f"/my/enterprises/{enterprise}/")
        with CaptureQueriesContext(connection) as queries:
            page(client, f"/my/enterprises/{enterprise}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
