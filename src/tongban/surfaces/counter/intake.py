"""Taking in a service for the person present, or going on with what they began online."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.contexts.notices import api as notices
from tongban.infra.authorisation import Actor, Party, actor_of, staff
from tongban.infra.problems import wants_json
from tongban.kernel.ids import new_token
from tongban.surfaces.counter.presenting import lay_out_desk
from tongban.surfaces.shared.application_forms import saving
from tongban.surfaces.shared.application_forms.capped_uploads import with_capped_uploads
from tongban.surfaces.shared.application_forms.posted import Posted, read_posted
from tongban.surfaces.shared.application_forms.presenting import ask

NOTICE = "counter-missing"
"""Template of the message that carries a one-time notice to its person."""


@transaction.non_atomic_requests
@staff("clerk")
@require_POST
def start(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Begin a service for the person present, who agrees on the spot that departments are asked."""
    if not request.POST.get("present"):
        messages.error(request, _("先请本人当面同意调取数据，再勾选"))
        return redirect("counter-person", person_id=person_id)
    actor = actor_of(request)
    started = forms.start_application(
        party=Party(person_id),
        service_code=request.POST.get("service", "")[:64],
        channel="counter",
        actor=actor,
        idempotency_key=request.POST.get("key", "")[:80],
    )
    if not started.is_prefilled:
        forms.refresh_prefill(started.id, actor=actor)
    return redirect("counter-application", application_id=started.id)


@transaction.non_atomic_requests
@with_capped_uploads
@staff("clerk")
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """The dense form. Every button posts the whole of it: F8 keeps, F9 tells what is missing, F10 accepts."""
    actor = actor_of(request)
    if request.method == "GET":
        found = forms.get_application(application_id, actor)
        if found.state == "submitted":
            return _to_case(found, actor)
        if not found.is_prefilled:
            found = forms.refresh_prefill(application_id, actor=actor)
        return _page(request, found)
    posted = read_posted(request)
    try:
        saved = saving.save(request, application_id, posted, actor)
    except forms.StaleApplication:
        return _conflict(request, application_id, posted, actor)
    except forms.AlreadySubmitted:
        return _to_case(forms.get_application(application_id, actor), actor)
    return _act(request, saved, posted, actor)


def _act(request: HttpRequest, saved: forms.Application, posted: Posted, actor: Actor) -> HttpResponseBase:
    if wants_json(request):
        return JsonResponse({"revision": saved.revision, "missing": len(saved.problems)})
    if posted.do == "retry":
        forms.refresh_prefill(saved.id, actor=actor)
    elif posted.do == "remove":
        saving.remove(saved, posted.target, actor)
    elif posted.do == "change":
        return redirect("counter-change", application_id=saved.id, field=posted.target)
    elif posted.do == "notice":
        return _give_notice(request, saved, actor)
    elif posted.do == "accept":
        return _accept(request, saved, posted, actor)
    elif posted.do == "save":
        messages.success(request, _("已暂存，申请人在手机上也能接着填"))
    return redirect("counter-application", application_id=saved.id)


def _give_notice(request: HttpRequest, saved: forms.Application, actor: Actor) -> HttpResponseBase:
    try:
        made = forms.issue_one_time_notice(application_id=saved.id, note=request.POST.get("note", ""), actor=actor)
    except forms.NothingMissing as error:
        messages.info(request, error.message.zh)
        return redirect("counter-application", application_id=saved.id)
    notices.notify(
        person_id=made.person_id,
        template=NOTICE,
        values={"service": made.service_name, "count": str(len(made.items))},
        idempotency_key=f"{NOTICE}:{made.id}",
        link=f"/apply/{saved.id}/",
    )
    return redirect("counter-notice", application_id=saved.id)


def _accept(request: HttpRequest, saved: forms.Application, posted: Posted, actor: Actor) -> HttpResponseBase:
    try:
        if saved.problems:
            raise forms.NotReady(saved.problems)
        case = cases.open_case(
            application_id=saved.id,
            consents=posted.consents,
            channel="counter",
            actor=actor,
            idempotency_key=posted.key or new_token(),
        )
    except forms.NotReady as refused:
        return _page(request, forms.review_application(saved.id, actor), refused.problems, posted.consents)
    messages.success(request, _("已受理，各部门同时开始办"))
    return redirect("counter-case", number=case.number)


def _page(
    request: HttpRequest,
    found: forms.Application,
    problems: tuple[forms.FieldProblem, ...] = (),
    consents: tuple[str, ...] = (),
) -> HttpResponse:
    context = {
        "application": found,
        "person": identity.get_person(found.person_id),
        "page": lay_out_desk(found, problems),
        "wrong": {problem.field: problem.message for problem in problems},
        "consents": set(consents),
        "key": new_token(),
    }
    return render(request, "counter/application.html", context, status=422 if problems else 200)


def _conflict(request: HttpRequest, application_id: UUID, posted: Posted, actor: Actor) -> HttpResponseBase:
    if wants_json(request):
        return JsonResponse({"stale": True}, status=409)
    differences = forms.keep_stale(
        application_id=application_id, posted=posted.answers, revision=posted.revision, actor=actor
    )
    found = forms.get_application(application_id, actor)
    context = {"application": found, "differences": differences}
    return render(request, "counter/conflict.html", context, status=409)


def _to_case(found: forms.Application, actor: Actor) -> HttpResponseBase:
    case = cases.open_case(
        application_id=found.id, consents=(), channel="counter", actor=actor, idempotency_key=str(found.id)
    )
    return redirect("counter-case", number=case.number)


@staff("clerk")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, application_id: UUID, field: str) -> HttpResponseBase:
    """Replace a department's value with what the person states, and why."""
    actor = actor_of(request)
    found = forms.get_application(application_id, actor)
    value = found.value_of(field)
    if found.state == "submitted" or value is None or not value.is_filled_for_you:
        return redirect("counter-application", application_id=application_id)
    if request.method == "GET":
        return render(request, "counter/change.html", {"application": found, "asked": ask(value)})
    stated, reason = request.POST.getlist("value"), request.POST.get("reason", "")
    try:
        forms.override_value(application_id=application_id, field=field, value=stated, reason=reason, actor=actor)
    except forms.ReasonMissing as error:
        context = {"application": found, "asked": ask(value), "error": error, "typed": request.POST.get("value", "")}
        return render(request, "counter/change.html", context, status=422)
    return redirect("counter-application", application_id=application_id)


@staff("clerk")
@require_GET
def notice(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """The one-time notice, to print and hand over."""
    actor = actor_of(request)
    found = forms.find_one_time_notice(application_id=application_id, actor=actor)
    if found is None:
        return redirect("counter-application", application_id=application_id)
    person = identity.get_person(found.person_id)
    return render(request, "counter/notice.html", {"notice": found, "person": person})


@staff("clerk")
@require_GET
def stored_file(request: HttpRequest, application_id: UUID, upload_id: UUID) -> HttpResponseBase:
    """A file of an application. The look goes on record."""
    return saving.file_response(forms.open_file(upload_id=upload_id, actor=actor_of(request)))
