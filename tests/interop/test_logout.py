"""Every site learns within seconds that a session is over; one that was down learns it when it is back."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from .conftest import HERE, Play, Provider, free_port, wait_until

IN_TIME = 5.0


class Receiver:
    """A site's receiver as a process of its own."""

    def __init__(self, node: str, provider: Provider, client_id: str, port: int) -> None:
        command = [node, str(HERE / "receiver.mjs"), str(port), provider.url, client_id]
        # The node of a Python environment may be a program that starts the real one: both end as a group.
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.lines: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_until(lambda: bool(self.lines), "the receiver listens")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    @property
    def received(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "listening" not in line]

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


@contextmanager
def receiver(node: str, provider: Provider, client_id: str, port: int) -> Iterator[Receiver]:
    started = Receiver(node, provider, client_id, port)
    try:
        yield started
    finally:
        started.stop()


@contextmanager
def silent_site(port: int) -> Iterator[None]:
    """A site that takes the connection and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen(50)
        yield


@pytest.fixture(scope="module")
def person(provider: Provider) -> dict[str, str]:
    return provider.add_person("leaving")


def make_site(provider: Provider) -> tuple[dict[str, Any], int]:
    port = free_port()
    return provider.add_client("--backchannel-logout-uri", f"http://127.0.0.1:{port}/logout"), port


def sign_out(provider: Provider, id_token: str) -> float:
    """Sign out as the site wants it. Returns when."""
    began = time.time()
    with urlopen(f"{provider.url}/oidc/logout?{urlencode({'id_token_hint': id_token})}", timeout=20) as answer:
        assert answer.status == 200
    return began


def test_every_site_of_a_session_is_told_within_five_seconds(
    node: str, provider: Provider, play: Play, person: dict[str, str]
) -> None:
    sites = [make_site(provider) for _ in range(2)]
    slow, slow_port = make_site(provider)
    session = play("openid_client.mjs", "sessions", clients=[*(site for site, _ in sites), slow], person=person)
    with silent_site(slow_port), receiver(node, provider, sites[0][0]["client_id"], sites[0][1]) as first:  # noqa: SIM117
        with receiver(node, provider, sites[1][0]["client_id"], sites[1][1]) as second:
            began = sign_out(provider, session["id_token"])
            wait_until(lambda: bool(first.received and second.received), "both are told", IN_TIME)
            for told in (first.received[0], second.received[0]):
                assert told["sid"] == session["sid"], told
                assert told["at"] / 1000 - began < IN_TIME
            assert first.received[0]["sub"] == session["sub"]


def test_a_site_that_was_down_is_told_when_it_is_back(
    node: str, provider: Provider, play: Play, person: dict[str, str]
) -> None:
    site, port = make_site(provider)
    session = play("openid_client.mjs", "sessions", clients=[site], person=person)
    sign_out(provider, session["id_token"])

    def has_failed() -> bool:
        rows = provider.query(
            "SELECT attempts FROM identity_logout_delivery d JOIN identity_client c ON c.id = d.client_id "
            "WHERE c.client_id = %s AND d.last_answer <> ''",
            site["client_id"],
        )
        return bool(rows) and rows[0][0] >= 2

    wait_until(has_failed, "it was tried in vain, and tried again", 20)
    with receiver(node, provider, site["client_id"], port) as back:
        wait_until(lambda: bool(back.received), "it is told after all", 40)
        assert back.received[0]["sid"] == session["sid"]
    rows = provider.query("SELECT state FROM identity_logout_delivery WHERE session_id = %s", session["sid"])
    assert rows == [("delivered",)]


def test_a_new_key_signs_while_the_old_one_still_verifies(
    provider: Provider, node: str, play: Play, person: dict[str, str]
) -> None:
    before = play("openid_client.mjs", "sessions", clients=[provider.add_client()], person=person)
    provider.tongban("identity", "rotate-keys", "--json")
    sign_out(provider, before["id_token"])
    rows = provider.query("SELECT ended_because FROM identity_account_session WHERE id = %s", before["sid"])
    assert rows[0][0] != ""
