"""Sixty wrong passwords at once, against two real web processes that share nothing but the database."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Barrier, Event
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from tests.integration.identity.conftest import PASSWORD
from tongban.contexts.identity import models
from tongban.infra.models import AuditEntry

ROOT = Path(__file__).resolve().parents[3]
AT_ONCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture
def webs(transactional_db: None, tmp_path: Path) -> Iterator[list[str]]:
    """Two processes on this test's database."""
    address = os.environ["DATABASE_URL"].replace("/tongban?", f"/{connection.settings_dict['NAME']}?")
    processes, urls = [], []
    for number in range(2):
        port = free_port()
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "tongban.assembly.cli", "serve", "web"],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": address, "TONGBAN_WEB_PORT": str(port)},
                stdout=(tmp_path / f"web-{number}.log").open("wb"),
                stderr=subprocess.STDOUT,
            )
        )
        urls.append(f"http://127.0.0.1:{port}")
    never = Event()
    for _attempt in range(600):
        if all(is_up(url) for url in urls) or any(process.poll() is not None for process in processes):
            break
        never.wait(0.1)
    assert all(is_up(url) for url in urls), (tmp_path / "web-0.log").read_text(encoding="utf-8")[-2000:]
    yield urls
    for process in processes:
        process.terminate()
        process.wait(timeout=30)


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
