"""Errors as RFC 9457 documents for programs, and as pages for people."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from tongban.kernel.errors import NotFound, Text, TongbanError
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
