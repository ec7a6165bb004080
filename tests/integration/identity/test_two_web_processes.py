"""Sixty wrong passwords at once, against two real web processes that share nothing but the database."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import make_password

from tests.integration.identity.conftest import PASSWORD
from tests.running import web_processes
from tongban.contexts.identity import models
from tongban.infra.models import AuditEntry

ROOT = Path(__file__).resolve().parents[3]
AT_ONCE = 60


@pytest.fixture
def webs(transactional_db: None, tmp_path: Path) -> Iterator[list[str]]:
    """Two processes on this test's database."""
    with web_processes(2, tmp_path / "web.log") as ports:
        yield [f"http://127.0.0.1:{port}" for port in ports]


def sender(url: str) -> tuple[urllib.request.OpenerDirector, str]:
    """A fresh browser with the form open, and the form's token."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{url}/sign-in/", timeout=60).read().decode()
    return opener, re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]


def send(opener: urllib.request.OpenerDirector, url: str, token: str, password: str) -> str:
    form = urlencode({"csrfmiddlewaretoken": token, "login": "wang", "password": password}).encode()
    with opener.open(f"{url}/sign-in/", form, timeout=60) as response:
        return str(response.url) + response.read().decode()


def test_of_sixty_simultaneous_guesses_five_are_evaluated(webs: list[str]) -> None:
    models.Account.objects.create(username="wang", password=make_password(PASSWORD))
    together = Barrier(AT_ONCE)

    def guess(number: int) -> str:
        url = webs[number % 2]
        opener, token = sender(url)
        together.wait(timeout=120)
        return send(opener, url, token, f"wrong-password-{number}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        pages = list(pool.map(guess, range(AT_ONCE)))
    evaluated = [page for page in pages if "账号或密码不对" in page]
    refused = [page for page in pages if "才能再用密码登录" in page]
    assert (len(evaluated), len(refused)) == (5, AT_ONCE - 5)
    assert AuditEntry.objects.filter(action="identity.sign-in-failed").count() == 5
    assert AuditEntry.objects.filter(action="identity.account-locked").count() == 1
    opener, token = sender(webs[0])
    assert "才能再用密码登录" in send(opener, webs[0], token, PASSWORD)
