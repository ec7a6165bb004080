"""The little of ASGI that the gateway needs: bodies with a bound, headers, one response at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tongban.gateway.problems import BodyTooLarge, GatewayProblem
from tongban.wire.protocol import TRACE_HEADER, Problem, Sentence, encoder

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 64 * 1024
PROBLEM_TYPE = "https://tongban.example/problems/"


async def read_body(receive: Receive) -> bytes:
    """The whole request body. Raises: BodyTooLarge."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return bytes(body)


def header(scope: Scope, name: str) -> str | None:
    """The value of a request header; a header sent twice counts as absent, for no one can say which was meant."""
    values = [value for key, value in scope["headers"] if key == name.encode()]
    return values[0].decode("latin-1") if len(values) == 1 else None


async def respond(send: Send, status: int, content: bytes, content_type: str, trace: str = "") -> None:
    """Send one response. Nothing that the gateway says may be kept by a cache."""
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if trace:
        headers.append((TRACE_HEADER.encode(), trace.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def problem_document(problem: GatewayProblem, *, trace: str, language: str) -> bytes:
    """The problem as JSON. Source: RFC 9457."""
    return encoder.encode(
        Problem(
            type=PROBLEM_TYPE + problem.code,
            title=problem.message.in_language(language),
            status=problem.status,
            code=problem.code,
            trace=trace,
            message=Sentence(problem.message.zh, problem.message.en),
            remedy=Sentence(problem.remedy.zh, problem.remedy.en),
            detail=problem.remedy.in_language(language),
            details=dict(problem.details),
        )
    )
