"""The public API of the catalogue: search and one service, as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from tongban.contexts.services import api
from tongban.infra.authorisation import public
from tongban.kernel.errors import Invalid, Text

MAX_LIMIT = 100
_DEFAULT_LIMIT = 20


@public("the catalogue is public information; no personal data is in it")
@require_GET
def search_services(request: HttpRequest) -> JsonResponse:
    """Services for a question (``q``), best first; without one, all services by name. Shape: items, next, total."""
    q = request.GET.get("q", "").strip()
    limit = _limit(request.GET.get("limit", ""))
    cursor = request.GET.get("cursor") or None
    if q:
        found = api.search(q=q, limit=limit, cursor=cursor)
        body: dict[str, Any] = {
            "items": [_line(item) for item in found.items],
            "next": found.next,
            "total": found.total,
        }
    else:
        page = api.list_services(limit=limit, cursor=cursor)
        body = {"items": [_line(item) for item in page.items], "next": page.next, "total": api.count_services()[0]}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@public("the catalogue is public information; no personal data is in it")
@require_GET
def show_service(_request: HttpRequest, code: str) -> JsonResponse:
    """One service with every published field of GB/T 39046; ``not_published`` names the sections that are missing."""
    service = api.get_service(code)
    hidden = {"group", "is_modelled", "has_window", "guide"}
    facts = {key: value for key, value in service.facts.items() if key not in hidden}
    body = {
        **facts,
        "version": service.version,
        "department": service.department_name.zh,
        "department_en": service.department_name.en,
        "department_code": service.department,
        "theme": service.theme,
        "theme_name": service.theme_name.zh,
        "process": service.process,
        "not_published": list(service.quality),
        "url": service.url,
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _line(item: api.ServiceSummary) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "department": item.department_name,
        "department_code": item.department,
        "theme": item.theme,
        "is_bundle": item.is_bundle,
        "url": item.url,
    }


def _limit(text: str) -> int:
    if not text:
        return _DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= MAX_LIMIT:
        raise Invalid(
            Text(zh=f"limit 应为 1 到 {MAX_LIMIT} 的整数", en=f"limit must be a whole number from 1 to {MAX_LIMIT}"),
            remedy=Text(zh="改好后再试", en="Correct it and try again"),
            limit=text[:20],
        )
    return int(text)
