"""Signing in by phone: two browsers side by side, as a person has them before them; at a PC, a kiosk and a window."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import ROOT, City, Open, picture, text_of
from tests.journeys.test_pages import sideways, violations
from tongban.contexts.identity.domain.login_ticket import code_of
from tongban.surfaces.shared.login_codes import draw_address


def scan(screen: Page, phone: Page) -> None:
    """Open on the phone what the screen's QR holds; that it holds this is seen from the drawing itself."""
    secret = next(str(one.get("value")) for one in screen.context.cookies() if one.get("name") == "login_ticket")
    address = f"{re.match('https?://[^/]+', screen.url).group()}/qr/{code_of(secret)}/"  # type: ignore[union-attr]
    drawn = screen.locator(".login-qr path").get_attribute("d")
    assert drawn is not None
    assert f'd="{drawn}"' in draw_address(address)
    phone.goto(address)


def allow(screen: Page, phone: Page) -> None:
    """Read the number from the screen, pick it on the phone, agree."""
    number = screen.locator("[data-number]")
    expect(number).to_be_visible()
    expect(number).to_have_text(re.compile(r"^\d\d$"))
    phone.get_by_role("radio", name=number.inner_text()).check()
    phone.locator("button[value=approve]").click()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_pc_is_signed_in_by_the_phone_beside_it(visit: Open, width: int) -> None:
    phone, pc = visit("wang", width=390), visit(width=width)
    pc.goto("/sign-in/?next=/my/cases/")
    pc.get_by_role("link", name="扫码登录").click()
    picture(pc, "qr-1-open")
    scan(pc, phone)
    assert "让那台设备登录吗？" in text_of(phone)
    assert "王小明" in text_of(phone)
    expect(pc.locator("[data-number]")).to_be_visible()
    picture(pc, "qr-2-scanned")
    picture(phone, "qr-3-phone")
    assert (violations(pc), violations(phone), sideways(pc), sideways(phone)) == ([], [], 0, 0)
    allow(pc, phone)
    expect(pc).to_have_url(re.compile("/my/cases/"))
    expect(pc.locator("header")).to_contain_text("王小明")
    phone.reload()
    assert "那台设备已经登录" in text_of(phone).replace(" ", "")
    picture(phone, "qr-4-phone-done")
    phone.goto("/my/notices/")
    assert "你用手机扫码，在另一台设备上登录了" in text_of(phone)


def test_whoever_did_not_ask_says_so_and_nobody_is_signed_in(visit: Open) -> None:
    phone, pc = visit("li", width=390), visit()
    pc.goto("/sign-in/qr/")
    scan(pc, phone)
    phone.get_by_role("button", name="不是我").click()
    assert "已拒绝" in text_of(phone)
    picture(phone, "qr-5-phone-refused")
    expect(pc.locator("[data-when=refused]")).to_be_visible()
    picture(pc, "qr-5-refused")
    pc.get_by_role("button", name="换一个新码").click()
    expect(pc.locator(".login-qr")).to_be_visible()
    pc.goto("/my/")
    assert "/sign-in/" in pc.url


def test_a_stranger_s_phone_signs_in_and_comes_back_and_no_script_is_needed(visit: Open) -> None:
    phone, pc = visit(width=390, scripts=False), visit(scripts=False)
    pc.goto("/sign-in/qr/?next=/my/data/")
    scan(pc, phone)
    assert "/sign-in/" in phone.url
    phone.fill("input[name=login]", "chen")
    phone.fill("input[name=password]", "Yunzhou-2026")
    phone.locator("main form button.btn-l").click()
    assert "让那台设备登录吗？" in text_of(phone)
    pc.get_by_role("link", name="扫好了，下一步").click()
    picture(pc, "qr-6-no-script")
    allow(pc, phone)
    pc.get_by_role("link", name="手机上同意了，下一步").click()
    pc.locator("main").get_by_role("button", name="登录").click()
    expect(pc).to_have_url(re.compile("/my/data/"))
    expect(pc.locator("header")).to_contain_text("陈伯安")


def test_an_old_code_gives_way_to_a_new_one_by_itself(visit: Open) -> None:
    pc = visit()
    pc.clock.install()
    pc.goto("/sign-in/qr/")
    before = pc.locator(".login-qr path").get_attribute("d")
    answer = {"state": "expired", "number": None, "seconds": 0}
    pc.context.add_cookies([{"name": "login_ticket", "value": "gone", "url": f"{pc.url}"}])
    pc.route("**/sign-in/qr/state", lambda route: route.fulfill(json=answer))
    pc.clock.run_for(2000)
    expect(pc.locator(".login-qr path")).not_to_have_attribute("d", before or "")


@pytest.fixture
def kiosk(browser: Browser, city: City) -> Iterator[Page]:
    """A kiosk's browser, upright, enrolled as an installer does it."""
    command = [sys.executable, "-m", "tongban.assembly.cli", "halls", "enrol-device", "lakeside", "K01", "--json"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_URL"))}
    done = subprocess.run(
        command, cwd=ROOT, env={**kept, "TONGBAN_DATA": str(city.data_dir)}, capture_output=True, text=True, check=True
    )
    context = browser.new_context(base_url=city.url, viewport={"width": 1080, "height": 1920}, locale="zh-CN")
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto("/device/enrol/")
    page.fill("#code", json.loads(done.stdout)["code"])
    page.get_by_role("button", name="登记").click()
    yield page
    context.close()


def test_a_kiosk_serves_one_person_and_clears_itself(visit: Open, kiosk: Page) -> None:
    kiosk.clock.install()
    expect(kiosk).to_have_url(re.compile("/kiosk/sign-in/"))
    picture(kiosk, "kiosk-1-open")
    assert (violations(kiosk), sideways(kiosk)) == ([], 0)
    phone = visit("li", width=390)
    scan(kiosk, phone)
    assert "云州市政务服务中心（湖滨） 1 号自助机" in text_of(phone)
    picture(phone, "kiosk-2-phone")
    kiosk.clock.run_for(2000)
    expect(kiosk.locator("[data-number]")).to_be_visible()
    picture(kiosk, "kiosk-2-scanned")
    allow(kiosk, phone)
    kiosk.clock.run_for(2000)
    expect(kiosk).to_have_url(re.compile("/kiosk/$"))
    assert "李晴，您要办什么事？" in text_of(kiosk)
    picture(kiosk, "kiosk-3-home")
    assert (violations(kiosk), sideways(kiosk)) == ([], 0)
    kiosk.get_by_role("link", name="我的办件").click()
    expect(kiosk.get_by_role("button", name="结束并清除")).to_be_visible()
    picture(kiosk, "kiosk-4-cases")
    assert (violations(kiosk), sideways(kiosk)) == ([], 0)
    kiosk.clock.run_for(95_000)
    expect(kiosk.locator("[data-idle-warning]")).to_be_visible()
    picture(kiosk, "kiosk-5-warning")
    kiosk.clock.run_for(30_000)
    expect(kiosk).to_have_url(re.compile("/kiosk/sign-in/"))
    kiosk.goto("/my/cases/")
    assert "/sign-in/" in kiosk.url


def test_a_window_knows_the_resident_without_a_number_typed(visit: Open) -> None:
    phone, window = visit("qian", width=390), visit("clerk")
    window.goto("/counter/")
    picture(window, "window-0-home")
    window.get_by_role("link", name="请居民扫码").click()
    picture(window, "window-1-open")
    scan(window, phone)
    assert "向窗口表明身份吗？" in text_of(phone)
    assert "云州市政务服务中心（湖滨） A11 综合窗口" in text_of(phone)
    picture(phone, "window-2-phone")
    expect(window.locator("[data-number]")).to_be_visible()
    picture(window, "window-2-scanned")
    assert (violations(window), violations(phone), sideways(window)) == ([], [], 0)
    allow(window, phone)
    expect(window).to_have_url(re.compile("/counter/people/"))
    assert "钱守诚" in text_of(window)


def test_a_window_fits_a_small_screen(visit: Open) -> None:
    window = visit("clerk", width=390)
    window.goto("/counter/identify/")
    picture(window, "window-1-open")
    assert sideways(window) <= 0
