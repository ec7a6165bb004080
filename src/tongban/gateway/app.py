"""The ASGI application of the gateway: ``POST /v1/{resource}/{operation}``, health and metrics."""

from __future__ import annotations

import base64
import re
import socket
import time
from os import getpid

from tongban.gateway import problems
from tongban.gateway.asgi import Receive, Scope, Send, header, problem_document, read_body, respond
from tongban.gateway.feed import PolicyFeed
from tongban.gateway.limits import RateLimits
from tongban.gateway.problems import GatewayProblem
from tongban.gateway.reads import Call, Reads
from tongban.gateway.recorder import Recorder
from tongban.gateway.sources import Sources
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id
from tongban.runtime import logs, metrics
from tongban.runtime.settings import Settings, current
from tongban.runtime.signatures import key_id, public_coordinate, public_key
from tongban.wire.protocol import TICKET_HEADER, TRACE_HEADER, encoder
from tongban.wire.pseudonyms import Pseudonyms

log = logs.get_logger(__name__)

_READ_PATH = re.compile(r"/v1/([^/]{1,200})/([^/]{1,200})")
_TRACE = re.compile(r"[A-Za-z0-9._-]{8,64}")
MAX_IN_FLIGHT = 512

_reads_total = metrics.counter("tongban_gateway_reads", "Reads by outcome and code.", ("outcome", "code"))
_read_seconds = metrics.histogram("tongban_gateway_read_seconds", "From request to answer.", ("outcome",))
_in_flight = metrics.gauge("tongban_gateway_reads_in_flight", "Reads being answered now.")


class Gateway:
    """The application. One instance a process; everything it holds begins and ends with the ASGI lifespan."""

    def __init__(self, settings: Settings) -> None:
        coordinate = public_coordinate(settings.secrets.snapshot_key)
        self.sources = Sources(settings.connections_file)
        self.recorder = Recorder(settings.gateway_database_url)
        self.feed = PolicyFeed(
            settings.gateway_database_url,
            keys={key_id(coordinate): public_key(coordinate)},
            now=utc_now,
            before_look=self.sources.refresh,
        )
        self.reads = Reads(
            feed=self.feed,
            sources=self.sources,
            recorder=self.recorder,
            pseudonyms=Pseudonyms(base64.b64decode(settings.secrets.lookup_key)),
            rates=RateLimits(),
            gateway=f"{socket.gethostname()}:{getpid()}",
            now=utc_now,
        )
        self._reading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._respond(scope, receive, send)

    async def start(self) -> None:
        """Begin to follow policy and to write records."""
        await self.recorder.start()
        await self.feed.start()

    async def stop(self) -> None:
        """End what ``start`` began."""
        await self.feed.stop()
        await self.recorder.stop()
        await self.sources.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/healthz":
            await respond(send, 200, b'{"status":"alive"}', "application/json")
        elif path == "/readyz":
            await self._ready(send)
        elif path == "/metrics":
            content, content_type = metrics.render()
            await respond(send, 200, content, content_type)
        else:
            await self._read(scope, receive, send)

    async def _ready(self, send: Send) -> None:
        checks = {"policy": "ok", "records": "ok" if await self.recorder.is_ready() else "unavailable"}
        try:
            checks["policy_version"] = str(self.feed.current().version)
        except GatewayProblem as problem:
            checks["policy"] = str(problem.details.get("reason", problem.code))
        is_ready = checks["policy"] == checks["records"] == "ok"
        body = {"ready": is_ready, "checks": checks, "sources": self.sources.breaker_states()}
        await respond(send, 200 if is_ready else 503, encoder.encode(body), "application/json")

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = header(scope, TRACE_HEADER) or ""
        trace = given if _TRACE.fullmatch(given) else new_id().hex
        started = time.perf_counter()
        token = logs.request_id.set(trace)
        self._reading += 1
        _in_flight.set(self._reading)
        try:
            content = await self._content(scope, receive, trace)
            outcome, code = "released", "ok"
            await respond(send, 200, content, "application/json", trace)
        except GatewayProblem as problem:
            outcome, code = problem.outcome, problem.code
            language = header(scope, "accept-language") or "zh"
            document = problem_document(problem, trace=trace, language=language)
            await respond(send, problem.status, document, "application/problem+json", trace)
        finally:
            self._reading -= 1
            _in_flight.set(self._reading)
            logs.request_id.reset(token)
        _reads_total.labels(outcome, code).inc()
        _read_seconds.labels(outcome).observe(time.perf_counter() - started)

    async def _content(self, scope: Scope, receive: Receive, trace: str) -> bytes:
        match = _READ_PATH.fullmatch(scope["path"])
        if match is None:
            raise problems.RouteUnknown
        if scope["method"] != "POST":
            raise problems.MethodRefused
        if self._reading > MAX_IN_FLIGHT:
            raise problems.Overloaded
        call = Call(
            resource=match[1],
            operation=match[2],
            authorization=header(scope, "authorization"),
            ticket=header(scope, TICKET_HEADER),
            body=await read_body(receive),
            trace=trace,
        )
        return await self.reads.answer(call)


def create() -> Gateway:
    """The application with the settings of this process (granian calls it once in each worker)."""
    settings = current()
    logs.configure("gateway", settings.log_level)
    return Gateway(settings)
