"""A real browser leaves for the site and comes back, under the strict policy of our pages."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.factories.sites import challenge_of
from tests.journeys.conftest import FLAGS, picture

from .conftest import ROOT, Provider

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


class Echo(BaseHTTPRequestHandler):
    """A site that shows what it was sent."""

    def do_GET(self) -> None:
        self._show(f"GET {self.path}")

    def do_POST(self) -> None:
        self._show(f"POST {self.rfile.read(int(self.headers['content-length'])).decode()}")

    def _show(self, what: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(f"<title>site</title><p id=received>{what}</p>".encode())

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site(provider: Provider) -> Iterator[dict[str, Any]]:
    """A site of another origin than the provider's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = provider.add_client("--redirect-uri", f"http://localhost:{server.server_port}/cb")
    yield {**made, "redirect_uri": f"http://localhost:{server.server_port}/cb"}
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = subprocess.run([ROOT / "scripts" / "bootstrap", "chromium"], capture_output=True, text=True, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
        yield browser
        browser.close()


def address(provider: Provider, site: dict[str, Any], **more: str) -> str:
    asked = {
        "client_id": site["client_id"],
        "redirect_uri": site["redirect_uri"],
        "response_type": "code",
        "scope": "openid profile phone",
        "state": "s",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **more,
    }
    return f"{provider.url}/oidc/authorize?{urlencode(asked)}"


def received(page: Page) -> str:
    page.wait_for_selector("#received")
    return page.inner_text("#received")


def sign_in(page: Page, person: dict[str, str]) -> None:
    page.fill("input[name=login]", person["username"])
    page.fill("input[name=password]", person["password"])
    page.locator("main form").filter(has=page.locator("input[name=password]")).locator("button").last.click()


def faults(page: Page) -> list[str]:
    """What axe finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.html).join(' | ')))"
    )
    return [str(one) for one in found]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_browser_leaves_for_the_site_after_signing_in(
    browser: Browser, provider: Provider, site: dict[str, Any], scripts: bool
) -> None:
    person = provider.add_person("looking")
    context = browser.new_context(java_script_enabled=scripts, locale="zh-CN")
    page = context.new_page()
    page.goto(address(provider, site))
    sign_in(page, person)
    assert received(page).startswith("GET /cb?code=")
    page.goto(address(provider, site, response_mode="form_post"))
    if not scripts:
        page.click("button")
    assert received(page).startswith("POST code=")
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_browser_agrees_declines_and_signs_out(
    browser: Browser, provider: Provider, site: dict[str, Any], width: int
) -> None:
    person = provider.add_person("agreeing")
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.goto(address(provider, site, prompt="consent"))
    sign_in(page, person)
    page.wait_for_selector("button[value=agree]")
    assert faults(page) == []
    picture(page, "site-consent")
    page.click("button[value=agree]")
    assert received(page).startswith("GET /cb?code=")
    page.goto(address(provider, site, prompt="consent"))
    page.click("button[value=decline]")
    assert "error=access_denied" in received(page)
    home = site["redirect_uri"].removesuffix("cb")
    wish = urlencode({"client_id": site["client_id"], "post_logout_redirect_uri": home})
    page.goto(f"{provider.url}/oidc/logout?{wish}")
    assert faults(page) == []
    picture(page, "site-sign-out")
    page.click("main form button")
    assert received(page) == "GET /"
    page.goto(address(provider, site, prompt="none"))
    assert "error=login_required" in received(page)
    context.close()
