"""我的数据 shows each read of one's own data, and lets a person ask and withdraw."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.integration.mydata.conftest import LI, WANG, agree, note
from tongban.contexts.exchange import api as exchange
from tongban.contexts.exchange.models import Closure, Purpose, Question, Record
from tongban.infra.models import AuditEntry, OutboxEvent
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

SignIn = Callable[[str], tuple[Client, UUID]]


def page(client: Client, address: str = "/my/data/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_person_without_records_is_told_so(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    assert "近 30 天没有部门调用你的数据" in page(client)
    assert "还没有部门调用过你的数据" in page(client, "/my/data/?period=all")
    assert "现在没有生效的授权" in page(client)


def test_each_row_says_who_what_why_and_on_which_basis(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    note(purpose=agree())
    shown = page(client)
    expected = [
        "一网通办平台",
        "户籍人口信息",
        "标签name、标签sex、标签birth_date、标签address 等 5 项",
        "公安局提供",
        "开一家餐饮店",
        "你发起的",
        "《政务数据共享条例》",
        "我有疑问",
        "共 1 次",
        "1 个部门",
        "1 项",
    ]
    for words in expected:
        assert words in shown, words


def test_refused_and_failed_reads_are_shown_as_such_and_not_counted(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    note(outcome="refused", code="grant-missing")
    note(outcome="failed", code="source-timeout")
    shown = page(client)
    assert "已拒绝" in shown
    assert "没有取到" in shown
    assert "共 1 次" not in shown


def test_a_read_without_basis_is_counted_and_named(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    note(basis="")
    shown = page(client)
    assert '<dd class="num bad">共 1 次' in shown
    assert "没有依据</span>" in shown


def test_the_period_bounds_the_records_but_not_the_facts(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    for days_ago in (1, 90, 900):
        note(days_ago=days_ago)
    assert page(client).count("<tr>") == 2
    assert page(client, "/my/data/?period=1y").count("<tr>") == 3
    assert page(client, "/my/data/?period=all").count("<tr>") == 4
    assert "共 1 次" in page(client, "/my/data/?period=all")


def test_nobody_sees_or_touches_what_is_anothers(sign_in: SignIn) -> None:
    client, _ = sign_in(LI)
    record, purpose = note(WANG), agree(WANG)
    assert "户籍人口信息" not in page(client)
    assert client.get(f"/my/data/records/{record}/").status_code == 404
    assert client.post(f"/my/data/records/{record}/", {"text": "?"}).status_code == 404
    assert client.get(f"/my/data/purposes/{purpose.id}/withdraw/").status_code == 404
    assert client.post(f"/my/data/purposes/{purpose.id}/withdraw/").status_code == 404
    assert "户籍" not in client.get("/my/data/records.csv").content.decode()
    assert not Closure.objects.exists()
    assert not Question.objects.exists()


def test_strangers_are_sent_to_sign_in(city: None) -> None:
    for address in ("/my/data/", "/my/data/records.csv", f"/my/data/records/{uuid4()}/"):
        response = Client(HTTP_ACCEPT="text/html").get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/")


def test_a_withdrawn_purpose_is_closed_told_to_gateways_and_gone_from_the_page(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    purpose = agree()
    asked = page(client, f"/my/data/purposes/{purpose.id}/withdraw/")
    assert '收回授权：</span><span class="cl">开一家餐饮店' in asked
    response = client.post(f"/my/data/purposes/{purpose.id}/withdraw/", follow=True)
    assert "已收回" in response.content.decode()
    assert "现在没有生效的授权" in response.content.decode()
    assert Closure.objects.get().purpose_id == purpose.id
    assert Purpose.objects.get(id=purpose.id).closed_by == "subject"
    assert OutboxEvent.objects.filter(topic="exchange.purpose-closed").count() == 1
    assert client.post(f"/my/data/purposes/{purpose.id}/withdraw/").status_code == 404


def test_a_question_is_stored_once_with_its_due_date_and_shown(sign_in: SignIn) -> None:
    client, person_id = sign_in(WANG)
    record = note()
    address = f"/my/data/records/{record}/"
    shown = client.post(address, {"text": "为什么？<script>"}, follow=True).content.decode()
    assert "已收到你的疑问" in shown
    assert "等待答复" in shown
    client.post(address, {"text": "又问一次"})
    question = Question.objects.get(person_id=person_id)
    assert (question.text, question.state) == ("为什么？<script>", "open")
    assert "为什么？&lt;script&gt;" in page(client, address)
    assert AuditEntry.objects.filter(action="exchange.question-raised").count() == 1


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "a\x00b"])
def test_an_empty_or_endless_question_is_refused_and_kept_on_the_page(sign_in: SignIn, text: str) -> None:
    client, _ = sign_in(WANG)
    response = client.post(f"/my/data/records/{note()}/", {"text": text})
    assert response.status_code == 422
    assert "有 1 处要改" in response.content.decode()
    assert not Question.objects.exists()


def test_the_file_holds_every_record_and_no_formula(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    note(reference="=cmd|' /C calc'!A0")
    note(days_ago=900)
    response = client.get("/my/data/records.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[1][1:5] == ["一网通办平台", "公安局", "户籍人口信息", "、".join(f"标签{n}" for n in
                            ("name", "sex", "birth_date", "address", "ethnicity"))]  # fmt: skip
    assert rows[1][6].startswith("'=")
    assert "attachment" in response["Content-Disposition"]


def test_the_page_speaks_english(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    note(purpose=agree())
    client.cookies["language"] = "en"
    shown = page(client)
    for words in ("Who saw my data", "Household registration", "Label name, Label sex", "Opening a restaurant"):
        assert words in shown, words


def test_the_page_costs_as_many_queries_for_many_records_as_for_few(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    for _ in range(25):
        note(purpose=agree())
    page(client)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        shown = page(client)
    assert shown.count("<tr>") == 21
    assert "再看一页" in shown
    assert len(captured) <= 12, [query["sql"][:80] for query in captured.captured_queries]


def test_a_strange_cursor_is_refused_politely(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    for cursor in ("x", "WyIxIiwiMiJd", "%00", "W10"):
        assert client.get("/my/data/", {"cursor": cursor}).status_code == 422, cursor


def test_the_database_refuses_to_change_a_record(city: None) -> None:
    note()
    with pytest.raises(Exception, match="append-only"):
        Record.objects.update(code="x")


def test_what_a_declaration_shows_to_a_department_is_recorded_like_a_read(sign_in: SignIn) -> None:
    client, _ = sign_in(WANG)
    count = exchange.record_showing(
        reference="case-1",
        service_code="",
        subject_id_number=WANG,
        consumer="police",
        shown={"police.household": ["name"]},
        title=Text(zh="审批：开一家餐饮店", en="Deciding: a restaurant"),
        basis="本人申报，本部门审批",
        now=utc_now(),
    )
    shown = page(client)
    assert count == 1
    for words in ("公安局</th>", "审批：开一家餐饮店", "你授权的", "标签name", "现在没有生效的授权"):
        assert words in shown, words
    assert not Closure.objects.exists()
