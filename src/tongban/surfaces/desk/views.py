"""Pages of the departments' desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import Actor, actor_of, staff
from tongban.infra.pages import Page
from tongban.kernel.ids import new_token
from tongban.surfaces.desk import presenting
from tongban.surfaces.shared.application_forms.saving import file_response

_LISTS = {"open": "open", "waiting": "waiting", "mine": "done", "done": "done"}
_OUTCOMES = ("approve", "supplement", "reject")


@staff("approver")
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """The department's tasks: to do by due date, to accept, waiting for applicants, done."""
    actor = actor_of(request)
    department = actor.organisation or ""
    wanted = request.GET.get("list", "open")
    cursor = request.GET.get("cursor") or None
    context: dict[str, Any] = {"tabs": presenting.tabs(dict(cases.count_tasks(department))), "current": wanted}
    if wanted == "accept":
        context["page"] = cases.list_to_accept(actor, cursor)
        return _desk(request, "desk/accept.html", context)
    found = cases.list_tasks(
        organisation=department,
        state=_LISTS.get(wanted, "open"),  # type: ignore[arg-type]  # the table holds the list's states only
        mine=wanted == "mine",
        cursor=cursor,
        actor=actor,
    )
    context["page"] = Page(tuple(presenting.row(task) for task in found.items), found.next)
    return _desk(request, "desk/tasks.html", context)


@staff("approver")
@require_GET
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task: what this department may see of the declaration, the clock, the others, and the decision."""
    return _task_page(request, task_id, {"key": new_token()})


@staff("approver")
@require_POST
def decide(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take a decision. A refusal is asked for once more, since it ends the case for every department."""
    actor, given = actor_of(request), _given(request)
    if given["outcome"] not in _OUTCOMES:
        return _task_page(request, task_id, {**given, "problem_text": _("请选择同意、补材料或不同意")}, status=422)
    if given["outcome"] == "reject" and request.POST.get("confirmed") != "yes" and len(given["comment"].strip()) > 1:
        seen = cases.get_task(task_id, actor)
        return _desk(request, "desk/confirm.html", {**given, "seen": seen})
    try:
        decision = cases.decide_task(
            task_id=task_id,
            revision=given["revision"],
            outcome=given["outcome"],
            comment=given["comment"],
            actor=actor,
            idempotency_key=given["key"],
        )
    except (cases.CommentMissing, cases.StaleTask, cases.NotNow) as error:
        is_stale = not isinstance(error, cases.CommentMissing)
        extra = {**given, "problem": error, "is_stale": is_stale}
        return _task_page(request, task_id, extra, status=error.status)
    messages.success(request, _confirmation(decision))
    if decision.next_task_id:
        return redirect("desk-task", task_id=decision.next_task_id)
    return redirect("desk")


@transaction.non_atomic_requests
@staff("approver")
@require_POST
def read_source(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Ask the source departments for what the process names; the answers are shown once and kept nowhere."""
    answers = cases.read_at_source(task_id=task_id, actor=actor_of(request))
    return _task_page(request, task_id, {"key": new_token(), "answers": answers})


@staff("approver")
@require_GET
def material_file(request: HttpRequest, task_id: UUID, digest: str) -> HttpResponse:
    """A file of the application."""
    found = cases.open_material_file(task_id=task_id, digest=digest, actor=actor_of(request))
    return file_response(found)


@staff("approver")
@require_GET
def supplement_file(request: HttpRequest, task_id: UUID, file_id: UUID) -> HttpResponse:
    """A file that the applicant added."""
    found = cases.open_supplement_file(file_id=file_id, actor=actor_of(request))
    return file_response(found)


@staff("approver")
@require_http_methods(["GET", "POST"])
def received(request: HttpRequest, number: str) -> HttpResponse:
    """A case that came in and waits for acceptance: accept, or refuse with the reason."""
    actor = actor_of(request)
    found = cases.get_case(number, actor)
    context: dict[str, Any] = {"case": found, "key": request.POST.get("key") or new_token()}
    if request.method == "POST":
        reason, key = request.POST.get("reason", ""), str(context["key"])[:80]
        try:
            if request.POST.get("act") == "refuse":
                cases.refuse_case(number=number, reason=reason, actor=actor, idempotency_key=key)
                messages.success(request, _("已告知申请人不予受理和理由"))
            else:
                cases.accept_case(number=number, actor=actor, idempotency_key=key)
                messages.success(request, _("已受理，开始计时"))
            return redirect("desk")
        except (cases.CommentMissing, cases.NotNow) as error:
            context |= {"problem": error, "reason": reason}
            return _desk(request, "desk/received.html", context, status=error.status)
    if found.state is not cases.CaseState.RECEIVED:
        return redirect("desk")
    context["application"] = forms.get_declaration(found.declaration_id)
    return _desk(request, "desk/received.html", context)


def _task_page(request: HttpRequest, task_id: UUID, extra: dict[str, Any], *, status: int = 200) -> HttpResponse:
    seen = cases.get_task(task_id, actor_of(request))
    context = {
        "seen": seen,
        "fields": [(field, presenting.origin_words(field)) for field in seen.fields],
        "due_words": presenting.due_words(seen.task),
        "row": presenting.row(seen.task),
        "revision": seen.revision,
        **extra,
    }
    if extra.get("is_stale"):
        # What is on the page now is the present state: a further submission is a decision on that.
        context |= {"revision": seen.revision, "key": new_token()}
    return _desk(request, "desk/task.html", context, status=status)


def _given(request: HttpRequest) -> dict[str, Any]:
    revision = request.POST.get("revision", "")
    return {
        "outcome": request.POST.get("outcome", ""),
        "comment": request.POST.get("comment", "")[:2000],
        "revision": int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else 0,
        "key": request.POST.get("key", "")[:80] or new_token(),
    }


def _confirmation(decision: cases.Decision) -> str:
    title = decision.case_title.in_language(get_language() or "zh-hans")
    words = {
        "approve": _("已同意：%(title)s"),
        "reject": _("已不同意：%(title)s，申请人会看到理由"),
        "supplement": _("已请申请人补材料：%(title)s，补之前不计时"),
    }[decision.outcome]
    done = _("。这件事已全部办结") if decision.case_state is cases.CaseState.APPROVED else ""
    return words % {"title": title} + done


def _desk(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, template, {**context, "department": _department(actor_of(request))}, status=status)


def _department(actor: Actor) -> identity.Organisation | None:
    return identity.find_organisation(actor.organisation) if actor.organisation else None
