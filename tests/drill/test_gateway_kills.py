"""kill -9 of the gateway under load: every answer that a caller received has its record."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.factories.processes import GatewayProcess
from tests.integration.exchange import conftest
from tests.integration.exchange.conftest import ticket_for
from tests.integration.exchange.test_refusing import post
from tongban.contexts.exchange.models import Record
from yunzhou_departments.demo_persons import WANG

departments, gateway, loaded_city = conftest.departments, conftest.gateway, conftest.loaded_city
db, city = conftest.db, conftest.city
KILLS, CALLERS = 20, 6


@pytest.mark.drill
def test_no_answer_lacks_its_record_when_the_gateway_is_killed(city: GatewayProcess) -> None:
    ticket = ticket_for("police.household").ticket
    received: list[str] = []
    refused = 0
    is_over = False

    def call() -> None:
        nonlocal refused
        while not is_over:
            try:
                status, document, raw = post(city, ticket=ticket)
            except (OSError, HTTPException, ValueError):
                time.sleep(0.02)  # cut off in the middle, or not there: the caller has no data
                continue
            if status == 200:
                assert document["records"][0]["name"] == WANG.name
                received.append(document["trace"])
            else:
                assert WANG.name.encode() not in raw
                refused += 1

    with ThreadPoolExecutor(CALLERS) as pool:
        callers = [pool.submit(call) for _ in range(CALLERS)]
        try:
            for _ in range(KILLS):
                time.sleep(1)
                kill_group(city)
                city.start()
            before = len(received)
            time.sleep(3)
            assert len(received) > before, "the gateway answers again after the last kill"
        finally:
            is_over = True
        for caller in callers:
            caller.result()
    recorded = set(Record.objects.filter(outcome="released").values_list("trace", flat=True))
    assert len(received) >= KILLS
    assert set(received) <= recorded


def kill_group(process: GatewayProcess) -> None:
    """kill -9 of the server and of its workers."""
    assert process.process is not None
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
    for pid in (process.pid, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    process.process.wait()
    process.process = None
