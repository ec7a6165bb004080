"""Real processes in tests: a free port, and waiting for what is so."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from django.db import connection


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 30) -> float:
    """Look again every 50 ms until something is so; returns the seconds it took. Fails saying what is still not so."""
    began, never = time.monotonic(), Event()
    while not is_so():
        assert time.monotonic() - began < seconds, f"after {seconds} s still not so: {what}"
        never.wait(0.05)
    return time.monotonic() - began


@contextmanager
def web_processes(count: int, log: Path) -> Iterator[list[int]]:
    """Real ``tongban serve web`` processes over the test's own database. Yields their ports."""
    database = re.sub(r"/tongban(?=\?|$)", f"/{connection.settings_dict['NAME']}", os.environ["DATABASE_URL"])
    ports = [free_port() for _one in range(count)]
    common = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tongban.assembly.settings"}
    with log.open("wb") as output:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "tongban.assembly.cli", "serve", "web"],
                env={**common, "TONGBAN_WEB_PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            for port in ports
        ]

    def are_up() -> bool:
        assert all(process.poll() is None for process in running), log.read_text(encoding="utf-8")[-3000:]
        return all(answers(f"http://127.0.0.1:{port}/readyz") for port in ports)

    try:
        wait_until(are_up, "the web processes serve", 60)
        yield ports
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)
