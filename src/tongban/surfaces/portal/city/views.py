"""Halls, accessibility, privacy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongban.contexts.halls import api as halls_api
from tongban.infra.authorisation import public


@public("where to go is for everyone; no personal data")
@require_GET
def halls(request: HttpRequest) -> HttpResponse:
    """All halls: where, when, how to get there, which windows."""
    return render(request, "portal/city/halls.html", {"halls": halls_api.list_halls()})


@public("the accessibility statement is for everyone; no personal data")
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done for people who see, hear or move differently, and where to report a barrier."""
    return render(request, "portal/city/accessibility.html")


@public("how data is used is for everyone; no personal data")
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """How data is read, recorded and protected."""
    return render(request, "portal/city/privacy.html")
