"""Every page at both widths: no accessibility violation, no sideways scrolling, a picture kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page

from tests.journeys.conftest import ROOT, Open, picture

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FUND = "11990000YX0055850B3992105001000"
PAGES: dict[str, dict[str, str]] = {
    "": {
        "home": "/",
        "people": "/people/",
        "enterprises": "/enterprises/",
        "bundles": "/bundles/",
        "themes": "/themes/",
        "search": "/search?q=开个小饭馆要办什么证",
        "search-nothing": "/search?q=asdfgh",
        "guide": f"/services/{FUND}/",
        "guide-imported": "/services/1144000000694016742442109035000/",
        "halls": "/halls/",
        "accessibility": "/accessibility/",
        "privacy": "/privacy/",
        "sign-in": "/sign-in/",
        "sign-in-code": "/sign-in/qr/",
        "device-enrol": "/device/enrol/",
        "kiosk-not-enrolled": "/kiosk/",
        "sign-up": "/sign-up/",
        "staff-sign-in": "/staff/sign-in/",
        "lost": "/account/lost/",
        "recover": "/account/recover/",
        "recover-spent": "/account/recover/password/",
        "verify": "/licences/verify/",
        "verify-unknown": "/licences/verify/AAAA/",
        "not-found": "/no-such-page/",
    },
    "wang": {
        "my": "/my/",
        "my-cases": "/my/cases/",
        "my-data": "/my/data/",
        "my-licences": "/my/licences/",
        "my-notices": "/my/notices/",
        "my-profile": "/my/profile/",
        "my-security": "/my/security/",
        "my-mandates": "/my/mandates/",
        "my-mandate-give": "/my/mandates/give/",
        "apply-start": f"/services/{FUND}/apply/",
    },
    "clerk": {
        "counter": "/counter/",
        "counter-identify": "/counter/identify/",
        "counter-register": "/counter/people/",
    },
    "approver-housing-fund": {"desk": "/desk/"},
    "official": {
        "console": "/console/",
        "console-quality": "/console/quality/",
        "console-deliveries": "/console/deliveries/",
        "console-mail": "/console/mail/",
        "console-accreditations": "/console/accreditations/",
        "console-people": "/console/people/",
    },
}
ACCOUNTS = yaml.safe_load((ROOT / "packs" / "yunzhou" / "demo_accounts.yaml").read_text(encoding="utf-8"))
NAMES = {row["name"] for row in ACCOUNTS["accounts"]} | {"开个小饭馆要办什么证"}  # people, and what was typed
SIGHT = [(who, width) for who in PAGES for width in (1440, 390)]


def violations(page: Page) -> list[str]:
    # The page's own policy forbids foreign scripts; the tool is evaluated by the browser's debugger instead.
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run({runOnly: rules}).then(result => result.violations)", RULES
    )
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found]


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is fetched by make assets")
@pytest.mark.parametrize(("who", "width"), SIGHT, ids=[f"{who or 'anyone'}-{width}" for who, width in SIGHT])
def test_pages_are_accessible_and_fit(visit: Open, who: str, width: int) -> None:
    page = visit(who, width=width)
    wrong: dict[str, object] = {}
    for name, path in PAGES[who].items():
        page.goto(path)
        picture(page, f"page-{name}")
        if found := violations(page):
            wrong[name] = found
        if sideways(page) > 0:
            wrong[f"{name} scrolls sideways by"] = sideways(page)
    assert wrong == {}


@pytest.mark.parametrize("path", ["/", f"/services/{FUND}/", "/search?q=公积金", "/licences/verify/", "/sign-in/"])
def test_pages_fit_a_screen_of_320_pixels(visit: Open, path: str) -> None:
    page = visit(width=320)
    page.goto(path)
    assert sideways(page) <= 0


@pytest.mark.parametrize("who", list(PAGES))
def test_english_pages_hold_no_chinese_words_of_ours(visit: Open, who: str) -> None:
    page = visit(who, language="en")
    found: dict[str, list[str]] = {}
    for name, path in PAGES[who].items():
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "en"
        ours: str = page.evaluate(
            "() => { const copy = document.body.cloneNode(true);"
            " copy.querySelectorAll('[lang=\"zh-Hans\"], input, script').forEach(node => node.remove());"
            " return copy.textContent }"
        )
        if words := set(re.findall(r"[\u4e00-\u9fff]{2,}", ours)) - NAMES:
            found[name] = sorted(words)[:12]
    assert found == {}
