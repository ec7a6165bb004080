"""Pages of 我的数据. Every one shows the signed-in person's own data and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongban.contexts.exchange import api as exchange
from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, resident
from tongban.kernel.clock import local_date, utc_now
from tongban.surfaces.portal.mydata.rows import csv_rows, row_of
from tongban.surfaces.shared.csv_file import csv_response

PERIODS = {"30d": timedelta(days=30), "1y": timedelta(days=365), "all": None}
_FACTS_PERIOD = timedelta(days=30)
_FILE_PAGE = 500


@resident
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """Who looked, what is still allowed, and the facts of the last thirty days."""
    now = utc_now()
    period = request.GET.get("period", "30d")
    length = PERIODS.get(period, PERIODS["30d"])
    found = exchange.get_my_data(
        subject_id_number=_own_number(request),
        since=now - length if length else None,
        facts_since=now - _FACTS_PERIOD,
        cursor=request.GET.get("cursor") or None,
        now=now,
    )
    questions = exchange.find_questions(
        person_id=_person_id(request), record_ids=[access.id for access in found.accesses.items]
    )
    period = period if period in PERIODS else "30d"
    return render(
        request,
        "portal/mydata/list.html",
        {
            "nav": "data",
            "rows": [row_of(access, questions.get(access.id)) for access in found.accesses.items],
            "page": found.accesses,
            "is_first_page": "cursor" not in request.GET,
            "period": period,
            "periods": [("30d", _("30 天")), ("1y", _("1 年")), ("all", _("全部"))],
            "summary": found.summary,
            "purposes": found.purposes,
        },
    )


@resident
@require_GET
def records_file(request: HttpRequest) -> HttpResponse:
    """All records as a file."""
    number = _own_number(request)
    return csv_response(csv_rows(_all_accesses(number)), name=f"my-data-{local_date(utc_now()):%Y%m%d}.csv")


@resident
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One read in full, and the question that the person has about it."""
    access = exchange.get_access(record_id=record_id, subject_id_number=_own_number(request))
    person_id = _person_id(request)
    known = exchange.find_questions(person_id=person_id, record_ids=[record_id]).get(record_id)
    text, problem = request.POST.get("text", ""), None
    if request.method == "POST" and known is None:
        try:
            exchange.raise_question(record_id=record_id, person_id=person_id, text=text, actor=actor_of(request))
        except exchange.QuestionInvalid as error:
            problem = error
        else:
            messages.success(request, _("已收到你的疑问，5 个工作日内答复"))
            return redirect("my-data")
    return render(
        request,
        "portal/mydata/question.html",
        {"nav": "data", "row": row_of(access, known), "text": text, "problem": problem},
        status=422 if problem else 200,
    )


@resident
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, purpose_id: UUID) -> HttpResponse:
    """Say what withdrawing means, then do it."""
    number, now = _own_number(request), utc_now()
    if request.method == "POST":
        exchange.withdraw_purpose(purpose_id=purpose_id, subject_id_number=number, now=now)
        messages.success(request, _("已收回，从现在起不能再凭它读取你的数据"))
        return redirect("my-data")
    purpose = exchange.get_open_purpose(purpose_id=purpose_id, subject_id_number=number, now=now)
    return render(request, "portal/mydata/withdraw.html", {"nav": "data", "purpose": purpose})


def _person_id(request: HttpRequest) -> UUID:
    person_id = actor_of(request).person_id
    assert person_id is not None
    return person_id


def _own_number(request: HttpRequest) -> str:
    return identity.reveal_subject(person_id=_person_id(request), reason="本人查看我的数据", actor=actor_of(request))


def _all_accesses(number: str) -> Iterator[exchange.Access]:
    cursor = None
    while True:
        page = exchange.list_accesses(subject_id_number=number, cursor=cursor, limit=_FILE_PAGE)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return
