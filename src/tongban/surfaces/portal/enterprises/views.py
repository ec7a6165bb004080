"""Pages of 我的企业: the list, adding one, one of them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, resident
from tongban.infra.pages import Page
from tongban.kernel.clock import local_date, utc_now
from tongban.surfaces.portal.enterprises.forms import ClaimForm
from tongban.surfaces.portal.enterprises.words import act_words, force_tag, in_language, rows_of
from tongban.surfaces.shared.csv_file import csv_response

_CLAIM = "portal/enterprises/claim.html"


@resident
@never_cache
@require_GET
def my_enterprises(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, what one represents, for whom one acts."""
    person_id = actor_of(request).person_id
    assert person_id is not None
    represented = [(enterprise, *force_tag(enterprise)) for enterprise in identity.list_own_enterprises(person_id)]
    context = {
        "represented": represented,
        "invitations": rows_of(identity.list_invitations(person_id)),
        "held": rows_of(identity.list_held_appointments(person_id)),
    }
    return render(request, "portal/enterprises/list.html", context)


@transaction.non_atomic_requests
@resident
@never_cache
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """Ask for the credit code, have the register asked, and say what came of it."""
    form = ClaimForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if request.method == "GET" or not form.is_valid():
        return render(request, _CLAIM, context)
    try:
        result = identity.claim_enterprise(credit_code=form.cleaned_data["credit_code"], actor=actor_of(request))
    except (identity.CreditCodeInvalid, identity.TooManyAttempts) as error:
        field = str(error.details.get("field", "")) or None
        form.add_error(field, f"{in_language(error.message)}{_('。')}{in_language(error.remedy)}")
        return render(request, _CLAIM, context, status=error.status if error.status == 429 else 200)
    if result.outcome == "claimed":
        messages.success(request, in_language(result.message))
        return HttpResponseRedirect(f"/my/enterprises/{result.enterprise_id}/")
    return render(request, _CLAIM, context | {"result": result})


@resident
@never_cache
@require_GET
def enterprise(request: HttpRequest, enterprise_id: UUID) -> HttpResponse:
    """One enterprise: what the register says, who acts for it, and what they did."""
    actor = actor_of(request)
    found, seat = identity.get_enterprise(enterprise_id=enterprise_id, actor=actor)
    operators: Page[identity.Appointment] = Page(())
    if identity.permits(seat, identity.Permission.APPOINT):
        cursor = request.GET.get("cursor") or None
        operators = identity.list_appointments(enterprise_id=enterprise_id, actor=actor, cursor=cursor)
    acts = None
    if identity.permits(seat, identity.Permission.READ_LOG):
        acts = identity.list_acts(enterprise_id=enterprise_id, actor=actor, cursor=request.GET.get("acts") or None)
    force, tag = force_tag(found)
    context = {
        "enterprise": found,
        "seat": seat.value,
        "may_appoint": identity.permits(seat, identity.Permission.APPOINT),
        "force": force,
        "force_class": tag,
        "rows": rows_of(operators.items, seat),
        "page": operators,
        "is_first_page": not request.GET.get("cursor"),
        "acts": [(act, act_words(act)) for act in acts.items] if acts else [],
        "acts_page": acts,
    }
    return render(request, "portal/enterprises/detail.html", context)


@resident
@never_cache
@require_GET
def operators_file(request: HttpRequest, enterprise_id: UUID) -> HttpResponse:
    """Everybody who was ever appointed, as a file."""
    actor = actor_of(request)
    found, _seat = identity.get_enterprise(enterprise_id=enterprise_id, actor=actor)
    name = f"operators-{found.credit_code}-{local_date(utc_now()):%Y%m%d}.csv"
    return csv_response(_lines(list(_all(request, enterprise_id))), name=name)


def _all(request: HttpRequest, enterprise_id: UUID) -> Iterator[identity.Appointment]:
    cursor = None
    while True:
        page = identity.list_appointments(
            enterprise_id=enterprise_id, actor=actor_of(request), cursor=cursor, limit=500
        )
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _lines(appointments: list[identity.Appointment]) -> Iterator[tuple[str, ...]]:
    yield (
        _("姓名"), _("证件号或手机号"), _("身份"), _("能办的服务"), _("到期日"), _("状态"), _("任命人"), _("任命时间"),
        _("接受时间"), _("结束时间"), _("结束原因"),
    )  # fmt: skip
    for row in rows_of(appointments, shown=100):
        one = row.appointment
        moments = (one.appointed_at, one.accepted_at, one.ended_at)
        yield (
            one.name, one.hint, row.role, row.scope, one.last_day.isoformat(), row.standing, one.appointed_by,
            *(f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "" for at in moments), row.reason,
        )  # fmt: skip
