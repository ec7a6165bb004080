"""Finding who stands at the window, and what they have under way."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

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
RESIDENT_ID = "resident-id"
REGISTERED = ("name", "id_number", "document_type", "issuing_country", "birth_date", "sex", "phone")
_PLACES = {"id_number": "idn", "issuing_country": "country", "birth_date": "born", "sex": "sex", "phone": "ph"}
_DOCUMENT = re.compile(r"(?=.*[0-9]{4})[A-Za-z0-9 ()（）-]{6,22}")
"""What may be the number of a document that nobody is registered under."""


@staff("clerk")
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Who is next: find a person, or take up a case that waits for acceptance."""
    waiting = cases.list_to_accept(actor_of(request))
    return render(request, "counter/home.html", {"waiting": waiting.items[:SHOWN], "key": new_token()})


@staff("clerk")
@require_POST
def find(request: HttpRequest) -> HttpResponseBase:
    """One box for the number of a document, a case number or a service.

    By POST: a number never stands in an address.
    """
    words = request.POST.get("q", "").strip()[:100]
    number = resident_id.normalise(words)
    if resident_id.is_valid(number):
        return _found_person(request, number)
    people = _people(request, words)
    found = cases.find_cases(words, actor_of(request)) if words else ()
    if len(people) == 1 and not found:
        return redirect("counter-person", person_id=people[0].id)
    if len(found) == 1 and not people:
        return redirect("counter-case", number=found[0].number)
    listed = services.search(q=words, limit=SHOWN).items if words else ()
    context = {
        "q": words,
        "people": people,
        "cases": found,
        "services": listed,
        "looks_like_id": len(number) == 18 and number[:17].isdigit(),
        "looks_like_document": bool(words) and not people and _DOCUMENT.fullmatch(words) is not None,
    }
    return render(request, "counter/results.html", context)


def _people(request: HttpRequest, words: str) -> tuple[identity.Person, ...]:
    """Who has a document of this number, whichever it is. A look that a number could answer goes on record."""
    found = identity.find_people(words)
    for one in found:
        audit.record(actor=actor_of(request), action="counter.person-looked-up", subject=f"person:{one.id}")
    return found


def _found_person(request: HttpRequest, number: str) -> HttpResponseBase:
    found = _people(request, number)
    if len(found) == 1:
        return redirect("counter-person", person_id=found[0].id)
    if not found:
        audit.record(actor=actor_of(request), action="counter.person-looked-up", subject="person:-")
        return render(request, "counter/register.html", _register_page({"id_number": number}))
    return render(request, "counter/results.html", {"q": number, "people": found})


@staff("clerk")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponseBase:
    """Register somebody; with the document in hand and the face compared, at level in-person."""
    typed = {name: request.POST.get(name, "").strip() for name in REGISTERED}
    if request.method == "GET" or "start" in request.POST:
        return render(request, "counter/register.html", _register_page(typed))
    has_document = request.POST.get("in_hand") == "yes"
    try:
        found = identity.register_at_window(
            name=typed["name"],
            id_number=typed["id_number"],
            document_type=typed["document_type"] or RESIDENT_ID,
            issuing_country=typed["issuing_country"],
            birth_date=_day(typed["birth_date"]),
            sex=typed["sex"],
            phone=typed["phone"] or None,
            has_document=has_document,
            actor=actor_of(request),
        )
    except (Invalid, Conflict) as error:
        context = _register_page(typed, error=error, has_document=has_document)
        return render(request, "counter/register.html", context, status=error.status)
    messages.success(request, _("已登记，并已当面核验") if has_document else _("已登记，可以开始办理"))
    return redirect("counter-person", person_id=found.id)


def _register_page(
    typed: dict[str, str], *, error: Invalid | Conflict | None = None, has_document: bool = False
) -> dict[str, object]:
    language = get_language() or "zh-hans"
    chosen = typed.get("document_type") or RESIDENT_ID
    return {
        **typed,
        "document_type": chosen,
        "is_other": chosen != RESIDENT_ID,
        "kinds": identity.list_document_kinds(),
        "countries": identity.list_countries(language),
        "has_document": has_document,
        "error": error,
        "wrong": _PLACES.get(str(error.details.get("field", "")), "name") if error else "",
    }


def _day(text: str) -> date | None:
    """The day that a date input posted; what is none is left out, and then asked for."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


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
        "checks": identity.list_checks(person_id),
        "drafts": forms.list_drafts(Party(person_id)),
        "cases": cases.list_cases(Party(person_id)).items,
        "services": listed,
        "q": words,
        "key": new_token(),
    }
    return render(request, "counter/person.html", context)
