"""The provider as its own processes, two web processes and a worker over one PostgreSQL, and clients from npm."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.running import answers, free_port, wait_until
from tongban.runtime.postgres import EmbeddedPostgres

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PASSWORD = "Yunzhou-2026"
START_SECONDS = 120


@dataclass
class Provider:
    """The running provider. ``url`` is the issuer, served by the first web process; ``other`` is the second."""

    url: str
    other: str
    database_url: str
    environment: dict[str, str]
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def tongban(self, *arguments: str) -> str:
        """Run the command line against this provider."""
        command = [sys.executable, "-m", "tongban.assembly.cli", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def add_client(self, *options: str) -> dict[str, Any]:
        """Register a client by the command line."""
        port = free_port()
        callback = f"http://127.0.0.1:{port}/cb"
        made: dict[str, Any] = json.loads(
            self.tongban("identity", "add-client", "--name", "互通", "--redirect-uri", callback, *options, "--json")
        )
        return {**made, "redirect_uri": callback}

    def add_person(self, username: str, *, with_totp: bool = False) -> dict[str, str]:
        """A person whose real name is proven, with an authenticator if wanted."""
        script = "import sys; from tests.interop.people import main; main(sys.argv[1:])"
        command = [sys.executable, "-c", script, username, PASSWORD, *(["totp"] if with_totp else [])]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr[-3000:]
        made: dict[str, str] = json.loads(done.stdout)
        return made

    def start(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start one of the platform's processes."""
        log = (self.folder / f"{name}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "tongban.assembly.cli", "serve", *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.processes.append(process)
        return process

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the provider's database."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]  # the tests' own words

    def words(self) -> str:
        """The last words of every process."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}\n{log.read_text(encoding='utf-8')[-3000:]}" for log in logs)


@pytest.fixture(scope="session")
def node() -> str:
    """Node, with the clients that the lock names."""
    found = ROOT / ".venv" / "bin" / "node"
    if not (HERE / "node_modules" / "openid-client").is_dir():
        subprocess.run([ROOT / "scripts" / "interop"], check=True, timeout=300)
    return str(found) if found.exists() else str(shutil.which("node"))


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    parent = Path(tempfile.mkdtemp(prefix="tongban-interop-"))
    parent.chmod(0o755)  # the system user that PostgreSQL runs as must pass
    server = EmbeddedPostgres(parent / "postgres", ephemeral=True)
    server.start()
    ports = free_port(), free_port()
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DATABASE_URL"))}
    environment = {
        **kept,
        "TONGBAN_ENVIRONMENT": "test",
        "TONGBAN_DATA": str(parent / "data"),
        "TONGBAN_WEB_URL": urls[0],
        "TONGBAN_WEB_PORT": str(ports[0]),
        "DATABASE_URL": server.url("tongban"),
    }
    running = Provider(*urls, server.url("tongban"), environment, parent)
    running.tongban("migrate")
    for name, port in zip(("web-1", "web-2"), ports, strict=True):
        running.start(name, "web", TONGBAN_WEB_PORT=str(port))
    running.start("worker", "worker")
    try:
        for url in urls:
            wait_until(lambda url=url: answers(f"{url}/readyz"), f"{url} serves\n{running.words()}", START_SECONDS)
        yield running
    finally:
        for process in running.processes:
            process.send_signal(signal.SIGTERM)
        for process in running.processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        server.stop()
        shutil.rmtree(parent, ignore_errors=True)


Play = Callable[..., dict[str, Any]]


@pytest.fixture
def play(node: str, provider: Provider) -> Play:
    """Run one scene of a script: what it returns comes back, and what it expects in vain fails the test."""

    def played(script: str, scene: str, **given: Any) -> dict[str, Any]:
        told = {"issuer": provider.url, "other": provider.other, **given}
        done = subprocess.run(
            [node, str(HERE / script), scene],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        assert done.returncode == 0, f"{done.stderr[-4000:]}\n{provider.words()[-6000:]}"
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    return played
