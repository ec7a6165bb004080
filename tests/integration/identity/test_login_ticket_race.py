"""Four redemptions of one ticket at the same moment, at two web processes over one database: one sign-in."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event
from urllib.parse import urlencode

import pytest
from django.db import connection

from tongban.contexts.identity import models
from tongban.contexts.identity.api import login_tickets as tickets
from tongban.contexts.identity.api import sessions
from tongban.contexts.identity.domain.login_ticket import code_of
from tongban.kernel.clock import utc_now

ROUNDS, AT_ONCE = 50, 4


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_up(port: int) -> bool:
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        client.request("GET", "/healthz")
        return client.getresponse().status == 200
    except OSError:
        return False


@contextmanager
def web_processes(count: int, log: Path) -> Iterator[list[int]]:
    """Real ``tongban serve web`` processes over the test's own database."""
    database = re.sub(r"/tongban(?=\?|$)", f"/{connection.settings_dict['NAME']}", os.environ["DATABASE_URL"])
    ports = [free_port() for _one in range(count)]
    with log.open("wb") as output:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "tongban.assembly.cli", "serve", "web"],
                env={
                    **os.environ,
                    "DATABASE_URL": database,
                    "TONGBAN_WEB_PORT": str(port),
                    "DJANGO_SETTINGS_MODULE": "tongban.assembly.settings",
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            for port in ports
        ]
    never = Event()
    try:
        for _look in range(300):
            assert all(process.poll() is None for process in running), log.read_text(encoding="utf-8")[-3000:]
            if all(is_up(port) for port in ports):
                break
            never.wait(0.2)
        yield ports
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)


def ask(port: int) -> dict[str, str]:
    """A fresh browser opens the page with the code; what it keeps are its cookies."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request("GET", "/sign-in/qr/")
    answer = client.getresponse()
    answer.read()
    assert answer.status == 200
    lines = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    return dict(line.split(";")[0].split("=", 1) for line in lines)


def redeem(port: int, cookies: dict[str, str], together: Barrier) -> tuple[int, bool]:
    """The status, and whether this answer carried a session."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.connect()
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"do": "redeem", "csrfmiddlewaretoken": cookies["csrftoken"]})
    together.wait(timeout=20)
    client.request("POST", "/sign-in/qr/", body, headers)
    answer = client.getresponse()
    answer.read()
    return answer.status, "sessionid=" in str(answer.headers)


def allow(cookies: dict[str, str], phone: sessions.SessionFacts) -> None:
    code, now = code_of(cookies["login_ticket"]), utc_now()
    tickets.look(code=code, session=phone, network="127.0.0.1", now=now)
    number = models.LoginTicket.objects.get(state="scanned").match_number
    assert tickets.approve(code=code, session=phone, number=number, now=now) is tickets.Answer.APPROVED


@pytest.fixture
def phone(transactional_db: None) -> sessions.SessionFacts:
    account = models.Account.objects.create(username="wang")
    now = utc_now() - timedelta(minutes=1)
    row = models.AccountSession.objects.create(
        account=account,
        identity_level="registered",
        authenticator="password",
        methods=["pwd"],
        authenticated_at=now,
        started_at=now,
        last_seen_at=now,
    )
    found = sessions.find_open_session(row.pk)
    assert found is not None
    return found


def test_of_four_redemptions_at_two_processes_exactly_one_signs_in(
    phone: sessions.SessionFacts, tmp_path: Path
) -> None:
    with web_processes(2, tmp_path / "web.log") as ports, ThreadPoolExecutor(AT_ONCE) as pool:
        for turn in range(1, ROUNDS + 1):
            cookies = ask(ports[turn % 2])
            allow(cookies, phone)
            together = Barrier(AT_ONCE)
            answers = list(
                pool.map(lambda at: redeem(ports[at % 2], cookies, together), range(AT_ONCE))  # noqa: B023  in the turn
            )
            assert [status for status, _signed_in in answers] == [302] * AT_ONCE, answers
            assert sum(signed_in for _status, signed_in in answers) == 1, answers
            assert models.AccountSession.objects.exclude(pk=phone.id).count() == turn
        assert models.LoginTicket.objects.filter(state="redeemed").exclude(session=None).count() == ROUNDS
