"""Errors as RFC 9457 documents for programs, and as pages for people."""

from __future__ import annotations

import json
import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from tongban.kernel.errors import Invalid, NotFound, Text, TongbanError, Unavailable
from tongban.runtime.logs import request_id

CONTENT_TYPE = "application/problem+json"


def document(error: TongbanError, language: str) -> dict[str, object]:
    """The problem document of an error. Source: RFC 9457."""
    body: dict[str, object] = {
        "type": f"urn:tongban:problem:{error.code}",
        "title": error.message.in_language(language),
        "status": error.status,
        "code": error.code,
    }
    if remedy := error.remedy.in_language(language):
        body["detail"] = remedy
    if identifier := request_id.get():
        body["instance"] = f"urn:tongban:request:{identifier}"
    return {**{key: str(value) for key, value in error.details.items()}, **body}


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a program."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def respond(request: HttpRequest, error: TongbanError) -> HttpResponse:
    """The answer for an error, in the form and language of the caller."""
    language = get_language() or "zh-hans"
    if wants_json(request):
        text = json.dumps(document(error, language), ensure_ascii=False)
        return HttpResponse(text, status=error.status, content_type=CONTENT_TYPE)
    context = {
        "message": error.message.in_language(language),
        "remedy": error.remedy.in_language(language),
        "status": error.status,
        "code": error.code,
        "request_reference": request_id.get(),
    }
    return render(request, "shared/problem.html", context, status=error.status)


class DatabaseAway(Unavailable):
    """The database did not answer, or not in time; what was under way has been undone."""

    code = "database-away"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="系统正忙，这一步可能没有办成", en="The system is busy; this step may not have been done"),
            remedy=Text(
                zh="请过几秒再点一次，不会重复提交；填过的内容都在",
                en="Try again in a few seconds: nothing is submitted twice, and what you saved is kept",
            ),
        )


def is_outage(error: BaseException | None) -> bool:
    """Whether the database was not there for a request. Django tells a session that could not be kept so, too."""
    return isinstance(error, (OperationalError, InterfaceError, SessionInterrupted))


def respond_to_outage(request: HttpRequest) -> HttpResponse:
    """The answer while the database is away: made without it, so without the page's head that names the person."""
    error, language = DatabaseAway(), get_language() or "zh-hans"
    if wants_json(request):
        response = respond(request, error)
    else:
        context = {
            "message": error.message.in_language(language),
            "remedy": error.remedy.in_language(language),
            "language": "en" if language.startswith("en") else "zh-CN",
            "request_reference": request_id.get(),
        }
        response = HttpResponse(render_to_string("shared/outage.html", context), status=error.status)
    response.headers["Retry-After"] = "5"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for requests that cannot be read, and for sessions that could not be kept."""
    if is_outage(exception):
        return respond_to_outage(request)
    return respond(
        request,
        Invalid(
            Text(zh="这个请求看不懂", en="This request cannot be read"),
            remedy=Text(zh="请返回上一页，刷新后再试", en="Go back, reload the page and try again"),
        ),
    )


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """The answer for an address that only takes what a form sends: somebody has reloaded it, or come back to it."""

    class MethodNotAllowed(TongbanError):
        code = "method-not-allowed"
        status = 405

    response = respond(
        request,
        MethodNotAllowed(
            Text(zh="这个地址不能直接打开", en="This address cannot be opened by itself"),
            remedy=Text(
                zh="它只接收表单交来的内容；请返回上一页，或从首页重新进入",
                en="It only takes what a form sends; go back, or start from the home page",
            ),
        ),
    )
    response.headers["Allow"] = allowed
    return response


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for unknown addresses."""
    return respond(
        request,
        NotFound(
            Text(zh="没有这个页面", en="There is no such page"),
            remedy=Text(zh="可以在首页搜索要办的事，或拨打 12345", en="Search from the home page, or call 12345"),
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for unexpected errors."""
    if is_outage(sys.exc_info()[1]):
        return respond_to_outage(request)

    class Unexpected(TongbanError):
        code = "unexpected"
        status = 500

    return respond(
        request,
        Unexpected(
            Text(zh="系统出错了，你填的内容没有丢", en="Something went wrong; what you entered is kept"),
            remedy=Text(
                zh="请稍后重试；再次出现请拨打 12345，并告知下面的编号",
                en="Try again shortly; if it happens again, call 12345 and give the number below",
            ),
        ),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a form whose protection has expired."""

    class FormExpired(TongbanError):
        code = "form-expired"
        status = 403

    return respond(
        request,
        FormExpired(
            Text(zh="页面已过期，没有提交", en="The page has expired and was not submitted"),
            remedy=Text(zh="请返回上一页，刷新后再提交", en="Go back, reload the page and submit again"),
        ),
    )
