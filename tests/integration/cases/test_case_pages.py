"""The applicant's pages and the departments' desk, as a browser without script sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.integration.cases.conftest import (
    FORM,
    SERVICE,
    Clock,
    decide,
    opened,
    person,
    service_row,
    signed_in,
    tasks_of,
    wang,
)
from tongban.contexts.cases import api as cases
from tongban.contexts.services import api as services
from tongban.infra import outbox

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _city(city: None, clock: Clock) -> None:
    """A city at ten in the morning of 10 June 2026."""


@pytest.fixture
def resident() -> Client:
    return signed_in("wang")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", response.content.decode())))


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found
    return found[1]


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_the_title_says_how_far_the_case_is(resident: Client) -> None:
    case = opened(wang())
    decide("market")
    page = resident.get(f"/my/cases/{case.number}/")
    assert page.status_code == 200
    assert "<title>3 个部门办完 1 个，预计 6 月 16 日前办好" in page.content.decode()
    assert "一张表，交给 3 个部门" in text_of(page)
    assert page.content.decode().count('class="lane lane-go"') == 2


def test_english_pages_hold_no_chinese_but_names(resident: Client) -> None:
    case = opened(wang())
    resident.cookies["language"] = "en"
    words = text_of(resident.get(f"/my/cases/{case.number}/"))
    assert "0 of 3 departments done, expected by 16 June" in words
    assert "One form, for 3 departments" in words


def test_a_supplement_is_asked_answered_and_told(resident: Client) -> None:
    case = opened(wang())
    decide("urban-management", "supplement", "场地证明要有房东签字")
    page = resident.get(f"/my/cases/{case.number}/")
    assert "轮到你了：城管局请你补：场地证明要有房东签字。6 月 17 日前" in text_of(page)
    link = re.search(r'href="(/my/cases/[^"]+/answer/[^"]+)"', page.content.decode())
    assert link
    form = resident.get(link[1])
    empty = resident.post(link[1], {"key": hidden(form, "key"), "answer": " "})
    assert empty.status_code == 422
    assert "还没有写说明" in text_of(empty)
    picture = BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")
    picture.seek(0)
    picture.name = "证明.png"
    done = resident.post(link[1], {"key": hidden(form, "key"), "files": picture}, follow=True)
    assert "已经交给部门" in text_of(done)
    assert "证明.png" in text_of(done)
    file_link = re.search(r'href="(/my/cases/[^"]+/files/[^"]+)"', done.content.decode())
    assert file_link
    assert resident.get(file_link[1])["Content-Type"] == "image/png"
    assert signed_in("approver-fire").get(file_link[1]).status_code in {302, 403}


def test_a_file_that_is_none_of_ours_is_refused_with_a_remedy(resident: Client) -> None:
    case = opened(wang())
    decide("fire", "supplement", "平面图")
    supplement = cases.get_case(case.number, wang()).open_supplements[0]
    bad = BytesIO(b"MZ\x90\x00 not a picture")
    bad.name = "plan.png"
    page = resident.post(f"/my/cases/{case.number}/answer/{supplement.id}/", {"key": "k", "files": bad})
    assert page.status_code == 422
    assert cases.get_case(case.number, wang()).open_supplements


def test_withdrawing_asks_once_more(resident: Client) -> None:
    case = opened(wang())
    page = resident.get(f"/my/cases/{case.number}/withdraw/")
    assert "要撤回这件申请吗？" in text_of(page)
    done = resident.post(f"/my/cases/{case.number}/withdraw/", {"key": hidden(page, "key")}, follow=True)
    assert "你已撤回这件申请" in text_of(done)


def test_another_residents_case_is_not_there(resident: Client) -> None:
    case = opened(person(7))
    assert resident.get(f"/my/cases/{case.number}/").status_code == 404


def test_a_done_case_leads_to_its_licence(resident: Client) -> None:
    case = opened(wang())
    for department in ("market", "fire", "urban-management"):
        decide(department)
    outbox.deliver_due()
    page = resident.get(f"/my/cases/{case.number}/")
    assert "当天办好" in text_of(page) or "办好了" in text_of(page)
    assert re.search(r'href="/my/licences/[^"]+/file\.pdf"', page.content.decode())


def test_hostile_words_are_shown_and_never_run(resident: Client) -> None:
    case = opened(wang())
    decide("fire", "reject", "<script>alert(1)</script> {{ 7*7 }}")
    body = resident.get(f"/my/cases/{case.number}/").content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_the_desk_lists_by_due_date_in_words() -> None:
    opened(wang_or_other(1))
    page = signed_in("approver-fire").get("/desk/")
    assert "1 件等你们办" in text_of(page)
    assert "还有 4 天" in text_of(page)
    assert "王**" in text_of(page)


def wang_or_other(serial: int) -> Any:
    return person(serial)


@pytest.mark.parametrize("wanted", ["open", "waiting", "accept", "mine", "done"])
def test_desk_lists_run_few_queries_however_many_tasks(wanted: str) -> None:
    for serial in range(1, 6):
        opened(person(serial))
    decide("fire", "supplement", "补图")
    decide("fire", key="other")
    desk = signed_in("approver-fire")
    desk.get("/desk/")
    assert queries(lambda: desk.get(f"/desk/?list={wanted}")) <= MOST_QUERIES


def test_the_residents_list_runs_few_queries_however_many_cases(resident: Client) -> None:
    for number in range(5):
        code = f"{SERVICE[:-2]}{number:02d}"
        services.load_definition(pack="yunzhou", service=service_row(code), form=FORM, process="test-parallel")
        opened(wang(), service=code)
    resident.get("/my/cases/")
    assert queries(lambda: resident.get("/my/cases/")) <= MOST_QUERIES


def test_detail_pages_run_the_same_queries_however_long_the_case(resident: Client) -> None:
    case = opened(wang())
    short = queries(lambda: resident.get(f"/my/cases/{case.number}/"))
    decide("market")
    decide("fire", "supplement", "补图")
    assert short <= 18
    assert queries(lambda: resident.get(f"/my/cases/{case.number}/")) <= short + 3
    desk, task = signed_in("approver-urban-management"), tasks_of("urban-management")[0]
    desk.get(f"/desk/tasks/{task.id}/")
    assert queries(lambda: desk.get(f"/desk/tasks/{task.id}/")) <= 30


def test_a_task_page_shows_its_own_fields_only_and_takes_the_decision() -> None:
    opened(person())
    desk = signed_in("approver-fire")
    task = tasks_of("fire")[0]
    page = desk.get(f"/desk/tasks/{task.id}/")
    assert "湖滨区文汇路 128 号" in text_of(page)
    assert "小明面馆" not in text_of(page)
    assert "另有 2 项与这一步无关" in text_of(page)
    given = {"revision": hidden(page, "revision"), "key": hidden(page, "key"), "outcome": "approve", "comment": ""}
    done = desk.post(f"/desk/tasks/{task.id}/decide/", given, follow=True)
    assert "已同意：开一家小店" in text_of(done)
    again = desk.post(f"/desk/tasks/{task.id}/decide/", given, follow=True)
    assert again.status_code == 200
    assert "已同意：开一家小店" in text_of(again)


def test_a_refusal_is_asked_for_once_more_and_needs_its_reason() -> None:
    case = opened(person())
    desk, task = signed_in("approver-fire"), tasks_of("fire")[0]
    page = desk.get(f"/desk/tasks/{task.id}/")
    given = {"revision": hidden(page, "revision"), "key": hidden(page, "key"), "outcome": "reject", "comment": ""}
    bare = desk.post(f"/desk/tasks/{task.id}/decide/", given)
    assert bare.status_code == 422
    assert "请写明理由" in text_of(bare)
    asked = desk.post(f"/desk/tasks/{task.id}/decide/", {**given, "comment": "通道被占用"})
    assert "确认不同意" in text_of(asked)
    assert cases.find_cases(case.number, wang_or_other(1)) == ()
    assert tasks_of("fire")
    desk.post(f"/desk/tasks/{task.id}/decide/", {**given, "comment": "通道被占用", "confirmed": "yes"})
    assert not tasks_of("fire")


def test_a_stale_tab_is_told_and_shows_the_present_state() -> None:
    opened(person())
    desk, task = signed_in("approver-fire"), tasks_of("fire")[0]
    page = desk.get(f"/desk/tasks/{task.id}/")
    decide("fire")
    given = {"revision": hidden(page, "revision"), "key": hidden(page, "key"), "outcome": "approve", "comment": ""}
    stale = desk.post(f"/desk/tasks/{task.id}/decide/", given)
    assert stale.status_code == 409
    assert "赵敏已经处理" in text_of(stale)
    assert "已经办了" in text_of(stale)


def test_a_case_to_accept_is_accepted_or_refused_with_a_reason() -> None:
    code = SERVICE[:-1] + "1"
    services.load_definition(
        pack="yunzhou", service=service_row(code, "standard-promised"), form=FORM, process="standard-promised"
    )
    first, second = opened(person(1), service=code), opened(person(2), service=code)
    desk = signed_in("approver-market")
    assert first.number in text_of(desk.get("/desk/?list=accept"))
    desk.post(f"/desk/cases/{first.number}/", {"key": "a", "act": "accept"})
    assert len(tasks_of("market")) == 1
    bare = desk.post(f"/desk/cases/{second.number}/", {"key": "b", "act": "refuse", "reason": ""})
    assert bare.status_code == 422
    desk.post(f"/desk/cases/{second.number}/", {"key": "b", "act": "refuse", "reason": "不归本局管"})
    assert cases.get_case(second.number, person(2)).state is cases.CaseState.NOT_ACCEPTED


@pytest.mark.parametrize("path", ["/desk/", "/my/cases/"])
def test_strangers_are_sent_to_sign_in(path: str) -> None:
    answer = Client(headers={"Accept": "text/html"}).get(path)
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]


def test_a_resident_has_no_desk(resident: Client) -> None:
    assert resident.get("/desk/").status_code == 403
