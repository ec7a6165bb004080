"""What every request passes: an id, security headers, and errors told in the form the caller reads."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from tongban.infra import problems
from tongban.kernel.errors import TongbanError
from tongban.kernel.ids import new_id
from tongban.runtime import metrics
from tongban.runtime.logs import get_logger, request_id

Handler = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,40}")
_log = get_logger(__name__)
_duration = metrics.histogram("tongban_request_seconds", "Time to answer", ("route", "status"))


class RequestLog:
    """Names the request, measures it, logs it without its query, and adds the security headers."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        identifier = given if _REQUEST_ID.fullmatch(given) else str(new_id())
        token = request_id.set(identifier)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            self._account(request, response, time.perf_counter() - started)
        finally:
            request_id.reset(token)
        response.headers["X-Request-Id"] = identifier
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        return response

    def _account(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        match = request.resolver_match
        route = match.route if match else "unmatched"
        _duration.labels(route, str(response.status_code)).observe(seconds)
        response.headers["Server-Timing"] = f"app;dur={seconds * 1000:.1f}"
        _log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
        )


class Problems:
    """Turns expected errors into RFC 9457 documents or pages; unexpected ones are logged once, here."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return problems.not_allowed(request, response.headers["Allow"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, TongbanError):
            return problems.respond(request, error)
        if problems.is_outage(error):
            _log.warning("database away", route=getattr(request.resolver_match, "route", ""), exc_info=error)
            return problems.respond_to_outage(request)
        if django_settings.DEBUG_PROPAGATE_EXCEPTIONS:
            return None
        _log.error("unexpected error", route=getattr(request.resolver_match, "route", ""), exc_info=error)
        return None
