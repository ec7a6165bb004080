"""The product's main job, from plain words to a checked licence, as people do it in their browsers."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open, picture, text_of, wait_until

APPROVERS = ("approver-housing-fund", "approver-natural-resources", "approver-housing")
ANSWERS = {
    "合同编号": "YZ2026-000123",
    "合同签订日期": "2026-10-12",
    "房价或一年租金": "1200000",
    "提取金额": "50000",
    "开户银行": "云州农商银行",
    "银行卡号": "6222020000000000017",
}


@dataclass(slots=True)
class Case:
    """What one step of the job hands to the next."""

    path: str = ""
    number: str = ""
    licence: bytes = b""
    reference: str = ""


def photograph() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(target, "PNG")
    return target.getvalue()


def fill_and_submit(page: Page) -> None:
    page.get_by_label("购买自住住房").check()
    for label, value in ANSWERS.items():
        page.get_by_label(re.compile(label)).first.fill(value)
    page.get_by_role("button", name="保存").last.click()
    upload = page.locator("input[type=file]").first
    upload.set_input_files(files=[{"name": "合同.png", "mimeType": "image/png", "buffer": photograph()}])
    expect(page.get_by_role("link", name="合同.png")).to_be_visible()
    picture(page, "apply")
    page.get_by_role("button", name="同意授权并一键申报").click()


def step_1_plain_words_lead_to_the_guide(visit: Open) -> None:
    page = visit()
    page.goto("/")
    picture(page, "home")
    page.get_by_role("searchbox").first.fill("买房取公积金")
    page.get_by_role("searchbox").first.press("Enter")
    picture(page, "search")
    page.locator("main").get_by_role("link", name=re.compile("住房公积金提取")).first.click()
    expect(page.locator("h1")).to_contain_text("住房公积金提取")
    picture(page, "guide")
    assert re.search(r"材料 5 份，\s*我们已有 3 份", text_of(page))


def step_2_the_form_is_filled_from_departments_and_submitted_once(visit: Open, case: Case) -> None:
    page = visit("wang")
    page.goto("/search?q=公积金提取")
    page.locator("main").get_by_role("link", name=re.compile("住房公积金提取")).first.click()
    page.get_by_role("link", name="开始办理").first.click()
    page.get_by_role("button", name=re.compile("开始办理")).click()
    words = text_of(page)
    for source in ("公安局", "民政局", "规划资源局", "公积金中心"):
        assert re.search(source + r" [0-9 年]*[0-9]+ 月 [0-9]+ 日", words), f"no value shows {source} and its date"
    fill_and_submit(page)
    page.wait_for_url(re.compile("/my/cases/"))
    picture(page, "progress")
    case.path = page.url
    case.number = page.url.rstrip("/").rpartition("/")[2]
    assert "3 个部门办完 0 个" in text_of(page)


def step_3_the_counter_opens_the_same_case(visit: Open, case: Case) -> None:
    page = visit("clerk")
    page.goto("/counter/")
    picture(page, "counter")
    page.get_by_role("searchbox").first.fill(case.number)
    page.get_by_role("searchbox").first.press("Enter")
    page.wait_for_load_state()
    picture(page, "counter-case")
    assert case.number in text_of(page)


def step_4_each_department_decides_on_its_own_fields(visit: Open, case: Case, approver: str) -> None:
    page = visit(approver)
    page.goto("/desk/")
    picture(page, "desk")
    page.locator("main").get_by_role("link", name=re.compile("住房公积金提取")).first.click()
    words = text_of(page)
    assert case.number in words
    assert ("银行卡号" in words) == (approver == "approver-housing-fund")
    page.get_by_label("同意", exact=True).check()
    picture(page, "task")
    page.get_by_role("button", name="提交决定").click()
    page.wait_for_load_state()


def step_5_the_licence_is_issued_and_downloaded(visit: Open, case: Case) -> None:
    page = visit("wang")

    def is_closed() -> bool:
        page.goto(case.path)
        return page.get_by_role("link", name=re.compile("凭证")).count() > 0

    wait_until(is_closed, "the licence is on the case's page", 60)
    picture(page, "progress-done")
    page.goto("/my/licences/")
    picture(page, "licences")
    page.locator("main ul.grid h2 a").first.click()
    picture(page, "licence")
    address = page.get_by_role("link", name=re.compile("PDF")).first.get_attribute("href")
    assert address
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    case.licence = answer.body()
    checked = page.get_by_role("link", name=re.compile("对方扫码")).get_attribute("href")
    assert checked
    case.reference = checked


def step_6_anyone_checks_the_licence(visit: Open, case: Case) -> None:
    page = visit()
    page.goto(case.reference)
    picture(page, "verified")
    assert "这份证照是真的" in text_of(page).replace(" ", "")
    page.goto("/licences/verify/")
    page.get_by_label("证照文件").set_input_files(
        files=[{"name": "licence.pdf", "mimeType": "application/pdf", "buffer": case.licence}]
    )
    page.get_by_role("button", name="验证文件").click()
    assert "这份证照是真的" in text_of(page).replace(" ", "")


def step_7_the_resident_sees_every_department_that_read_their_data(visit: Open, case: Case) -> None:
    page = visit("wang")
    page.goto("/my/data/")
    picture(page, "mydata")
    words = text_of(page)
    for what in ("户籍人口信息", "婚姻登记信息", "不动产权属信息", "住房公积金账户"):
        assert what in words
    readers = page.locator("main tbody th[scope=row]").all_inner_texts()
    assert {"一网通办平台", "公积金中心", "规划资源局", "住建局"} <= set(readers)
    assert "审批：住房公积金提取" in words


def step_8_a_neighbour_sees_none_of_it(visit: Open, case: Case) -> None:
    page = visit("li")
    answer = page.goto(case.path)
    assert answer is not None
    assert answer.status == 404
    page.goto("/my/data/")
    assert "住房公积金提取" not in text_of(page)


def test_the_main_job(visit: Open) -> None:
    case = Case()
    step_1_plain_words_lead_to_the_guide(visit)
    step_2_the_form_is_filled_from_departments_and_submitted_once(visit, case)
    step_3_the_counter_opens_the_same_case(visit, case)
    for approver in APPROVERS:
        step_4_each_department_decides_on_its_own_fields(visit, case, approver)
    step_5_the_licence_is_issued_and_downloaded(visit, case)
    step_6_anyone_checks_the_licence(visit, case)
    step_7_the_resident_sees_every_department_that_read_their_data(visit, case)
    step_8_a_neighbour_sees_none_of_it(visit, case)
