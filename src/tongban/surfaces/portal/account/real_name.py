"""Proving one's real name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import account_holder, actor_of
from tongban.kernel.errors import Text, TongbanError
from tongban.surfaces.portal.account.preferences import safe_next
from tongban.surfaces.portal.account.real_name_form import RealNameForm

_TEMPLATE = "portal/account/real_name.html"
HALLS_SHOWN = 3


@account_holder
@never_cache
@sensitive_post_parameters("name", "id_number", "birth_date")
@require_http_methods(["GET", "POST"])
def real_name(request: HttpRequest) -> HttpResponse:
    """Ask for name and document, have them checked, and say what came of it."""
    actor = actor_of(request)
    after = safe_next(request, "/my/")
    if actor.person_id is not None or actor.kind == "staff":
        return HttpResponseRedirect(after)
    assert actor.account_id is not None
    claim = identity.find_pending_claim(actor.account_id)
    form = RealNameForm(request.POST) if request.method == "POST" else RealNameForm(initial=_typed_before(claim))
    kinds = identity.list_document_kinds()
    context: dict[str, Any] = {"form": form, "next": after, "claim": claim, "kinds": kinds[1:]}
    if request.method == "GET" or not form.is_valid():
        return render(request, _TEMPLATE, context)
    try:
        result = identity.prove_real_name(account_id=actor.account_id, actor=actor, **form.answers())
    except identity.VerifiedAtWindow as error:
        context |= {"at_window": error, "halls": halls.list_halls()[:HALLS_SHOWN]}
        return render(request, _TEMPLATE, context)
    except (identity.PersonInvalid, identity.TooManyAttempts) as error:
        _show(form, error)
        return render(request, _TEMPLATE, context, status=error.status if error.status == 429 else 200)
    if result.outcome == "proven":
        messages.success(request, _in_language(result.message))
        return HttpResponseRedirect(after)
    context |= {"result": result, "claim": identity.find_pending_claim(actor.account_id)}
    return render(request, _TEMPLATE, context)


def _typed_before(claim: identity.PendingClaim | None) -> dict[str, Any]:
    if claim is None:
        return {}
    return {
        "name": claim.name,
        "id_number": claim.id_number,
        "document_type": claim.document_type,
        "issuing_country": claim.issuing_country,
        "birth_date": claim.birth_date,
        "sex": claim.sex,
    }


def _show(form: RealNameForm, error: TongbanError) -> None:
    field = str(error.details.get("field", "")) or None
    form.add_error(field, f"{_in_language(error.message)}。{_in_language(error.remedy)}".rstrip("。"))


def _in_language(text: Text) -> str:
    return text.in_language(get_language() or "zh-hans")
