"""Pages of a resident's cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongban.contexts.cases import api as cases_api
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import Actor, actor_of, applicant
from tongban.kernel.errors import TongbanError
from tongban.kernel.ids import new_token
from tongban.surfaces.portal.progress.presenting import draw
from tongban.surfaces.shared.application_forms.saving import file_response


@applicant
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """All cases of the person, newest first, with what needs them on top."""
    actor = actor_of(request)
    cursor = request.GET.get("cursor")
    page = cases_api.list_cases(actor.party, cursor)
    drafts = () if cursor else forms.list_drafts(actor.party)
    return render(request, "portal/progress/list.html", {"nav": "cases", "page": page, "drafts": drafts})


@applicant
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: conclusion, lanes, log, who read data for it, what can be done."""
    actor = actor_of(request)
    found = cases_api.get_case(number, actor)
    page = draw(found, id_number=_subject_number(request, found, actor))
    return render(request, "portal/progress/case.html", {"nav": "cases", "page": page, "case": found})


def _subject_number(request: HttpRequest, case: cases_api.CaseView, actor: Actor) -> str:
    """Whose reads the page shows: one's own number costs nothing, another's is revealed on record."""
    if actor.acting is None:
        return identity.get_own(request).subject
    reason = f"portal.case-accesses:{case.number}"
    return identity.reveal_subject(person_id=case.person_id, reason=reason, actor=actor)


@applicant
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, number: str, supplement_id: UUID) -> HttpResponse:
    """Give a department what it asked for: words, files, or both."""
    actor = actor_of(request)
    found = cases_api.get_case(number, actor)
    wanted = next((item for item in found.supplements if item.id == supplement_id), None)
    if wanted is None or wanted.state != "open":
        return redirect("my-case", number=number)
    context: dict[str, Any] = {"nav": "cases", "case": found, "supplement": wanted, "key": new_token()}
    if request.method == "GET":
        return render(request, "portal/progress/answer.html", context)
    try:
        cases_api.answer_supplement(
            number=number,
            supplement_id=supplement_id,
            answer=request.POST.get("answer", ""),
            files=[cases_api.Attachment(item.name or "", item) for item in request.FILES.getlist("files")],
            actor=actor,
            idempotency_key=request.POST.get("key", "")[:80],
        )
    except TongbanError as error:
        if error.status not in {409, 422}:
            raise
        context |= {"problem": error, "answer": request.POST.get("answer", ""), "key": request.POST.get("key", "")}
        return render(request, "portal/progress/answer.html", context, status=error.status)
    messages.success(request, _("已经交给部门，办理时限继续计算"))
    return redirect("my-case", number=number)


@applicant
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask once more, then withdraw."""
    actor = actor_of(request)
    found = cases_api.get_case(number, actor)
    if request.method == "POST":
        cases_api.withdraw(number=number, actor=actor, idempotency_key=request.POST.get("key", "")[:80])
        messages.success(request, _("已撤回。以后要办，可以重新申请"))
        return redirect("my-case", number=number)
    if not found.can_withdraw:
        return redirect("my-case", number=number)
    return render(request, "portal/progress/withdraw.html", {"nav": "cases", "case": found, "key": new_token()})


@applicant
@require_GET
def supplement_file(request: HttpRequest, number: str, file_id: UUID) -> HttpResponse:
    """A file that the applicant gave with an answer."""
    return file_response(cases_api.open_supplement_file(file_id=file_id, actor=actor_of(request)))
