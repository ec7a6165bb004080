"""Pages about operators: naming one, answering, keeping, ending."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services
from tongban.infra.authorisation import actor_of, resident
from tongban.surfaces.portal.enterprises.forms import AppointForm, appoint_form
from tongban.surfaces.portal.enterprises.words import SEAT_HINTS, in_language, rows_of, service_names

_RESULTS = 8
_MINE = "/my/enterprises/"
_REFUSALS = (
    identity.AppointmentInvalid,
    identity.AppointmentExists,
    identity.AppointmentForbidden,
    identity.EnterpriseNotInForce,
    identity.PersonInvalid,
    identity.TooManyAppointments,
)


@resident
@never_cache
@sensitive_post_parameters("name", "id_number", "phone")
@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest, enterprise_id: UUID) -> HttpResponse:
    """Name somebody; services are searched and ticked on the same page, which keeps what was filled in."""
    enterprise, seat = identity.get_enterprise(enterprise_id=enterprise_id, actor=actor_of(request))
    if not identity.permits(seat, identity.Permission.APPOINT):
        raise Http404
    form = appoint_form(request, seat)
    if form.is_bound and form.is_valid() and _appointed(request, enterprise_id, form):
        messages.success(request, _("已任命。对方登录后在“我的企业”里接受，接受后才能替企业办事"))
        return HttpResponseRedirect(f"{_MINE}{enterprise_id}/")
    asked = request.POST.get("q", "").strip()[:80]
    ticked = list(dict.fromkeys(request.POST.getlist("services")))[:100]
    found = services.search(q=asked, limit=_RESULTS).items if asked else ()
    offered = [item.code for item in found if item.code not in ticked]
    names = service_names([*ticked, *offered])
    context = {
        "enterprise": enterprise,
        "form": form,
        "hints": SEAT_HINTS,
        "q": asked,
        "is_search": "search" in request.POST,
        "ticked": [(code, names[code]) for code in ticked],
        "offered": [(code, names[code]) for code in offered],
    }
    return render(request, "portal/enterprises/appoint.html", context)


@resident
@require_POST
def accept(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Take up an appointment."""
    made = identity.accept_appointment(appointment_id=appointment_id, actor=actor_of(request))
    messages.success(request, _("已接受，从现在起可以替%(name)s办事") % {"name": made.enterprise_name})
    return HttpResponseRedirect(_MINE)


@resident
@require_POST
def decline(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Refuse an appointment."""
    identity.decline_appointment(appointment_id=appointment_id, actor=actor_of(request))
    messages.success(request, _("已告诉对方你不接受"))
    return HttpResponseRedirect(_MINE)


@resident
@require_POST
def confirm(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Keep an operator of the former representative."""
    made = identity.confirm_appointment(appointment_id=appointment_id, actor=actor_of(request))
    messages.success(request, _("已确认，%(name)s可以继续替企业办事") % {"name": made.name})
    return HttpResponseRedirect(f"{_MINE}{made.enterprise_id}/")


@resident
@never_cache
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Say what ending means, then do it."""
    actor = actor_of(request)
    found = identity.find_appointment(appointment_id=appointment_id, actor=actor)
    if found is None:
        raise Http404
    appointment, seat = found
    is_theirs = seat is not None and identity.permits(seat, identity.Permission.APPOINT)
    back = f"{_MINE}{appointment.enterprise_id}/" if is_theirs else _MINE
    if request.method == "POST":
        identity.end_appointment(appointment_id=appointment_id, actor=actor)
        messages.success(request, _("已结束，马上生效"))
        # Whoever gives up their own seat may no longer see the enterprise.
        still = identity.find_appointment(appointment_id=appointment_id, actor=actor)
        return HttpResponseRedirect(back if still and still[1] else _MINE)
    [row] = rows_of([appointment], seat)
    context = {"row": row, "back": back, "is_own": seat is None or not row.may_end}
    return render(request, "portal/enterprises/end.html", context)


def _appointed(request: HttpRequest, enterprise_id: UUID, form: AppointForm) -> bool:
    given = form.cleaned_data
    ticked = given["services"]
    known = services.find_summaries(ticked) if given["scope"] == "some" else {}
    try:
        identity.appoint_operator(
            enterprise_id=enterprise_id,
            name=given["name"],
            id_number=given["id_number"],
            phone=given["phone"],
            role=given["role"],
            services=[code for code in ticked if code in known] if given["scope"] == "some" else None,
            last_day=given["last_day"],
            actor=actor_of(request),
        )
    except _REFUSALS as error:
        field = str(error.details.get("field", "")) or None
        form.add_error(field, _("%(what)s。%(remedy)s") % {
            "what": in_language(error.message), "remedy": in_language(error.remedy),
        })  # fmt: skip
        return False
    return True
