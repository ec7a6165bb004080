"""Questions: “why was this read?”, asked of one record and answered within five working days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.contexts.exchange import models
from tongban.contexts.exchange.api.accesses import get_access
from tongban.contexts.exchange.events import QuestionRaised
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.infra import audit, outbox
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Invalid, Text
from tongban.kernel.ids import new_id

ANSWER_WITHIN_WORKING_DAYS = 5
MAX_LENGTH = 1000


class QuestionInvalid(Invalid):
    """The question is empty or too long."""

    code = "question-invalid"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and where it stands: open or answered."""

    id: UUID
    record_id: UUID
    text: str
    state: str
    raised_at: datetime
    due_date: date
    answer: str
    answered_at: datetime | None


def raise_question(*, record_id: UUID, person_id: UUID, text: str, actor: Actor = SYSTEM) -> Question:
    """Ask about a read of one's own data. Asked again about the same read, the first question is returned.

    Raises: QuestionInvalid, AccessUnknown.
    """
    text = text.strip()
    if not text or len(text) > MAX_LENGTH or "\x00" in text:
        raise QuestionInvalid(
            Text(
                zh=f"请写明疑问，不超过 {MAX_LENGTH} 字", en=f"State your question in at most {MAX_LENGTH} characters"
            ),
            remedy=Text(
                zh="例如：我没有办过这件事，为什么调用我的数据？",
                en="For example: I never asked for this; why was it read?",
            ),
        )
    subject = identity.reveal_subject(person_id=person_id, reason="核对调用记录是本人的", actor=actor)
    access = get_access(record_id=record_id, subject_id_number=subject)
    now = utc_now()
    due = halls.working_calendar().nth_working_day(local_date(now) + timedelta(days=1), ANSWER_WITHIN_WORKING_DAYS)
    row = models.Question(id=new_id(), record_id=record_id, person_id=person_id, text=text, raised_at=now, due_date=due)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            outbox.publish(
                QuestionRaised(str(row.id), str(record_id), access.provider, access.consumer, due.isoformat())
            )
            audit.record(actor=actor, action="exchange.question-raised", subject=f"record:{record_id}")
    except IntegrityError:
        row = models.Question.objects.get(record_id=record_id, person_id=person_id)
    return _question(row)


def find_questions(*, person_id: UUID, record_ids: Collection[UUID]) -> dict[UUID, Question]:
    """The person's questions about some records, by record."""
    rows = models.Question.objects.filter(person_id=person_id, record_id__in=set(record_ids))
    return {row.record_id: _question(row) for row in rows}


def _question(row: models.Question) -> Question:
    return Question(
        row.id, row.record_id, row.text, row.state, row.raised_at, row.due_date, row.answer, row.answered_at
    )
