"""The applicant's side of a running case: answer a request, or withdraw."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Protocol
from uuid import UUID

from django.db import transaction

from tongban.contexts.cases import clocks, journal, models, rows, running
from tongban.contexts.cases.api.progress import get_case
from tongban.contexts.cases.domain.errors import AnswerMissing, CannotWithdraw, case_unknown
from tongban.contexts.cases.domain.states import (
    CaseAct,
    CaseState,
    SupplementState,
    TaskAct,
    TaskState,
    next_case_state,
    next_task_state,
)
from tongban.contexts.cases.domain.views import CaseView
from tongban.contexts.cases.events import SupplementAnswered
from tongban.contexts.cases.showing import can_withdraw
from tongban.contexts.forms import api as forms
from tongban.infra import audit, outbox
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.infra.idempotency import once
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.runtime import settings
from tongban.runtime.file_types import MAX_BYTES, inspect
from tongban.runtime.files import FileStore

MAX_FILES = 5


class Readable(Protocol):
    """Anything that gives its bytes."""

    def read(self, num_bytes: int, /) -> bytes:
        """At most so many bytes."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with an answer."""

    filename: str
    stream: Readable


@transaction.atomic
def answer_supplement(
    *, number: str, supplement_id: UUID, answer: str, files: Sequence[Attachment], actor: Actor, idempotency_key: str
) -> CaseView:
    """Give a department what it asked for: words, files, or both. The clock runs again when nothing else is missing.

    Raises: CaseUnknown, AnswerMissing, FileRefused, NotNow when it was answered already or the time is over.
    """
    case = rows.own_case(number, actor)
    words = answer.strip()[:2000]
    if not words and not files:
        raise _nothing()
    kept = [_keep(attachment) for attachment in files[:MAX_FILES]]
    once(
        scope="cases.answer",
        key=f"{supplement_id}:{idempotency_key}",
        request={"answer": words, "files": [digest for digest, *_rest in kept]},
        produce=lambda: _answer(case, supplement_id, words, kept, actor),
    )
    return get_case(number, actor)


@transaction.atomic
def withdraw(*, number: str, actor: Actor, idempotency_key: str) -> CaseView:
    """Withdraw a case that is not decided yet; a repeat changes nothing. Raises: CaseUnknown, CannotWithdraw."""
    case = rows.own_case(number, actor)
    if CaseState(case.state) is not CaseState.WITHDRAWN:
        tasks = list(models.Task.objects.filter(case=case))
        if not can_withdraw(case, tasks):
            raise CannotWithdraw(
                Text(zh="部门都已经办完，不能再撤回", en="The departments have decided; it cannot be withdrawn now"),
                remedy=Text(
                    zh="如果结果不对，可以申请变更或注销", en="If the result is wrong, ask to change or cancel it"
                ),
            )
        running.close(case, CaseAct.WITHDRAW, actor=actor, now=utc_now())
        audit.record(actor=actor, action="cases.withdraw", subject=f"case:{case.id}", detail={"key": idempotency_key})
    return get_case(number, actor)


@transaction.atomic
def lapse_supplement(*, supplement_id: UUID, now: datetime) -> bool:
    """End a case whose applicant did not answer in time. Returns whether it was ended."""
    found = models.Supplement.objects.filter(pk=supplement_id).first()
    if found is None:
        return False
    case = rows.locked_case(found.case_id)
    found.refresh_from_db()
    if found.state != SupplementState.OPEN.value:
        return False
    reason = found.reason
    running.close(case, CaseAct.LAPSE, actor=SYSTEM, now=now, reason=reason)
    return True


def open_supplement_file(*, file_id: UUID, actor: Actor) -> forms.StoredFile:
    """A file of an answer, for the applicant and for those who may see the case; staff's looks go on record."""
    item = models.SupplementFile.objects.select_related("supplement__case").filter(pk=file_id).first()
    if item is None or not rows.may_see(actor, item.supplement.case):
        raise case_unknown()
    if actor.kind == "staff":
        audit.record(actor=actor, action="cases.file-viewed", subject=f"supplement-file:{item.id}")
    return forms.StoredFile(item.filename, item.content_type, _store().get(item.digest))


def _answer(
    case: models.Case, supplement_id: UUID, words: str, kept: Sequence[tuple[str, str, str, int]], actor: Actor
) -> dict[str, str]:
    found = models.Supplement.objects.select_related("task").filter(pk=supplement_id, case=case).first()
    if found is None:
        raise case_unknown()
    now, task = utc_now(), found.task
    task.state = next_task_state(TaskState(task.state), TaskAct.ANSWER).value
    task.revision += 1
    task.save(update_fields=["state", "revision"])
    found.state, found.answered_at, found.answer = SupplementState.ANSWERED.value, now, words
    found.save(update_fields=["state", "answered_at", "answer"])
    for digest, filename, content_type, size in kept:
        models.SupplementFile.objects.get_or_create(
            supplement=found,
            digest=digest,
            defaults={"filename": filename, "content_type": content_type, "size": size},
        )
    journal.wait_for(case, task.department, "review", now=now, task=task)
    journal.enter(case, "supplement-answered", actor=actor, now=now, detail={"task": str(task.id), "files": len(kept)})
    if not models.Supplement.objects.filter(case=case, state=SupplementState.OPEN.value).exists():
        case.state = next_case_state(CaseState(case.state), CaseAct.ANSWERED).value
        case.revision += 1
        case.save(update_fields=["state", "revision"])
        clocks.resume(case, at=now)
    audit.record(actor=actor, action="cases.supplement-answered", subject=f"case:{case.id}")
    outbox.publish(SupplementAnswered(str(case.id), case.number, str(found.id), task.department))
    return {"supplement": str(found.id)}


def _keep(attachment: Attachment) -> tuple[str, str, str, int]:
    found = inspect(attachment.stream.read(MAX_BYTES + 1))
    stem = "".join(char for char in PurePath(attachment.filename.replace("\\", "/")).stem if char.isprintable())
    name = f"{stem[:80] or '补充材料'}.{found.extension}"
    return _store().put(found.data), name, found.content_type, len(found.data)


def _store() -> FileStore:
    current = settings.current()
    return FileStore(current.data_dir / "files", base64.b64decode(current.secrets.field_key))


def _nothing() -> AnswerMissing:
    return AnswerMissing(
        Text(zh="还没有写说明，也没有选文件", en="There is neither a word nor a file"),
        remedy=Text(zh="写一句说明，或者拍一张照片传上来", en="Write a sentence, or take a picture and add it"),
        field="answer",
    )
