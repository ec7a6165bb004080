"""Finding who stands at the window, and what they have under way."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services
from tongban.infra import audit
from tongban.infra.authorisation import Party, actor_of, staff
from tongban.kernel import resident_id
from tongban.kernel.errors import Conflict, Invalid
from tongban.kernel.ids import new_token

SHOWN = 12
"""Search results on the page: a clerk refines the words rather than pages on."""


@staff("clerk")
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Who is next: find a person, or take up a case that waits for acceptance."""
    waiting = cases.list_to_accept(actor_of(request))
    return render(request, "counter/home.html", {"waiting": waiting.items[:SHOWN], "key": new_token()})


@staff("clerk")
@require_POST
def find(request: HttpRequest) -> HttpResponseBase:
    """One box for an ID number, a case number or a service. By POST: an ID number never stands in an address."""
    words = request.POST.get("q", "").strip()[:100]
    number = resident_id.normalise(words)
    if resident_id.is_valid(number):
        return _found_person(request, number)
    found = cases.find_cases(words, actor_of(request)) if words else ()
    if len(found) == 1:
        return redirect("counter-case", number=found[0].number)
    listed = services.search(q=words, limit=SHOWN).items if words else ()
    looks_like_id = len(number) == 18 and number[:17].isdigit()
    context = {"q": words, "cases": found, "services": listed, "looks_like_id": looks_like_id}
    return render(request, "counter/results.html", context)


def _found_person(request: HttpRequest, number: str) -> HttpResponseBase:
    found = identity.find_person(number)
    audit.record(
        actor=actor_of(request), action="counter.person-looked-up", subject=f"person:{found.id if found else '-'}"
    )
    if found is None:
        return render(request, "counter/register.html", {"id_number": number})
    return redirect("counter-person", person_id=found.id)


@staff("clerk")
@require_POST
def register(request: HttpRequest) -> HttpResponseBase:
    """Register somebody with the card in hand."""
    name, number = request.POST.get("name", ""), request.POST.get("id_number", "")
    try:
        found = identity.register_person(
            name=name,
            id_number=number,
            phone=request.POST.get("phone") or None,
            actor=actor_of(request),
            verified_by="counter",
        )
    except (Invalid, Conflict) as error:
        context = {"id_number": number, "name": name, "phone": request.POST.get("phone", ""), "error": error}
        return render(request, "counter/register.html", context, status=error.status)
    messages.success(request, _("已登记，可以开始办理"))
    return redirect("counter-person", person_id=found.id)


@staff("clerk")
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """A person's drafts and cases, and the services to begin. The look goes on record."""
    actor = actor_of(request)
    found = identity.get_person(person_id)
    audit.record(actor=actor, action="counter.person-viewed", subject=f"person:{person_id}")
    words = request.GET.get("service", "").strip()[:100]
    listed = services.search(q=words, limit=SHOWN).items if words else services.list_modelled(limit=SHOWN)
    context = {
        "person": found,
        "drafts": forms.list_drafts(Party(person_id)),
        "cases": cases.list_cases(Party(person_id)).items,
        "services": listed,
        "q": words,
        "key": new_token(),
    }
    return render(request, "counter/person.html", context)
