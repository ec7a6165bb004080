"""Passkeys and sessions in a real browser: an authenticator in it, on the only name that the demo has, localhost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.journeys.conftest import PASSWORD, City, picture, sign_in, text_of

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True, slots=True)
class Device:
    """A browser with an authenticator in it."""

    page: Page
    cdp: CDPSession
    authenticator: str

    def credentials(self) -> list[dict[str, object]]:
        """What the authenticator holds."""
        found: list[dict[str, object]] = self.cdp.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.authenticator}
        )["credentials"]
        return found


Take = Callable[..., Device]


@pytest.fixture
def take(browser: Browser, city: City) -> Iterator[Take]:
    """Takes a fresh device to hand, at the city's name."""
    contexts: list[BrowserContext] = []

    def taken(username: str = "", *, width: int = 1440) -> Device:
        base = f"http://localhost:{urlsplit(city.url).port}"
        context = browser.new_context(base_url=base, viewport={"width": width, "height": 900}, locale="zh-CN")
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable", {"enableUI": False})
        made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        if username:
            sign_in(page, username)
        return Device(page, cdp, made["authenticatorId"])

    yield taken
    for context in contexts:
        context.close()


def enrol(device: Device, name: str) -> None:
    page = device.page
    page.goto("/my/security/passkeys/add/")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button.btn-l").click()
    page.wait_for_url("**/my/security/passkeys/add/")
    page.fill("[name=name]", name)
    picture(page, "passkey-add")
    page.get_by_role("button", name="添加").click()
    page.wait_for_url(re.compile("/my/security/(codes/)?$"))
    assert len(device.credentials()) == 1


def sign_out(page: Page) -> None:
    page.goto("/sign-out/")
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def enter_by_passkey(page: Page, door: str, leads_to: str) -> None:
    page.goto(door)
    button = page.get_by_role("button", name="用通行密钥登录")
    if button.is_visible():  # the browser may have offered the key by itself already
        button.click()
    page.wait_for_url(leads_to)


def lock_out(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    for _attempt in range(6):
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", "wrong-password-1")
        page.locator("main button.btn-l").first.click()
        page.wait_for_load_state()
    assert "试错次数太多" in text_of(page)


def test_a_resident_signs_in_without_a_password(take: Take) -> None:
    device = take("zhao")
    enrol(device, "我的手机")
    device.page.goto("/my/security/")
    picture(device.page, "passkeys")
    assert "我的手机" in text_of(device.page)
    sign_out(device.page)
    enter_by_passkey(device.page, "/sign-in/?next=/my/security/", "**/my/security/")
    words = text_of(device.page)
    assert "这次是用通行密钥登录的" in words
    assert re.search("就是这里 通行密钥", words)
    lock_out(take().page, "zhao")
    sign_out(device.page)
    enter_by_passkey(device.page, "/sign-in/", "**/my/")
    device.page.goto("/my/notices/")
    assert "你的账号多了一个通行密钥" in text_of(device.page)


def test_another_browser_is_listed_and_signed_out(take: Take) -> None:
    here, other = take("qian"), take("qian", width=390)
    other.page.goto("/my/security/")
    picture(other.page, "places")
    here.page.goto("/my/security/")
    picture(here.page, "places")
    here.page.get_by_role("button", name=re.compile("让它退出")).first.click()
    expect(here.page.get_by_text("已让那台设备退出登录")).to_be_visible()
    other.page.goto("/my/notices/")
    expect(other.page).to_have_url(re.compile("/sign-in/"))
    assert "这里的登录已被另一台设备退出" in text_of(other.page).replace(" ", "")
    picture(other.page, "signed-out-elsewhere")
    assert "你在 1 个地方登录着" in text_of(here.page)


def test_staff_use_a_passkey_as_second_factor_and_alone(take: Take) -> None:
    device = take("auditor")
    enrol(device, "工作电脑")
    page = device.page
    sign_out(page)
    page.goto("/staff/sign-in/")
    page.fill("input[name=login]", "auditor")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button.btn-l").first.click()
    page.wait_for_url("**/account/second-factor/")
    picture(page, "second-factor-passkey")
    page.get_by_role("button", name="用通行密钥继续").click()
    page.wait_for_url("**/console/**")
    sign_out(page)
    enter_by_passkey(page, "/staff/sign-in/", "**/console/**")
    sign_out(page)
    page.goto("/sign-in/")
    if (button := page.get_by_role("button", name="用通行密钥登录")).is_visible():
        button.click()
    expect(page.get_by_text("这是工作人员账号的通行密钥")).to_be_visible()
