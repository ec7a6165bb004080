"""The demo's processes: how each is started and how it says that it is ready."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psycopg

from tongban.kernel.clock import utc_now
from tongban.runtime.processes import Program, dying_with_us

HOST = "127.0.0.1"
PROBE_TIMEOUT_S = 5.0
TASK_TIMEOUT_S = 900.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo's processes listen."""

    web: int
    gateway: int
    medical_insurance: int
    civil_affairs: int


@dataclass(frozen=True, slots=True)
class Programs:
    """Builds the programs of one demo."""

    data_dir: Path
    ports: Ports
    environment: Mapping[str, str]
    database_url: Callable[[], str]
    web_workers: int = 1

    @property
    def departments_dir(self) -> Path:
        """Where departments whose systems keep files keep them."""
        return self.data_dir / "departments"

    def web(self) -> Program:
        """The pages and APIs."""
        return self._python(
            "web",
            ["tongban.assembly.cli", "serve", "web", "--workers", str(self.web_workers)],
            lambda: answers(self.ports.web, "/readyz"),
        )

    def gateway(self) -> Program:
        """The data plane."""
        return self._python(
            "gateway", ["tongban.assembly.cli", "serve", "gateway"], lambda: answers(self.ports.gateway, "/readyz")
        )

    def worker(self) -> Program:
        """Events and jobs."""
        watch = WorkerWatch(self.database_url)
        return self._python("worker", ["tongban.assembly.cli", "serve", "worker"], watch.is_ready, prepare=watch.begin)

    def department(self, name: str, port: int) -> Program:
        """A department's own HTTP service."""
        words = ["yunzhou_departments", "serve", name, "--port", str(port), "--data", str(self.departments_dir)]
        return self._python(name, words, lambda: answers(port, "/healthz"))

    def populate(self, persons: int, owners_file: Path) -> Program:
        """The task that fills the departments' systems unless they hold this population already."""
        words = ["yunzhou_departments", "populate", "--if-missing", "--persons", str(persons)]
        words += ["--data", str(self.departments_dir), "--dsn-file", str(owners_file)]
        return self._python("populate", words, _never, ready_timeout_s=TASK_TIMEOUT_S)

    def drop_files(self) -> Program:
        """The task that a department runs every night: its files of the day."""
        words = ["yunzhou_departments", "drop-csv", "--data", str(self.departments_dir)]
        return self._python("drop-csv", words, _never, ready_timeout_s=TASK_TIMEOUT_S)

    def prepare(self, *, load_pack: bool) -> Program:
        """The task that brings the platform's database up to date."""
        words = ["tongban.assembly.demo.prepare", *(["--load-pack"] if load_pack else [])]
        return self._python("prepare", words, _never, ready_timeout_s=TASK_TIMEOUT_S)

    def _python(
        self,
        name: str,
        words: list[str],
        is_ready: Callable[[], bool],
        *,
        prepare: Callable[[], None] = lambda: None,
        ready_timeout_s: float = 120.0,
    ) -> Program:
        return Program(
            name=name,
            command=lambda: dying_with_us([sys.executable, "-m", *words]),
            environment={**os.environ, **self.environment},
            log=self.data_dir / "logs" / f"{name}.log",
            is_ready=is_ready,
            prepare=prepare,
            directory=Path.cwd(),
            ready_timeout_s=ready_timeout_s,
        )


def _never() -> bool:
    """A task is not asked whether it is ready: it ends."""
    return False


def answers(port: int, path: str) -> bool:
    """Whether a local server answers 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PROBE_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@dataclass(slots=True)
class WorkerWatch:
    """A worker is ready when it has entered itself in the queue's register since it was started."""

    database_url: Callable[[], str]
    since: datetime = field(default_factory=utc_now)

    def begin(self) -> None:
        """A new worker is about to start."""
        self.since = utc_now()

    def is_ready(self) -> bool:
        """Whether it is there."""
        query = "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat >= %s)"
        try:
            with psycopg.connect(self.database_url(), connect_timeout=5) as connection:
                row = connection.execute(query, [self.since]).fetchone()
        except psycopg.OperationalError:
            return False
        return bool(row and row[0])
