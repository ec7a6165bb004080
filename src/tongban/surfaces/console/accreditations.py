"""Accredited helpers: the list, accrediting somebody, ending it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, staff
from tongban.kernel.errors import Forbidden, Text, TongbanError
from tongban.surfaces.shared.mandates.words import in_words

_FIELDS = ("name", "id_number", "organisation", "number", "valid_until")


@staff("official", "auditor")
@sensitive_post_parameters("name", "id_number")
@require_http_methods(["GET", "POST"])
def accreditations(request: HttpRequest) -> HttpResponseBase:
    """Who may help people, and until when; an official accredits one more."""
    actor, problem = actor_of(request), None
    typed = {name: request.POST.get(name, "").strip()[:120] for name in _FIELDS}
    if request.method == "POST":
        if "official" not in actor.roles:
            raise Forbidden(
                Text(zh="只有管理人员能登记帮办员", en="Only officials accredit helpers"),
                remedy=Text(zh="请联系管理人员", en="Ask an official"),
            )
        try:
            _accredit(request, typed)
        except (
            identity.PersonInvalid,
            identity.accreditations.AccreditationInvalid,
            identity.accreditations.AccreditationExists,
        ) as error:
            problem = error
        else:
            messages.success(request, _("已登记，他现在可以按委托帮人办事"))
            return redirect("console-accreditations")
    page = identity.accreditations.list_accreditations(cursor=request.GET.get("cursor") or None)
    context = {"page": page, "typed": typed, "problem": problem, "base": "?"}
    return render(request, "console/accreditations.html", context, status=problem.status if problem else 200)


@staff("official")
@require_POST
def end(request: HttpRequest, accreditation_id: UUID) -> HttpResponseBase:
    """End an accreditation, with a reason; mandates given to the helper stop with it."""
    try:
        identity.accreditations.end_accreditation(
            accreditation_id=accreditation_id, reason=request.POST.get("reason", ""), actor=actor_of(request)
        )
    except TongbanError as error:
        messages.error(request, in_words(error))
    else:
        messages.success(request, _("已停用，托他办的委托同时停"))
    return redirect("console-accreditations")


def _accredit(request: HttpRequest, typed: dict[str, str]) -> None:
    try:
        day = date.fromisoformat(typed["valid_until"])
    except ValueError:
        day = date.min
    identity.accreditations.accredit_helper(
        name=typed["name"],
        id_number=typed["id_number"],
        organisation=typed["organisation"],
        number=typed["number"],
        valid_until=day,
        actor=actor_of(request),
    )
