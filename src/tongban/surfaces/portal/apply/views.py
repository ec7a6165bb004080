"""Pages of applying: begin, fill in, change a fetched value, look over, hand in."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.contexts.services import api as services
from tongban.infra.authorisation import Actor, actor_of, applicant
from tongban.infra.problems import wants_json
from tongban.kernel.ids import new_token
from tongban.surfaces.portal.apply.ended_sessions import COOKIE, keeps_answers
from tongban.surfaces.shared.application_forms import saving
from tongban.surfaces.shared.application_forms.capped_uploads import with_capped_uploads
from tongban.surfaces.shared.application_forms.posted import Posted, read_posted
from tongban.surfaces.shared.application_forms.presenting import ask, lay_out


@transaction.non_atomic_requests
@applicant
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponseBase:
    """Confirm what will be read, then begin; an open draft is opened again."""
    actor = actor_of(request)
    if request.method == "GET":
        draft = forms.find_draft(party=actor.party, service_code=code)
        if draft is not None:
            return redirect("apply", application_id=draft)
        preview = forms.preview_form(service_code=code)
        service = services.get_service(code)
        context = {
            "service": service,
            "form": preview,
            "is_online": not preview.channels or "online" in preview.channels,
            "key": new_token(),
        }
        return render(request, "portal/apply/start.html", context)
    started = forms.start_application(
        party=actor.party,
        service_code=code,
        channel="online",
        actor=actor,
        idempotency_key=request.POST.get("key", "")[:80],
    )
    if not started.is_prefilled:
        forms.refresh_prefill(started.id, actor=actor)
    return redirect("apply", application_id=started.id)


@transaction.non_atomic_requests
@with_capped_uploads
@keeps_answers
@applicant
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """The form. Every button posts the whole form, so that nothing typed is lost whatever is pressed."""
    actor = actor_of(request)
    if request.method == "GET":
        return _open(request, application_id, actor)
    posted = read_posted(request)
    try:
        saved = saving.save(request, application_id, posted, actor)
    except forms.StaleApplication:
        return _conflict(request, application_id, posted, actor)
    except forms.AlreadySubmitted:
        return _to_case(forms.get_application(application_id, actor), actor)
    return _act(request, saved, posted, actor)


def _open(request: HttpRequest, application_id: UUID, actor: Actor) -> HttpResponseBase:
    token = request.COOKIES.get(COOKIE, "")
    found = forms.get_application(application_id, actor)
    if found.state == "submitted":
        return _to_case(found, actor)
    if token:
        return _take_back(request, application_id, token, actor)
    if not found.is_prefilled:
        found = forms.refresh_prefill(application_id, actor=actor)
    return _page(request, found)


def _take_back(request: HttpRequest, application_id: UUID, token: str, actor: Actor) -> HttpResponseBase:
    """Answers posted after the session had ended are laid back into the draft, or compared with it."""
    response: HttpResponseBase = redirect("apply", application_id=application_id)
    kept = forms.take_back(application_id=application_id, token=token, actor=actor)
    if kept is not None:
        answers, revision = kept
        try:
            forms.save_answers(application_id=application_id, answers=answers, revision=revision, actor=actor)
            messages.success(request, _("登录之前填的内容都在，已经保存"))
        except forms.StaleApplication:
            response = _differences(request, application_id, answers, revision, actor)
    response.delete_cookie(COOKIE, path=request.path, samesite="Lax")
    return response


def _act(request: HttpRequest, saved: forms.Application, posted: Posted, actor: Actor) -> HttpResponseBase:
    if wants_json(request):
        return JsonResponse({"revision": saved.revision, "missing": len(saved.problems)})
    if posted.do == "retry":
        saved = forms.refresh_prefill(saved.id, actor=actor)
        _tell_about_retry(request, saved)
    elif posted.do == "remove":
        saved = saving.remove(saved, posted.target, actor)
    elif posted.do == "change":
        return redirect("apply-change", application_id=saved.id, field=posted.target)
    elif posted.do in {"submit", "preview"}:
        return _hand_in(request, saved, posted, actor)
    elif posted.do == "save":
        messages.success(request, _("已保存，随时可以回来接着填"))
    return redirect(f"/apply/{saved.id}/{_place(posted)}")


def _place(posted: Posted) -> str:
    return f"#m-{quote(posted.target)}" if posted.do == "upload" else ""


def _tell_about_retry(request: HttpRequest, saved: forms.Application) -> None:
    if saved.source_failures:
        names = "、".join(failure.department_name.zh for failure in saved.source_failures)
        messages.warning(request, _("%(names)s还是没有应答，可以先自己填") % {"names": names})
    else:
        messages.success(request, _("取到了，已替你填好"))


def _hand_in(request: HttpRequest, saved: forms.Application, posted: Posted, actor: Actor) -> HttpResponseBase:
    if saving.has_refused_files(request):
        return _page(request, forms.review_application(saved.id, actor), is_reviewed=True, consents=posted.consents)
    if posted.do == "preview" and not saved.problems:
        return redirect("apply-preview", application_id=saved.id)
    try:
        if saved.problems:
            raise forms.NotReady(saved.problems)
        case = cases.open_case(
            application_id=saved.id,
            consents=posted.consents,
            channel="online",
            actor=actor,
            idempotency_key=posted.key or new_token(),
        )
    except forms.NotReady as refused:
        reviewed = forms.review_application(saved.id, actor)
        return _page(request, reviewed, problems=refused.problems, is_reviewed=True, consents=posted.consents)
    return redirect(f"/my/cases/{case.number}/")


def _page(
    request: HttpRequest,
    found: forms.Application,
    *,
    problems: tuple[forms.FieldProblem, ...] = (),
    is_reviewed: bool = False,
    consents: tuple[str, ...] | None = None,
) -> HttpResponse:
    problems = problems or (found.problems if is_reviewed else ())
    context = {
        "application": found,
        "page": lay_out(found, problems),
        "wrong": {problem.field: problem.message for problem in problems},
        "consents": {item.source for item in found.consents} if consents is None else set(consents),
        "key": new_token(),
    }
    return render(request, "portal/apply/form.html", context, status=422 if problems else 200)


def _conflict(request: HttpRequest, application_id: UUID, posted: Posted, actor: Actor) -> HttpResponseBase:
    if wants_json(request):
        return JsonResponse({"stale": True}, status=409)
    return _differences(request, application_id, posted.answers, posted.revision, actor)


def _differences(
    request: HttpRequest, application_id: UUID, answers: object, revision: int, actor: Actor
) -> HttpResponseBase:
    """Both versions side by side; the one chosen for each field is saved by the next post."""
    assert isinstance(answers, dict)
    differences = forms.keep_stale(application_id=application_id, posted=answers, revision=revision, actor=actor)
    found = forms.get_application(application_id, actor)
    context = {"application": found, "differences": differences}
    return render(request, "portal/apply/conflict.html", context, status=409)


def _to_case(found: forms.Application, actor: Actor) -> HttpResponseBase:
    """The progress of what was handed in: opening a case twice answers with the first."""
    case = cases.open_case(
        application_id=found.id, consents=(), channel="online", actor=actor, idempotency_key=str(found.id)
    )
    return redirect(f"/my/cases/{case.number}/")


@applicant
@require_GET
def preview(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Everything once more before it is handed in. The form's own address takes the submission."""
    actor = actor_of(request)
    found = forms.get_application(application_id, actor)
    if found.state == "submitted":
        return _to_case(found, actor)
    if found.problems:
        return redirect("apply", application_id=application_id)
    return render(
        request, "portal/apply/preview.html", {"application": found, "page": lay_out(found), "key": new_token()}
    )


@applicant
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, application_id: UUID, field: str) -> HttpResponseBase:
    """Replace a value that the city filled in, with a reason."""
    actor = actor_of(request)
    found = forms.get_application(application_id, actor)
    value = found.value_of(field)
    if found.state == "submitted" or value is None or not value.is_filled_for_you:
        return redirect("apply", application_id=application_id)
    if request.method == "GET":
        return render(request, "portal/apply/change.html", {"application": found, "asked": ask(value)})
    try:
        if request.POST.get("do") == "restore":
            forms.restore_value(application_id=application_id, field=field, actor=actor)
            messages.success(request, _("已改回部门的数据"))
        else:
            stated, reason = request.POST.getlist("value"), request.POST.get("reason", "")
            forms.override_value(application_id=application_id, field=field, value=stated, reason=reason, actor=actor)
            messages.success(request, _("已按你填的改好，审核部门会看到你的说明"))
    except forms.ReasonMissing as error:
        context = {"application": found, "asked": ask(value), "error": error, "typed": request.POST.get("value", "")}
        return render(request, "portal/apply/change.html", context, status=422)
    return redirect(f"/apply/{application_id}/#p-{field}")


@applicant
@require_POST
def discard(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Give up a draft."""
    found = forms.get_application(application_id, actor_of(request))
    forms.discard_application(application_id=application_id, actor=actor_of(request))
    messages.success(request, _("草稿已删除，填的内容和文件都不再保留"))
    return redirect(f"/services/{found.service_code}/")


@applicant
@require_GET
def stored_file(request: HttpRequest, application_id: UUID, upload_id: UUID) -> HttpResponseBase:
    """A file that the applicant uploaded."""
    return saving.file_response(forms.open_file(upload_id=upload_id, actor=actor_of(request)))
