"""What the two departmental web services share: a plain threaded HTTP server with a switch for bad days.

The switch (``POST /admin/behaviour``, guarded by a token and absent without one) makes a service slow, silent, failing
or garbled, so that tests can see how the platform copes.
"""

from __future__ import annotations

import hmac
import json
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Protocol

MODES = ("normal", "slow", "down", "error", "garbled")
LARGEST_BODY = 64 * 1024
ADMIN_HEADER = "X-Admin-Token"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over HTTP."""

    status: int
    content_type: str
    body: bytes


class Service(Protocol):
    """One department's application. ``key_header`` is the header in which callers present their key."""

    key_header: ClassVar[str]

    def answer(self, path: str, body: bytes) -> Reply:
        """The reply to a call with the right key."""

    def refuse_key(self) -> Reply:
        """The reply to a call without it."""

    def fail(self) -> Reply:
        """The reply on a bad day."""


@dataclass(slots=True)
class Behaviour:
    """How the service behaves just now."""

    mode: str = "normal"
    delay_ms: int = 0


class DepartmentServer(ThreadingHTTPServer):
    """Serves one application. ``admin_token`` of None leaves the switch out."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], service: Service, *, key: str, admin_token: str | None = None) -> None:
        super().__init__(address, _Handler)
        self.service = service
        self.key = key
        self.admin_token = admin_token
        self.behaviour = Behaviour()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "YZ"
    sys_version = ""
    # Longer than callers keep idle connections, so that no request meets a connection that is just being closed.
    timeout = 300
    disable_nagle_algorithm = True
    server: DepartmentServer

    def log_message(self, format: str, *args: Any) -> None:
        """Requests name persons: nothing is logged."""

    def do_GET(self) -> None:
        """Only whether the process is alive."""
        alive = self.path == "/healthz"
        self._send(Reply(200 if alive else 404, "text/plain; charset=utf-8", b"ok" if alive else b"not found"))

    def do_POST(self) -> None:
        """The department's operations, and the switch."""
        body = self._body()
        if body is None:
            return
        if self.path == "/admin/behaviour":
            self._send(self._switch(body))
            return
        behaviour = self.server.behaviour
        if behaviour.delay_ms:
            time.sleep(behaviour.delay_ms / 1000)
        if behaviour.mode == "down":
            self._hang_up()
        elif behaviour.mode == "garbled":
            self._send(Reply(200, "text/html", "<html><body>系统维护中".encode()))
        elif behaviour.mode == "error":
            self._send(self.server.service.fail())
        elif not hmac.compare_digest(
            self.headers.get(self.server.service.key_header, "").encode(), self.server.key.encode()
        ):
            self._send(self.server.service.refuse_key())
        else:
            self._send(self.server.service.answer(self.path, body))

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._send(Reply(413 if length.isdigit() else 411, "text/plain; charset=utf-8", b""))
            return None
        return self.rfile.read(int(length))

    def _switch(self, body: bytes) -> Reply:
        token = self.server.admin_token
        if token is None:
            return Reply(404, "text/plain; charset=utf-8", b"not found")
        if not hmac.compare_digest(self.headers.get(ADMIN_HEADER, "").encode(), token.encode()):
            return Reply(403, "text/plain; charset=utf-8", b"forbidden")
        try:
            wanted = json.loads(body)
            mode, delay_ms = wanted["mode"], int(wanted.get("delay_ms", 3000 if wanted["mode"] == "slow" else 0))
        except (ValueError, KeyError, TypeError):
            return Reply(400, "text/plain; charset=utf-8", b'expected {"mode": ..., "delay_ms": ...}')
        if mode not in MODES or not 0 <= delay_ms <= 60_000:
            return Reply(400, "text/plain; charset=utf-8", f"mode is one of {', '.join(MODES)}".encode())
        self.server.behaviour = Behaviour(mode, delay_ms)
        return Reply(200, "application/json", json.dumps({"mode": mode, "delay_ms": delay_ms}).encode())

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, reply: Reply) -> None:
        closing = "Connection: close\r\n" if self.close_connection else ""
        head = (
            f"HTTP/1.1 {reply.status} {self.responses[reply.status][0]}\r\n"
            f"Date: {self.date_time_string()}\r\nContent-Type: {reply.content_type}\r\n"
            f"Content-Length: {len(reply.body)}\r\n{closing}\r\n"
        )
        self.wfile.write(head.encode("latin-1") + reply.body)


class Store:
    """A department's own file, read by many threads."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(f"{path}: not there; populate first")
        self._address = f"{path.resolve().as_uri()}?mode=ro"
        self._local = threading.local()

    def rows(self, query: str, values: tuple[Any, ...]) -> list[Mapping[str, Any]]:
        """The rows of a query by column name."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._address, uri=True)
            connection.row_factory = sqlite3.Row
            self._local.connection = connection
        return [dict(row) for row in connection.execute(query, values)]


def write_store(path: Path, tables: Mapping[str, tuple[str, Any]], indexes: tuple[str, ...]) -> None:
    """A department's file made anew: table name to (columns, rows). The file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    connection = sqlite3.connect(part)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        for name, (columns, rows) in tables.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
            places = ", ".join("?" * len(columns.split(",")))
            connection.executemany(f"INSERT INTO {name} VALUES ({places})", rows)  # noqa: S608  # names are the package's
        for statement in indexes:
            connection.execute(statement)
        connection.commit()
    finally:
        connection.close()
    part.replace(path)


def serve_until_stopped(server: DepartmentServer, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT, then stop cleanly."""

    def stop(_signal: int, _frame: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ready()
    server.serve_forever(poll_interval=0.2)
    server.server_close()
