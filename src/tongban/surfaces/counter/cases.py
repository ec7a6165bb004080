"""A case at the window: what the resident's own page shows, and accepting what came in online."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongban.contexts.cases import api as cases_api
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.infra import audit
from tongban.infra.authorisation import actor_of, staff
from tongban.kernel.ids import new_token


@staff("clerk")
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponseBase:
    """A case with its departments and its log. The look goes on record."""
    actor = actor_of(request)
    found = cases_api.get_case(number, actor)
    audit.record(actor=actor, action="counter.case-viewed", subject=f"case:{found.id}")
    context = {
        "case": found,
        "person": identity.get_person(found.person_id),
        "declaration": forms.get_declaration(found.declaration_id),
        "application": forms.get_application(found.application_id, actor),
        "key": new_token(),
    }
    return render(request, "counter/case.html", context)


@staff("clerk")
@require_POST
def accept(request: HttpRequest, number: str) -> HttpResponseBase:
    """Accept what came in online."""
    key = request.POST.get("key", "")[:80]
    cases_api.accept_case(number=number, actor=actor_of(request), idempotency_key=key)
    messages.success(request, _("已受理，各部门同时开始办"))
    return redirect("counter-case", number=number)


@staff("clerk")
@require_POST
def refuse(request: HttpRequest, number: str) -> HttpResponseBase:
    """Refuse acceptance, with the reason that the applicant will read."""
    try:
        cases_api.refuse_case(
            number=number,
            reason=request.POST.get("reason", ""),
            actor=actor_of(request),
            idempotency_key=request.POST.get("key", "")[:80],
        )
    except cases_api.CommentMissing as error:
        messages.error(request, f"{error.message.zh}。{error.remedy.zh}")
    return redirect("counter-case", number=number)
