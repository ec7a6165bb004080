"""Drawing a mandate up, asking for one, and saying yes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, resident
from tongban.kernel.errors import TongbanError
from tongban.surfaces.portal.mandates.again import proven_again
from tongban.surfaces.portal.mandates.views import person_of
from tongban.surfaces.shared.mandates.form import Draft, find_all, lay_out, read_draft
from tongban.surfaces.shared.mandates.words import in_words

_REFUSALS = (
    identity.PersonInvalid,
    identity.mandates.MandateInvalid,
    identity.mandates.MandateMoved,
    identity.mandates.TooManyMandates,
)


@resident
@never_cache
@sensitive_post_parameters("name", "id_number")
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponseBase:
    """Name who is to act, choose services and a day; the next page asks for the yes."""
    draft = read_draft(request) if request.method == "POST" else Draft(ending="3")
    if request.method == "GET" or draft.do != "next":
        return _form(request, "agent", draft)
    try:
        made = identity.mandates.give(
            principal=person_of(request), agent=draft.named, terms=draft.terms, actor=actor_of(request)
        )
    except _REFUSALS as error:
        return _form(request, "agent", draft, error)
    return redirect("my-mandate-confirm", mandate_id=made)


@resident
@never_cache
@sensitive_post_parameters("name", "id_number")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Name for whom I would act. The answer is the same whether they are known here or not."""
    draft = read_draft(request) if request.method == "POST" else Draft(ending="3")
    if request.method == "GET" or draft.do != "next":
        return _form(request, "principal", draft)
    try:
        identity.mandates.ask(
            agent=person_of(request), principal=draft.named, terms=draft.terms, actor=actor_of(request)
        )
    except _REFUSALS as error:
        return _form(request, "principal", draft, error)
    messages.success(
        request, _("已记下。请他本人登录，在“亲友代办”里点同意；没有手机的，一起带身份证到任一窗口，14 天内有效")
    )
    return redirect("my-mandates")


@proven_again
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, mandate_id: UUID) -> HttpResponseBase:
    """Show what I agree to, and agree."""
    me = person_of(request)
    mandate = identity.mandates.get_given(mandate_id=mandate_id, person_id=me)
    problem = None
    if request.method == "POST":
        try:
            identity.mandates.confirm(mandate_id=mandate_id, principal=me, actor=actor_of(request))
        except identity.mandates.MandateInvalid as error:
            problem = error
        else:
            messages.success(request, _("已委托。他做的每一步，你都看得到，随时能撤销"))
            return redirect("my-mandate", mandate_id=mandate_id)
    if not mandate.is_waiting:
        return redirect("my-mandate", mandate_id=mandate_id)
    context = {"mandate": mandate, "services": find_all(mandate.services), "problem": problem}
    return render(request, "portal/mandates/confirm.html", context, status=422 if problem else 200)


@resident
@never_cache
@sensitive_post_parameters("name", "id_number")
@require_http_methods(["GET", "POST"])
def ward(request: HttpRequest) -> HttpResponseBase:
    """Name a child or ward; the registers say whether I am their guardian."""
    me = person_of(request)
    pending = identity.guardians.find_pending_ward(me)
    context: dict[str, object] = {"pending": pending}
    if request.method == "GET":
        context |= {"name": pending.name, "id_number": pending.id_number} if pending else {}
        return render(request, "portal/mandates/ward.html", context)
    name, number = request.POST.get("name", "")[:60], request.POST.get("id_number", "")[:40]
    context |= {"name": name, "id_number": number}
    try:
        result = identity.guardians.prove_guardianship(
            guardian=me, name=name, id_number=number, actor=actor_of(request)
        )
    except (identity.PersonInvalid, identity.TooManyAttempts) as error:
        context |= {"problem": error, "field": str(error.details.get("field", ""))}
        return render(request, "portal/mandates/ward.html", context, status=error.status)
    if result.outcome == "proven":
        messages.success(request, _("已核对，现在可以替他办事"))
        return redirect("my-mandates")
    return render(request, "portal/mandates/ward.html", {**context, "result": result})


def _form(request: HttpRequest, whose: str, draft: Draft, problem: TongbanError | None = None) -> HttpResponse:
    if problem is not None and not problem.details.get("field"):
        messages.error(request, in_words(problem))
        page = lay_out(draft)
    else:
        page = lay_out(draft, problem)
    status = problem.status if problem is not None else 200
    template = "portal/mandates/ask.html" if whose == "principal" else "portal/mandates/give.html"
    return render(request, template, {"page": page, "whose": whose}, status=status)
