"""The HTTP client with which exchange reads through a gateway: several reads at once, none longer than its time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import msgspec
from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.exceptions import NetworkError, PyreqwestError, RequestTimeoutError

from tongban.runtime.logs import request_id
from tongban.wire.protocol import (
    TICKET_HEADER,
    TRACE_HEADER,
    GatewayAnswer,
    GatewayRequest,
    Problem,
    answer_decoder,
    encoder,
    problem_decoder,
)

_GRACE_S = 0.2
TIMEOUT, UNREACHABLE = "timeout", "unreachable"


@dataclass(frozen=True, slots=True)
class Sent:
    """One read as it goes to the gateway."""

    resource: str
    operation: str
    request: GatewayRequest


Received = GatewayAnswer | Problem | str
"""An answer, a problem that the gateway stated, or the name of what went wrong on the way to it."""


class GatewayClient:
    """Connections to one gateway, shared by the threads of this process."""

    def __init__(self, url: str, token: str, *, workers: int = 32) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="gateway-client")
        self._client: SyncClient = (
            SyncClientBuilder()
            .no_proxy()
            .follow_redirects(False)
            .connect_timeout(timedelta(seconds=1))
            .pool_max_idle_per_host(workers)
            .user_agent("tongban-exchange")
            .build()
        )

    def send_all(self, sent: Sequence[Sent], *, ticket: str, timeout_s: float) -> list[Received]:
        """What became of each read, in order. Units: seconds for all of them together."""
        trace = request_id.get()
        running = [self._threads.submit(self._send, one, ticket, timeout_s, trace) for one in sent]
        done, _ = wait(running, timeout=timeout_s + _GRACE_S)
        return [_settled(future) if future in done else TIMEOUT for future in running]

    def _send(self, sent: Sent, ticket: str, timeout_s: float, trace: str) -> Received:
        try:
            return self._send_once(sent, ticket, timeout_s, trace)
        except NetworkError:
            # A kept connection outlived the gateway behind it. Asking again is safe: each answer has its own record.
            return self._send_once(sent, ticket, timeout_s, trace)

    def _send_once(self, sent: Sent, ticket: str, timeout_s: float, trace: str) -> Received:
        request = (
            self._client.post(f"{self._url}/v1/{sent.resource}/{sent.operation}")
            .timeout(timedelta(seconds=timeout_s))
            .bearer_auth(self._token)
            .header(TICKET_HEADER, ticket)
            .header("content-type", "application/json")
            .body_bytes(encoder.encode(sent.request))
        )
        if trace:
            request = request.header(TRACE_HEADER, trace)
        response = request.build().send()
        content = bytes(response.bytes())
        return answer_decoder.decode(content) if response.status == 200 else problem_decoder.decode(content)


def _settled(future: Future[Received]) -> Received:
    try:
        return future.result()
    except RequestTimeoutError:
        return TIMEOUT
    except (PyreqwestError, msgspec.MsgspecError):
        return UNREACHABLE


@cache
def gateway_client(url: str, token: str) -> GatewayClient:
    """The client of this process for a gateway."""
    return GatewayClient(url, token)
