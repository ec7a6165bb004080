"""Looking at cases."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.contexts.cases import models, rows
from tongban.contexts.cases.domain.states import CaseState
from tongban.contexts.cases.domain.views import CaseSummary, CaseView
from tongban.contexts.cases.showing import Names, show_case, show_summaries
from tongban.contexts.identity import api as identity
from tongban.infra import audit
from tongban.infra.authorisation import Actor, Party
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel import resident_id

PAGE_SIZE = 20
_OPEN = [CaseState.RECEIVED.value, CaseState.ACCEPTED.value, CaseState.SUPPLEMENT.value]


def get_case(number: str, actor: Actor) -> CaseView:
    """A case that the actor may see. Raises: CaseUnknown, also for somebody else's."""
    return show_case(rows.case_by_number(number, actor), Names.load())


def list_cases(party: Party, cursor: str | None = None) -> Page[CaseSummary]:
    """A party's cases, newest first."""
    found = models.Case.objects.filter(**party.lookup()).order_by("-received_at", "-id")
    return _page(found, cursor)


def find_cases(q: str, actor: Actor) -> tuple[CaseSummary, ...]:
    """For the counter: the cases behind a case number, its last digits, or an applicant's identity number.

    At most twenty, newest first. A search by identity number goes on record.
    """
    if actor.kind != "staff" or not {"clerk", "official", "auditor"} & actor.roles:
        return ()
    words = re.sub(r"[\s-]", "", q)
    if resident_id.is_valid(words.upper()):
        person = identity.find_person(words.upper())
        audit.record(actor=actor, action="cases.find-by-person", subject=f"person:{person.id if person else '-'}")
        if person is None:
            return ()
        return _page(models.Case.objects.filter(person_id=person.id).order_by("-received_at", "-id"), None).items
    if not re.fullmatch(r"[0-9A-Za-z]{6,90}", words):
        return ()
    number = words.upper()
    found = models.Case.objects.filter(Q(number=number) | Q(number__endswith=number)).order_by("-received_at", "-id")
    return show_summaries(list(found.select_related("process")[:PAGE_SIZE]), Names.load())


def list_to_accept(actor: Actor, cursor: str | None = None) -> Page[CaseSummary]:
    """The cases that wait for acceptance by the actor's department; for a clerk by any. Longest waiting first."""
    found = models.Case.objects.filter(state=CaseState.RECEIVED.value)
    if "clerk" not in actor.roles:
        found = found.filter(department=actor.organisation or "")
    found = found.order_by("received_at", "id")
    if cursor:
        moment, row_id = decode_cursor(cursor, (str, str))
        at = datetime.fromisoformat(str(moment))
        found = found.filter(Q(received_at__gt=at) | Q(received_at=at, id__gt=UUID(str(row_id))))
    return _cut(found)


def count_open(person_id: UUID) -> int:
    """How many of a person's cases are not closed."""
    return models.Case.objects.filter(person_id=person_id, state__in=_OPEN).count()


def _page(found: QuerySet[models.Case], cursor: str | None) -> Page[CaseSummary]:
    if cursor:
        moment, row_id = decode_cursor(cursor, (str, str))
        at = datetime.fromisoformat(str(moment))
        found = found.filter(Q(received_at__lt=at) | Q(received_at=at, id__lt=UUID(str(row_id))))
    return _cut(found)


def _cut(found: QuerySet[models.Case]) -> Page[CaseSummary]:
    some = list(found.select_related("process")[: PAGE_SIZE + 1])
    last = some[PAGE_SIZE - 1] if len(some) > PAGE_SIZE else None
    following = encode_cursor(last.received_at.isoformat(), str(last.id)) if last else None
    return Page(show_summaries(some[:PAGE_SIZE], Names.load()), following)
