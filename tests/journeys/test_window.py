"""At the window: somebody with a passport registers, is checked, and gets a lost account back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import City, Open, picture, text_of
from tests.journeys.test_pages import AXE, sideways, violations

FIRST, SECOND = "Kunlun-9024x", "Emerald-7731q"
PASSPORT = {"name": "Martin Claire", "id_number": "99ZZ00017"}


def look(page: Page, name: str) -> None:
    """A picture at both widths, and nothing that a reader of it would stumble over."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        picture(page, name)
        assert sideways(page) <= 0, f"{name} scrolls sideways at {width}"
        if AXE.exists():
            assert violations(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def choose_passport(page: Page) -> None:
    page.get_by_text("不是居民身份证").click()
    page.select_option("[name=document_type]", "passport")
    page.select_option("[name=issuing_country]", "FRA")
    page.fill("[name=birth_date]", "1988-04-12")
    page.select_option("[name=sex]", "female")


@pytest.fixture(scope="module")
def username(city: City) -> str:
    return "martin"


def test_a_passport_is_proven_online_and_a_lost_account_comes_back_at_the_window(visit: Open, username: str) -> None:
    resident = visit()
    resident.goto("/sign-up/")
    for field, value in {"username": username, "password1": FIRST, "password2": FIRST}.items():
        resident.fill(f"[name={field}]", value)
    resident.check("[name=consent]")
    resident.locator("main button.btn-l").click()
    expect(resident).to_have_url(re.compile("/account/real-name/"))
    look(resident, "real-name")
    for field, value in PASSPORT.items():
        resident.fill(f"[name={field}]", value)
    choose_passport(resident)
    look(resident, "real-name-passport")
    resident.check("[name=consent]")
    resident.locator("main button.btn-l").click()
    expect(resident).to_have_url(re.compile("/my/"))
    resident.goto("/my/profile/")
    assert "法国护照" in text_of(resident)

    clerk = visit("clerk")
    clerk.fill("#who", "99ZZ00017")
    clerk.locator("main form").first.locator("button").click()
    expect(clerk).to_have_url(re.compile("/counter/people/"))
    look(clerk, "window-person")
    clerk.get_by_role("link", name="当面核验").click()
    for box in clerk.locator("[name=attest]").all():
        box.check()
    look(clerk, "window-check")
    clerk.get_by_role("button", name="确认核验").click()
    assert "已当面核验" in text_of(clerk)
    clerk.get_by_role("link", name="打找回单").click()
    clerk.check("[name=attest]")
    clerk.fill("[name=reason]", "手机和密码都丢了")
    look(clerk, "window-recovery")
    clerk.get_by_role("button", name="打找回单").click()
    code = clerk.locator(".slip-code").inner_text()
    look(clerk, "window-slip")

    own = visit(scripts=False)
    own.goto("/sign-in/")
    own.get_by_role("link", name="找回账号").click()
    assert "带证件去这些大厅" in text_of(own)
    own.get_by_role("link", name="我有找回单").click()
    own.fill("[name=login]", "99zz 00017")
    own.fill("[name=code]", "AAAAA-AAAAA")
    own.locator("main button.btn-l").click()
    assert "没有对上" in text_of(own)
    picture(own, "recover-refused")
    own.fill("[name=login]", "99zz 00017")
    own.fill("[name=code]", code.lower())
    own.locator("main button.btn-l").click()
    expect(own).to_have_url(re.compile("/account/recover/password/"))
    picture(own, "recover-password")
    own.fill("[name=password1]", SECOND)
    own.fill("[name=password2]", SECOND)
    own.locator("main button.btn-l").click()
    expect(own).to_have_url(re.compile("/account/recover/done/"))
    own.goto("/sign-in/")
    own.fill("[name=login]", username)
    own.fill("[name=password]", SECOND)
    own.locator("main button.btn-l").click()
    expect(own).to_have_url(re.compile("/my/"))
    assert "你的账号已找回" in text_of(own)
    resident.goto("/my/")
    expect(resident).to_have_url(re.compile("/sign-in/"))


def test_somebody_new_is_registered_with_the_document_in_hand(visit: Open) -> None:
    clerk = visit("clerk")
    clerk.fill("#who", "M99900023")
    clerk.locator("main form").first.locator("button").click()
    look(clerk, "window-unknown-document")
    clerk.get_by_role("button", name="登记这个证件").click()
    clerk.fill("[name=name]", "Kim Minjun")
    choose_passport(clerk)
    clerk.select_option("[name=issuing_country]", "KOR")
    clerk.check("[name=in_hand]")
    look(clerk, "window-register")
    clerk.fill("[name=id_number]", "9")
    clerk.get_by_role("button", name="登记并开始").click()
    assert "护照号码不对" in text_of(clerk)
    look(clerk, "window-register-wrong")
    clerk.fill("[name=id_number]", "M99900023")
    clerk.get_by_role("button", name="登记并开始").click()
    assert "已当面核验" in text_of(clerk)
    assert "还没有网上账号" in text_of(clerk)
    begin = clerk.locator("form[action$='/start/']")
    begin.locator("[name=present]").check()
    begin.locator("button").first.click()
    clerk.wait_for_load_state()
    assert "Kim Minjun" in text_of(clerk)
    look(clerk, "window-application")


def test_an_official_corrects_a_person(visit: Open) -> None:
    official = visit("official")
    official.goto("/console/people/")
    look(official, "console-people")
    official.fill("#who", "990104200107160343")
    official.locator("main form button").click()
    look(official, "console-person")
    official.get_by_role("button", name="确认降低").click()
    assert "请写明理由" in text_of(official)
    look(official, "console-person-wrong")
