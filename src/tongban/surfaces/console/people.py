"""Correcting what was attested of a person: by an official, with the reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.contexts.identity import api as identity
from tongban.infra import audit
from tongban.infra.authorisation import actor_of, staff


@staff("official")
@never_cache
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find a person by the number of their document: by POST, so that it stands in no address."""
    words = request.POST.get("q", "").strip()[:40]
    found = identity.find_people(words) if words else ()
    for one in found:
        audit.record(actor=actor_of(request), action="console.person-looked-up", subject=f"person:{one.id}")
    if len(found) == 1:
        return redirect("console-person", person_id=found[0].id)
    context = {"people": found, "is_searched": request.method == "POST"}
    return render(request, "console/people.html", context)


@staff("official")
@never_cache
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What was attested of a person, and lowering it."""
    actor, found = actor_of(request), identity.get_person(person_id)
    level, reason = request.POST.get("level", ""), request.POST.get("reason", "")
    error: identity.ReasonMissing | identity.LevelRefused | None = None
    if request.method == "POST":
        try:
            identity.lower_level(person_id=person_id, level=level, reason=reason, actor=actor)
        except (identity.ReasonMissing, identity.LevelRefused) as refused:
            error = refused
        else:
            messages.success(request, _("已更正，理由和你的姓名留在记录里"))
            return redirect("console-person", person_id=person_id)
    else:
        audit.record(actor=actor, action="console.person-viewed", subject=f"person:{person_id}")
    context = {
        "person": found,
        "checks": identity.list_checks(person_id),
        "levels": identity.list_lower_levels(person_id),
        "level": level,
        "reason": reason,
        "error": error,
    }
    return render(request, "console/person.html", context, status=error.status if error else 200)
