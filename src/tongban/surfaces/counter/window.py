"""What only a window can do for somebody's account: attest who they are, and give the account back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, staff
from tongban.runtime import settings


@staff("clerk")
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Say what is attested, line by line, then raise the person to in-person."""
    person, ticked = identity.get_person(person_id), frozenset(request.POST.getlist("attest"))
    context: dict[str, object] = {"person": person, "ticked": ticked, "username": identity.find_username(person_id)}
    if request.method == "GET":
        return render(request, "counter/check.html", context)
    try:
        identity.raise_to_in_person(
            person_id=person_id,
            is_attested={"document", "face"} <= ticked,
            account_is_theirs="account" in ticked,
            actor=actor_of(request),
        )
    except identity.NotAttested as error:
        return render(request, "counter/check.html", context | {"error": error}, status=error.status)
    messages.success(request, _("已当面核验，记录里有你的姓名、窗口和时间"))
    return redirect("counter-person", person_id=person_id)


@staff("clerk")
@never_cache
@require_http_methods(["GET", "POST"])
def recovery(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Check document and face, give the reason, print the slip. The code stands on this one answer only."""
    person, reason = identity.get_person(person_id), request.POST.get("reason", "")
    context: dict[str, object] = {"person": person, "reason": reason, "username": identity.find_username(person_id)}
    if request.method == "GET":
        return render(request, "counter/recovery.html", context)
    try:
        slip = identity.issue_slip(
            person_id=person_id,
            reason=reason,
            is_attested=request.POST.get("attest") == "yes",
            actor=actor_of(request),
        )
    except (
        identity.NotAttested,
        identity.ReasonMissing,
        identity.NoAccount,
        identity.TooManySlips,
    ) as error:
        context |= {"error": error, "is_ticked": request.POST.get("attest") == "yes"}
        return render(request, "counter/recovery.html", context, status=error.status)
    address = f"{settings.current().web_url}/account/recover/"
    return render(request, "counter/slip.html", {"person": person, "slip": slip, "address": address})
