"""What I gave, what I hold, and what was done for me."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, resident
from tongban.kernel.clock import local_date, utc_now
from tongban.surfaces.shared.mandates.files import paper_response
from tongban.surfaces.shared.mandates.form import find_all
from tongban.surfaces.shared.mandates.words import csv_lines, done


@resident
@never_cache
@require_GET
def mandates(request: HttpRequest) -> HttpResponse:
    """Both halves: whom I let act for me, and for whom I may act; first of all what waits for my answer."""
    me = person_of(request)
    given, held = identity.mandates.list_given(me), identity.mandates.list_held(me)
    asked = [one for one in given if one.is_waiting and one.proposed_by == "agent"]
    wards = identity.guardians.list_wards(me)
    context = {
        "asked": asked,
        "drafts": [one for one in given if one.is_waiting and one.proposed_by == "principal"],
        "given": [one for one in given if one.is_active],
        "given_before": [one for one in given if not one.is_active and not one.is_waiting],
        "held": [one for one in held if one.is_active or one.is_waiting],
        "held_before": [one for one in held if not one.is_active and not one.is_waiting],
        "wards": [one for one in wards if one.is_active],
        "guardians": [one for one in identity.guardians.list_guardians(me) if one.is_active],
    }
    return render(request, "portal/mandates/list.html", context)


@resident
@never_cache
@require_GET
def given(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """One mandate of mine, and what was done under it."""
    me = person_of(request)
    mandate = identity.mandates.get_given(mandate_id=mandate_id, person_id=me)
    page = identity.mandates.list_acts(person_id=me, right_id=mandate_id, cursor=request.GET.get("cursor") or None)
    context = {
        "mandate": mandate,
        "services": find_all(mandate.services),
        "acts": done(page.items),
        "page": page,
        "base": "?",
    }
    return render(request, "portal/mandates/given.html", context)


@resident
@never_cache
@require_GET
def held(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """One mandate that I hold or asked for."""
    mandate = identity.mandates.get_held(mandate_id=mandate_id, person_id=person_of(request))
    context = {"mandate": mandate, "services": find_all(mandate.services)}
    return render(request, "portal/mandates/held.html", context)


@resident
@require_POST
def revoke(request: HttpRequest, mandate_id: UUID) -> HttpResponseBase:
    """Take a mandate back, at once and without asking for the password: stopping is never hard."""
    identity.mandates.revoke(
        mandate_id=mandate_id,
        principal=person_of(request),
        reason=request.POST.get("reason", ""),
        actor=actor_of(request),
    )
    messages.success(request, _("已撤销，从现在起他不能再替你办"))
    return redirect("my-mandates")


@resident
@require_POST
def decline(request: HttpRequest, mandate_id: UUID) -> HttpResponseBase:
    """Say no to somebody's question, or drop what I drew up."""
    identity.mandates.decline(mandate_id=mandate_id, principal=person_of(request), actor=actor_of(request))
    messages.success(request, _("好的，他不能替你办"))
    return redirect("my-mandates")


@resident
@require_POST
def hand_back(request: HttpRequest, mandate_id: UUID) -> HttpResponseBase:
    """Give back what I hold, or take my question back."""
    me, actor = person_of(request), actor_of(request)
    mandate = identity.mandates.get_held(mandate_id=mandate_id, person_id=me)
    if mandate.is_waiting:
        identity.mandates.withdraw(mandate_id=mandate_id, agent=me, actor=actor)
        messages.success(request, _("已收回请求"))
    else:
        identity.mandates.hand_back(mandate_id=mandate_id, agent=me, actor=actor)
        messages.success(request, _("已退回，你不能再替他办"))
    return redirect("my-mandates")


@resident
@never_cache
@require_GET
def acts(request: HttpRequest) -> HttpResponse:
    """Everything that others did for me, the newest first."""
    page = identity.mandates.list_acts(person_id=person_of(request), cursor=request.GET.get("cursor") or None)
    return render(request, "portal/mandates/acts.html", {"acts": done(page.items), "page": page, "base": "?"})


@resident
@require_GET
def acts_file(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    content = "".join(csv_lines(identity.mandates.list_every_act(person_id=person_of(request))))
    name = f"acted-for-me-{local_date(utc_now()):%Y%m%d}.csv"
    return HttpResponse(
        content.encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@resident
@require_GET
def paper(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """The paper that I signed at a window."""
    found = identity.mandates.read_paper(mandate_id=mandate_id, actor=actor_of(request))
    return paper_response(found)


def person_of(request: HttpRequest) -> UUID:
    """The signed-in resident."""
    person_id = actor_of(request).person_id
    assert person_id is not None
    return person_id
