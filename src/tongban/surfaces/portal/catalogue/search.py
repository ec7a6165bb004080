"""Search results."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongban.contexts.services import api as services
from tongban.infra.authorisation import public

PAGE = 20
MAX_SHOWN = 100
"""Units: characters of the question that the page repeats."""


@public("searching the catalogue needs no account and shows no personal data")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Answers to a question in plain words; without one, the ways to look around."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SHOWN]
    found = services.search(q=q, limit=PAGE, cursor=request.GET.get("cursor") or None) if q else None
    context = {
        "q": q,
        "found": found,
        "base": f"/search?{urlencode({'q': q})}&",
        "themes": services.list_themes() if found is None or not found.items else (),
        "is_first": "cursor" not in request.GET,
    }
    return render(request, "portal/catalogue/search.html", context)
