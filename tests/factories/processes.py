"""Real processes for tests: the departments' systems with a small population, and a gateway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.running import free_port

ADMIN_TOKEN = "switch"
DATABASES = {"police": "bo_police", "estate": "bo_estate", "social": "bo_social", "market": "bo_market"}
KEY_HEADERS = {"medical-insurance": "X-YB-Key", "civil-affairs": "X-MZ-AppKey"}


def with_database(url: str, database: str, *, role: str = "", password: str = "") -> str:
    """The address of another database on the same server, perhaps as another role."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{role}:{quote(password, safe='')}@{host}" if role else parts.netloc
    return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))


def wait_until_answers(url: str, *, process: subprocess.Popen[Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the process for {url} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(url)


@dataclass
class Departments:
    """The seven systems with a few hundred persons. ``connections`` is what a gateway needs to reach them."""

    server_url: str
    folder: Path
    suffix: str
    persons: int = 300
    connections: dict[str, Any] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        names = {name: f"{database}_{self.suffix}" for name, database in DATABASES.items()}
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            for database in names.values():
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        addresses = {name: with_database(self.server_url, database) for name, database in names.items()}
        dsn_file = self.folder / "owners.json"
        dsn_file.write_text(json.dumps(addresses), encoding="utf-8")
        self.run("populate", "--persons", str(self.persons), "--data", str(self.folder), "--dsn-file", str(dsn_file))
        self.connections = {**addresses, "housing-fund": str(self.folder / "housing-fund" / "drop")}
        for service, header in KEY_HEADERS.items():
            self.ports[service] = free_port()
            self.start_service(service)
            self.connections[service] = {
                "url": f"http://127.0.0.1:{self.ports[service]}",
                "header_files": {header: str(self.folder / service / "access-key")},
            }

    def run(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "yunzhou_departments", *arguments], check=True, capture_output=True)

    def start_service(self, service: str) -> None:
        port = self.ports[service]
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "yunzhou_departments",
                "serve",
                service,
                "--port",
                str(port),
                "--data",
                str(self.folder),
            ],
            env={**os.environ, "YUNZHOU_ADMIN_TOKEN": ADMIN_TOKEN},
            stdout=subprocess.DEVNULL,
        )
        self.processes[service] = process
        wait_until_answers(f"http://127.0.0.1:{port}/healthz", process=process)

    def behave(self, service: str, mode: str = "normal", *, delay_ms: int = 0) -> None:
        """Let a service have a bad day, or end it."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[service]}/admin/behaviour",
            data=json.dumps({"mode": mode, "delay_ms": delay_ms}).encode(),
            headers={"X-Admin-Token": ADMIN_TOKEN},
        )
        with urllib.request.urlopen(request, timeout=5):
            return

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
            process.wait(timeout=10)
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            for database in DATABASES.values():
                name = sql.Identifier(f"{database}_{self.suffix}")
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@dataclass
class GatewayProcess:
    """``python -m tongban.gateway`` in an environment of its own."""

    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tongban.gateway"],
            env={**os.environ, **self.environment, "TONGBAN_GATEWAY_PORT": str(self.port)},
            stdout=subprocess.DEVNULL,
        )
        wait_until_answers(f"{self.url}/healthz", process=self.process)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=15)
            self.process = None
