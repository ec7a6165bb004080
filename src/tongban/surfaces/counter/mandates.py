"""Mandates at the window: for people who come themselves, with or without an account, phone or patience."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.contexts.identity import api as identity
from tongban.infra import audit
from tongban.infra.authorisation import actor_of, staff
from tongban.infra.pages import Page
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text, TongbanError
from tongban.runtime.file_types import MAX_BYTES, FileRefused, too_large
from tongban.surfaces.shared.application_forms.capped_uploads import too_large_inputs, with_capped_uploads
from tongban.surfaces.shared.mandates.files import paper_response
from tongban.surfaces.shared.mandates.form import Draft, find_all, lay_out, read_draft
from tongban.surfaces.shared.mandates.words import done, in_words

PAPER = "paper"


@staff("clerk")
@require_GET
def mandates(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What a person gave and holds, and what was done for them. The look goes on record."""
    person = identity.get_person(person_id)
    audit.record(actor=actor_of(request), action="counter.mandates-viewed", subject=f"person:{person_id}")
    given = identity.mandates.list_given(person_id)
    acts: Page[identity.mandates.ActDone] = identity.mandates.list_acts(
        person_id=person_id, cursor=request.GET.get("cursor") or None
    )
    context = {
        "person": person,
        "given": given,
        "held": [one for one in identity.mandates.list_held(person_id) if one.is_active],
        "guardians": [one for one in identity.guardians.list_guardians(person_id) if one.is_active],
        "wards": [one for one in identity.guardians.list_wards(person_id) if one.is_active],
        "acts": done(acts.items),
        "page": acts,
        "base": "?",
        "now": utc_now(),
    }
    return render(request, "counter/mandates.html", context)


@staff("clerk")
@sensitive_post_parameters("name", "id_number")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Write a mandate for the person at the window; the next page prints it, and takes the signed paper."""
    person = identity.get_person(person_id)
    draft = read_draft(request) if request.method == "POST" else Draft(ending="12")
    if request.method == "GET" or draft.do != "next":
        return _form(request, person, draft)
    try:
        made = identity.mandates.draw_up_at_window(
            principal=person_id, agent=draft.named, terms=draft.terms, actor=actor_of(request)
        )
    except (identity.PersonInvalid, identity.mandates.MandateInvalid) as error:
        return _form(request, person, draft, error)
    return redirect("counter-mandate", mandate_id=made)


@with_capped_uploads
@staff("clerk")
@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, mandate_id: UUID) -> HttpResponseBase:
    """One mandate: print it, have it signed, check the card, scan the paper, and it holds."""
    actor = actor_of(request)
    found = identity.mandates.get_at_window(mandate_id=mandate_id, actor=actor)
    if found.principal_id is None:
        return _unregistered(request, found)
    problem: TongbanError | None = None
    if request.method == "POST":
        try:
            identity.mandates.confirm_at_window(
                mandate_id=mandate_id,
                id_checked=request.POST.get("id_checked") == "yes",
                paper=_read_paper(request),
                actor=actor,
            )
        except (identity.mandates.MandateInvalid, FileRefused) as error:
            problem = error
        else:
            messages.success(request, _("委托已生效，告诉他们可以走了"))
            return redirect("counter-mandates", person_id=found.principal_id)
    context = {
        "mandate": found,
        "services": find_all(found.services),
        "problem": problem,
        "id_checked": request.POST.get("id_checked") == "yes",
    }
    return render(request, "counter/mandate.html", context, status=problem.status if problem else 200)


@staff("clerk")
@require_GET
def paper_form(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """The text to sign, on one sheet."""
    found = identity.mandates.get_at_window(mandate_id=mandate_id, actor=actor_of(request))
    context = {"mandate": found, "services": find_all(found.services), "today": utc_now()}
    return render(request, "counter/mandate_paper.html", context)


@staff("clerk")
@require_GET
def paper(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """The signed paper. The look goes on record."""
    return paper_response(identity.mandates.read_paper(mandate_id=mandate_id, actor=actor_of(request)))


@staff("clerk")
@require_POST
def end(request: HttpRequest, mandate_id: UUID) -> HttpResponseBase:
    """Revoke for the principal who is present, or drop what was written wrongly."""
    found = identity.mandates.get_at_window(mandate_id=mandate_id, actor=actor_of(request))
    try:
        identity.mandates.end_at_window(
            mandate_id=mandate_id,
            is_present=request.POST.get("present") == "yes",
            reason=request.POST.get("reason", ""),
            actor=actor_of(request),
        )
    except identity.mandates.MandateInvalid as error:
        messages.error(request, in_words(error))
        return redirect("counter-mandate", mandate_id=mandate_id)
    messages.success(request, _("已撤销，马上生效"))
    if found.principal_id is None:
        return redirect("counter")
    return redirect("counter-mandates", person_id=found.principal_id)


def _unregistered(request: HttpRequest, found: identity.mandates.Mandate) -> HttpResponseBase:
    messages.error(request, _("委托人还没有登记，先看证登记"))
    return redirect("counter")


def _read_paper(request: HttpRequest) -> bytes:
    if PAPER in too_large_inputs(request):
        raise too_large()
    upload = request.FILES.get(PAPER)
    if upload is None or isinstance(upload, list):
        raise identity.mandates.MandateInvalid(
            Text(zh="还没有扫描签好字的委托书", en="The signed paper has not been scanned"),
            remedy=Text(zh="打印、签字、扫描后再生效", en="Print it, have it signed, scan it"),
            field=PAPER,
        )
    return bytes(upload.read(MAX_BYTES + 1))


def _form(
    request: HttpRequest, person: identity.Person, draft: Draft, problem: TongbanError | None = None
) -> HttpResponse:
    context = {"person": person, "page": lay_out(draft, problem), "whose": "counter"}
    return render(request, "counter/mandate_new.html", context, status=problem.status if problem else 200)
