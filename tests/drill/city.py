"""A real demo city for the drills: its processes, and how they are killed and come back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.running import answers, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300.0
BACK_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class City:
    """A running demo."""

    data_dir: Path
    web: str
    gateway: str
    process: subprocess.Popen[bytes]

    def processes(self) -> dict[str, dict[str, int | bool]]:
        """What the supervisor says of its processes."""
        found: dict[str, dict[str, int | bool]] = json.loads((self.data_dir / "processes.json").read_text())[
            "processes"
        ]
        return found

    def kill(self, name: str) -> int:
        """kill -9 of a process and its own children; returns its restarts so far."""
        state = self.processes()[name]
        os.killpg(int(state["pid"]), signal.SIGKILL)
        return int(state["restarts"])

    def wait_till_back(self, name: str, restarts_before: int) -> float:
        """Wait till a killed process serves again; returns the seconds."""

        def is_back() -> bool:
            states = self.processes()
            return int(states[name]["restarts"]) > restarts_before and all(
                state["is_ready"] for state in states.values()
            )

        return wait_until(is_back, f"{name} is back", BACK_SECONDS)

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the application's database."""
        with self._connect() as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]  # the drills' own words

    def database_answers(self) -> bool:
        """Whether the database takes connections."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        socket_dir = (self.data_dir / "postgres.socket").read_text().strip()
        password = (self.data_dir / "secrets" / "database_password").read_text().strip()
        return psycopg.connect(host=socket_dir, user="tongban", dbname="tongban", password=password)


@contextmanager
def running_city(persons: int = 400) -> Iterator[City]:
    """Start a demo in a folder of its own, stop it as an operator would, and remove the folder."""
    parent = Path(tempfile.mkdtemp(prefix="tongban-drill-"))
    parent.chmod(0o755)  # the system user that PostgreSQL runs as must pass
    data_dir, log = parent / "data", parent / "demo.log"
    web, gateway = free_port(), free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_URL"))}
    options = ["--data", str(data_dir), "--port", str(web), "--gateway-port", str(gateway), "--persons", str(persons)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tongban.assembly.cli", "demo", *options],
            cwd=ROOT,
            env=kept,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    city = City(data_dir, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{gateway}", process)

    def is_up() -> bool:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
        return "Ready" in log.read_text(encoding="utf-8") and answers(f"{city.web}/readyz")

    try:
        wait_until(is_up, "the demo is ready", START_SECONDS)
        yield city
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=90) == 0, log.read_text(encoding="utf-8")[-4000:]
        shutil.rmtree(parent)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
