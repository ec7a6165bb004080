"""Passkeys and sessions in a real browser: an authenticator in it, on the only name that the demo has, localhost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.journeys.conftest import PASSWORD, City, add_person, picture, sign_in, text_of
from tests.journeys.test_pages import AXE, sideways, violations

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


NO_AUTOFILL = "PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)"
"""A virtual authenticator chooses its key in the autofill at once; most steps want to press the button."""


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

    def taken(username: str = "", *, password: str = PASSWORD, width: int = 1440, autofill: bool = False) -> Device:
        base = f"http://localhost:{urlsplit(city.url).port}"
        context = browser.new_context(base_url=base, viewport={"width": width, "height": 900}, locale="zh-CN")
        context.set_default_timeout(15_000)
        contexts.append(context)
        if not autofill:
            context.add_init_script(NO_AUTOFILL)
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable", {"enableUI": False})
        made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        if username:
            sign_in(page, username, password)
        return Device(page, cdp, made["authenticatorId"])

    yield taken
    for context in contexts:
        context.close()


def look(page: Page, name: str) -> None:
    """Keep a picture of the page at both widths; it fits, and hinders nobody."""
    width = page.viewport_size["width"] if page.viewport_size else 1440
    for seen in (1440, 390):
        page.set_viewport_size({"width": seen, "height": 900})
        picture(page, name)
        assert sideways(page) <= 0, name
    if AXE.exists():
        assert violations(page) == [], name
    page.set_viewport_size({"width": width, "height": 900})


def enrol(device: Device, name: str, password: str = PASSWORD) -> None:
    page = device.page
    page.goto("/my/security/passkeys/add/")
    page.fill("[name=password]", password)
    page.locator("main button.btn-l").click()
    arrive(page, "/my/security/passkeys/add/")
    page.fill("[name=name]", name)
    look(page, "passkey-add")
    page.get_by_role("button", name="添加").click()
    page.wait_for_url(re.compile("/my/security/(codes/)?$"))
    assert len(device.credentials()) == 1


def sign_out(page: Page) -> None:
    page.goto("/sign-out/")
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def arrive(page: Page, path: str) -> None:
    """Wait till the browser is there: not on a page that only names it as where to go on."""
    page.wait_for_url(lambda url: urlsplit(url).path.startswith(path))


def enter_by_passkey(page: Page, door: str, leads_to: str) -> None:
    page.goto(door)
    page.get_by_role("button", name="用通行密钥登录").click()
    arrive(page, leads_to)


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
    look(device.page, "passkeys")
    assert "我的手机" in text_of(device.page)
    sign_out(device.page)
    enter_by_passkey(device.page, "/sign-in/?next=/my/security/", "/my/security/")
    words = text_of(device.page)
    assert "这次是用通行密钥登录的" in words
    assert re.search("就是这里 通行密钥", words)
    lock_out(take().page, "zhao")
    sign_out(device.page)
    enter_by_passkey(device.page, "/sign-in/", "/my/")
    device.page.goto("/my/notices/")
    assert "你的账号多了一个通行密钥" in text_of(device.page)


def test_a_key_chosen_in_the_autofill_signs_in_without_a_button(take: Take, city: City) -> None:
    username, password = add_person(city)
    device = take(username, password=password, autofill=True)
    enrol(device, "平板", password)
    sign_out(device.page)
    device.page.goto("/sign-in/?next=/my/security/")
    arrive(device.page, "/my/security/")
    assert "这次是用通行密钥登录的" in text_of(device.page)


def test_another_browser_is_listed_and_signed_out(take: Take) -> None:
    here, other = take("qian"), take("qian", width=390)
    other.page.goto("/my/security/")
    look(other.page, "places")
    here.page.goto("/my/security/")
    look(here.page, "places")
    here.page.get_by_role("button", name="让其他地方都退出").click()
    expect(here.page.get_by_text(re.compile(r"已让其他 \d+ 处登录退出"))).to_be_visible()
    other.page.goto("/my/notices/")
    expect(other.page).to_have_url(re.compile("/sign-in/"))
    assert "这里的登录已被另一台设备退出" in text_of(other.page).replace(" ", "")
    look(other.page, "signed-out-elsewhere")
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
    arrive(page, "/account/second-factor/")
    look(page, "second-factor-passkey")
    page.get_by_role("button", name="用通行密钥继续").click()
    arrive(page, "/console/")
    sign_out(page)
    enter_by_passkey(page, "/staff/sign-in/", "/console/")
    sign_out(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("这是工作人员账号的通行密钥")).to_be_visible()
