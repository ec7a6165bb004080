"""An enterprise from its credit code to an operator who comes and goes: in a browser without scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import City, Open, picture, text_of
from tests.journeys.test_pages import AXE, sideways, violations

NAME, CODE, LI = "云州小满餐饮管理有限公司", "91990102MA0YUN039N", "99010319930902046X"
CLOSED = "91990104MA0YUN047E"
RIGHTS = """
import json, django
django.setup()
from tongban.contexts.identity import api
person = api.find_person("%s")
rights = api.list_rights(person.id)
print(json.dumps([[r.acting.principal_name, sorted(r.acting.services or [])] for r in rights], ensure_ascii=False))
"""


def rights_of(city: City, id_number: str) -> list[list[object]]:
    """For whom somebody may act now, as the switch of identities sees it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_URL"))}
    chosen = {
        "TONGBAN_DATA": str(city.data_dir),
        "TONGBAN_ENVIRONMENT": "demo",
        "DJANGO_SETTINGS_MODULE": "tongban.assembly.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", RIGHTS % id_number], env={**kept, **chosen}, capture_output=True, text=True, check=True
    )
    found: list[list[object]] = json.loads(done.stdout.splitlines()[-1])
    return found


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words).first.click()
    page.wait_for_load_state()


def seen(page: Page, name: str) -> None:
    """Keep a picture at both widths; nothing scrolls sideways."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways(page) <= 0, name
        picture(page, f"enterprise-{name}")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_representative_appoints_an_operator_who_accepts_and_is_ended(visit: Open, city: City) -> None:
    wang, li = visit("wang", scripts=False), visit("li", scripts=False)
    wang.goto("/my/enterprises/")
    claim(wang)
    appoint(wang)
    li.goto("/my/")
    assert NAME in text_of(li)
    li.goto("/my/enterprises/")
    seen(li, "invitation")
    assert rights_of(city, LI) == []
    press(li, "接受")
    assert "可以替云州小满餐饮管理有限公司办事" in text_of(li)
    seen(li, "held")
    [[principal, services]] = rights_of(city, LI)
    assert principal == NAME
    assert len(services) == 2  # type: ignore[arg-type]
    end(wang)
    assert rights_of(city, LI) == []
    li.reload()
    assert "现在没有企业请你办事" in text_of(li)
    li.goto("/my/notices/")
    assert "替云州小满餐饮管理有限公司办事的权限已结束" in text_of(li)


def claim(page: Page) -> None:
    page.goto("/my/enterprises/claim/")
    for code, words in ((CLOSED, "没有通过核对"), (CODE, "企业已添加")):
        page.fill("[name=credit_code]", code)
        page.check("[name=consent]")
        press(page, "核对" if code == CLOSED else "再核对一次")
        assert words in text_of(page)
        if code == CLOSED:
            seen(page, "claim-refused")
    assert NAME in text_of(page)
    assert "还没有任命别人" in text_of(page)


def appoint(page: Page) -> None:
    page.locator("main").get_by_role("link", name="任命").click()
    page.fill("[name=name]", "李晴")
    page.fill("[name=id_number]", LI)
    for words in ("食品经营许可", "店招"):
        page.fill("[name=q]", words)
        press(page, "搜索")
        page.locator("[id^=offered-]").first.check()
    seen(page, "appoint")
    page.fill("[name=name]", "")
    press(page, "任命")
    assert "有 1 处要改" in text_of(page)
    seen(page, "appoint-wrong")
    page.fill("[name=name]", "李晴")
    press(page, "任命")
    assert "等对方接受" in text_of(page)
    seen(page, "proposed")


def end(page: Page) -> None:
    page.reload()
    assert "有效" in text_of(page)
    seen(page, "detail")
    with page.expect_download() as download:
        page.locator("main").get_by_role("link", name="下载全部任命").click()
    assert "李晴" in download.value.path().read_text(encoding="utf-8-sig")
    page.locator("main table").get_by_role("link", name="结束").click()
    seen(page, "end")
    press(page, "确认结束")
    assert "已结束，马上生效" in text_of(page)


def test_somebody_without_an_enterprise_is_told_how_to_begin(visit: Open) -> None:
    page = visit("jing", scripts=False)
    page.goto("/my/enterprises/")
    assert "还没有添加企业" in text_of(page)
    seen(page, "none")


def test_a_deregistered_enterprise_is_named_as_such_to_its_representative(visit: Open) -> None:
    page = visit("qian", scripts=False)
    page.goto("/my/enterprises/claim/")
    page.fill("[name=credit_code]", CLOSED)
    page.check("[name=consent]")
    press(page, "核对")
    assert "已经注销" in text_of(page)
    seen(page, "gone")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is fetched by make assets")
@pytest.mark.parametrize("language", ["", "en"])
def test_the_pages_are_accessible(visit: Open, language: str) -> None:
    page = visit("wang", language=language)
    page.goto("/my/enterprises/claim/")
    page.fill("[name=credit_code]", CODE)
    page.check("[name=consent]")
    page.locator("main button.btn-l").click()
    page.wait_for_load_state()
    expect(page.locator("h1")).to_have_text(NAME)
    here = page.url
    wrong = {}
    for path in ("/my/enterprises/", "/my/enterprises/claim/", here, f"{here}appoint/"):
        page.goto(path)
        if found := violations(page):
            wrong[path] = found
        picture(page, f"enterprise-{language or 'zh'}-{path.rstrip('/').rpartition('/')[2][:8]}")
    assert wrong == {}
