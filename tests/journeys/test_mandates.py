"""A mother lets her daughter act for her; a window does it on paper; what is revoked is gone. Without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, City, Open, picture, text_of
from tests.journeys.test_pages import AXE, sideways, violations
from yunzhou_departments.demo_persons import CHEN, JING, WU_CHILD, ZHOU

SENIOR_CARD = "11990000YX0022346K3992102001000"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550"
    "000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()
    page.wait_for_load_state()


def open_link(page: Page, words: str) -> None:
    page.get_by_role("link", name=words).first.click()
    page.wait_for_load_state()


def looked_at(page: Page, name: str) -> None:
    """A picture at both widths, nothing to scroll sideways."""
    before = page.viewport_size
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways(page) <= 0, (name, width)
        picture(page, name)
    if before:
        page.set_viewport_size(before)


def name_the_agent(page: Page) -> None:
    page.fill("#name", JING.name)
    page.fill("#id_number", JING.id_number)
    page.get_by_label("子女").check()


def give(page: Page) -> None:
    """Search, tick two services, name the daughter, confirm with the password."""
    page.goto("/my/mandates/")
    looked_at(page, "mandates-empty")
    open_link(page, "托人替我办")
    page.fill("#q", "老年人优待证")
    page.locator("button[value=search]").last.click()
    page.wait_for_load_state()
    for box in range(2):
        page.locator("input[name=service]").nth(box).check()
    name_the_agent(page)
    looked_at(page, "mandate-give")
    press(page, "下一步，我来确认")
    if "/account/again/" in page.url:
        page.fill("[name=password]", PASSWORD)
        press(page, "继续")
    looked_at(page, "mandate-confirm")
    assert f"让{JING.name}替你办这 2 件事" in text_of(page)
    press(page, "我同意")
    assert f"{JING.name}可以替你办" in text_of(page)
    looked_at(page, "mandate-given")


def hand_in(page: Page) -> None:
    """Answer what is still asked, and hand in."""
    page.get_by_label("70 周岁以上").check()
    for _attempt in range(4):
        for box in page.locator("main select").all():
            if not box.input_value():
                box.select_option(index=1)
        page.get_by_role("button", name="同意授权并一键申报").click()
        page.wait_for_load_state()
        if "/my/cases/" in page.url:
            return


def test_what_a_mother_gives_her_daughter_sees_until_it_is_revoked(visit: Open) -> None:
    mother, daughter = visit("chen", scripts=False), visit("jing", scripts=False)
    give(mother)
    daughter.goto("/my/mandates/")
    held = text_of(daughter).count(CHEN.name)
    assert held
    looked_at(daughter, "mandates-held")
    open_link(daughter, "看，或退回")
    looked_at(daughter, "mandate-held")
    mother.goto("/my/mandates/")
    open_link(mother, "看，或停")
    press(mother, "撤销委托")
    expect(mother.get_by_role("status")).to_contain_text("已撤销")
    daughter.goto("/my/mandates/")
    assert text_of(daughter).count(CHEN.name) < held


def test_a_window_does_it_on_paper_for_somebody_without_a_phone(visit: Open, tmp_path: Path) -> None:
    clerk, scan = visit("clerk"), tmp_path / "scan.png"
    scan.write_bytes(PIXEL)
    clerk.goto("/counter/")
    clerk.fill("#who", ZHOU.id_number)
    press(clerk, "查")
    if clerk.locator("#name").count():
        clerk.fill("#name", ZHOU.name)
        press(clerk, "登记并开始")
    open_link(clerk, "亲友代办")
    open_link(clerk, "新委托")
    name_the_agent(clerk)
    clerk.locator("input[name=service]").first.check()
    looked_at(clerk, "counter-mandate-new")
    press(clerk, "下一步，打印签字")
    where = clerk.url
    clerk.goto(f"{where}form/")
    assert ZHOU.name in text_of(clerk)
    assert ZHOU.id_number not in clerk.content()
    looked_at(clerk, "counter-mandate-paper")
    clerk.goto(where)
    press(clerk, "委托生效")
    expect(clerk.get_by_role("alert")).to_contain_text("还没有扫描签好字的委托书")
    clerk.check("#id_checked")
    clerk.set_input_files("#paper", scan)
    looked_at(clerk, "counter-mandate")
    press(clerk, "委托生效")
    expect(clerk.get_by_role("status")).to_contain_text("委托已生效")
    looked_at(clerk, "counter-mandates")
    daughter = visit("jing", scripts=False)
    daughter.goto("/my/mandates/")
    assert ZHOU.name in text_of(daughter)
    clerk.goto(where)
    clerk.check("#present")
    press(clerk, "马上撤销")
    expect(clerk.get_by_role("status")).to_contain_text("已撤销")
    daughter.goto("/my/mandates/")
    assert daughter.get_by_role("link", name=re.compile(f"替他办：{ZHOU.name}")).count() == 0


def test_a_mother_proves_that_she_is_one_through_the_real_register(visit: Open, city: City) -> None:
    page = visit("jing", scripts=False)
    page.goto("/my/mandates/wards/")
    page.fill("#name", "吴一")
    page.fill("#id_number", WU_CHILD.id_number)
    press(page, "核验")
    assert "没有通过核验" in text_of(page)
    looked_at(page, "ward-refused")
    page.fill("#name", WU_CHILD.name)
    press(page, "核验")
    assert f"{WU_CHILD.name} 你的孩子" in text_of(page)
    looked_at(page, "wards")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is fetched by make assets")
@pytest.mark.parametrize("mode", ["", "elder", "elder-xl"])
def test_pages_for_eighty_year_olds_are_accessible_and_large(visit: Open, city: City, mode: str) -> None:
    page = visit("chen", width=390)
    page.context.add_cookies([{"name": "mode", "value": mode, "url": city.url}])
    wrong: dict[str, object] = {}
    for name in ("", "give/", "ask/", "wards/", "acts/"):
        page.goto(f"/my/mandates/{name}")
        picture(page, f"mandates-{mode or 'standard'}-{name.strip('/') or 'list'}")
        if found := violations(page):
            wrong[name] = found
        assert sideways(page) <= 0, name
        least = {"": 44, "elder": 60, "elder-xl": 72}[mode]
        boxes = [button.bounding_box() for button in page.locator("main .btn:visible").all()]
        assert all(box is None or box["height"] >= least - 1 for box in boxes), name
    assert wrong == {}


def test_what_a_daughter_does_for_her_mother_the_mother_sees(visit: Open) -> None:
    mother, daughter = visit("chen", scripts=False), visit("jing", scripts=False)
    give(mother)
    daughter.goto("/my/acting/")
    looked_at(daughter, "acting-choices")
    daughter.get_by_role("button", name=re.compile(f"替对方办.*{CHEN.name}")).first.click()
    bar = daughter.get_by_role("status").filter(has_text=f"{JING.name}正在替 {CHEN.name} 办事")
    expect(bar).to_be_visible()
    looked_at(daughter, "acting-home")
    daughter.goto("/my/data/")
    assert "/my/acting/" in daughter.url
    daughter.goto(f"/services/{SENIOR_CARD}/apply/")
    daughter.locator("main form button.btn").first.click()
    expect(bar).to_be_visible()
    assert CHEN.name in text_of(daughter)
    looked_at(daughter, "acting-form")
    hand_in(daughter)
    number = re.search(r"/my/cases/(\S+?)/", daughter.url)
    assert number
    daughter.goto("/my/acting/")
    daughter.get_by_role("button", name="换回本人").first.click()
    daughter.goto("/my/cases/")
    assert number.group(1) not in daughter.content()
    mother.goto("/my/mandates/acts/")
    said = text_of(mother)
    assert "开始替你办事" in said
    assert "不再替你办事" in said
    mother.goto(f"/my/cases/{number.group(1)}/")
    assert "老年人优待证" in text_of(mother)
    mother.goto("/my/notices/")
    assert "替你申请了" in text_of(mother)
