"""The whole city for the journeys: ``tongban demo`` as its own processes, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.running import answers, free_port, wait_until
from tests.staff_entry import totp

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "tests" / "journeys" / "screenshots"
PASSWORD = "Yunzhou-2026"  # the published password of the demo accounts
START_SECONDS = 240
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


@dataclass(frozen=True, slots=True)
class City:
    """A running demo."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    parent = Path(tempfile.mkdtemp(prefix="tongban-city-"))
    parent.chmod(0o755)  # pytest's own folder is closed: run by root, the database's user could not pass
    data_dir = parent / "data"
    web, gateway = free_port(), free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_URL"))}
    command = [sys.executable, "-m", "tongban.assembly.cli", "demo", "--data", str(data_dir), "--persons", "400"]
    log = (parent / "demo.log").open("wb")
    process = subprocess.Popen(
        [*command, "--port", str(web), "--gateway-port", str(gateway)],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "tongban.assembly.settings"},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{web}"

    def is_up() -> bool:
        if process.poll() is not None:
            pytest.fail(f"the demo ended:\n{(parent / 'demo.log').read_text(encoding='utf-8')[-4000:]}")
        return answers(f"{url}/readyz") and "Ready" in (parent / "demo.log").read_text(encoding="utf-8")

    wait_until(is_up, "the demo is ready", START_SECONDS)
    yield City(url, data_dir, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file: while its driver runs, nothing else on this worker can run an event loop."""
    found = subprocess.run([ROOT / "scripts" / "bootstrap", "chromium"], capture_output=True, text=True, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, city: City) -> Iterator[Open]:
    """Opens a fresh browser for somebody: ``visit("wang")`` signed in, ``visit()`` as a stranger."""
    contexts: list[BrowserContext] = []

    def opened(username: str = "", *, width: int = 1440, scripts: bool = True, language: str = "") -> Page:
        context = browser.new_context(
            base_url=city.url, viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="zh-CN"
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if language:
            context.add_cookies([{"name": "language", "value": language, "url": city.url}])
        page = context.new_page()
        if username:
            sign_in(page, username)
        return page

    yield opened
    for context in contexts:
        context.close()


def add_person(city: City) -> tuple[str, str]:
    """Somebody whom no other journey knows: their username and password."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_URL"))}
    command = [sys.executable, "-m", "tongban.assembly.cli", "identity", "add-person", "--demo", "--json"]
    environment = {**kept, "TONGBAN_DATA": str(city.data_dir)}
    made = json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    return str(made["username"]), str(made["password"])


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    is_resident = username.startswith("demo-0") or username in ("wang", "li", "chen", "zhao", "qian", "sun", "jing")
    door = "/sign-in/" if is_resident else "/staff/sign-in/"
    page.goto(door)
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.locator("main form").filter(has=page.locator("input[name=password]")).locator("button").last.click()
    page.wait_for_load_state()
    if "second-factor" in page.url:
        page.fill("input[name=code]", totp())
        page.locator("main form").filter(has=page.locator("input[name=code]")).locator("button").last.click()
        page.wait_for_load_state()
    assert "sign-in" not in page.url, page.locator("main").inner_text()
    assert "second-factor" not in page.url, page.locator("main").inner_text()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page as it is, at the width it is seen."""
    SCREENSHOTS.mkdir(exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)


def text_of(page: Page) -> str:
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


def api(city: City, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{city.url}{path}", timeout=10) as response:
        found: dict[str, object] = json.load(response)
        return found
