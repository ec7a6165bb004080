"""Four redemptions of one ticket at the same moment, at two web processes over one database: one sign-in."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest

from tests.running import web_processes
from tongban.contexts.identity import models
from tongban.contexts.identity.api import login_tickets as tickets
from tongban.contexts.identity.api import sessions
from tongban.contexts.identity.domain.login_ticket import code_of
from tongban.kernel.clock import utc_now

ROUNDS, AT_ONCE = 50, 4


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
