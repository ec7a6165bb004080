"""Answers that could not be saved where they were meant: of a stale page, or of a session that had ended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tongban.contexts.forms import models
from tongban.contexts.forms.api.applications import changed_answers
from tongban.contexts.forms.domain.coercion import MAX_TEXT
from tongban.contexts.forms.domain.snapshots import Difference
from tongban.contexts.forms.domain.values import Json, StoredValue
from tongban.contexts.forms.rows import dump, load_values, locked_draft, visible_application
from tongban.contexts.forms.service_forms import get_service_form
from tongban.contexts.forms.snapshot import words
from tongban.infra.authorisation import Actor
from tongban.infra.fields import keyed_hash
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id, new_token

KEPT_FOR = timedelta(hours=2)
MAX_KEPT = 5
"""How many ended sessions' answers are kept for one application."""
MAX_SIZE = 256 * 1024
Posted = Mapping[str, Sequence[str]]


def keep_for_sign_in(*, application_id: UUID, posted: Posted, revision: int) -> str | None:
    """Keep what was posted after the session had ended, for the same browser, two hours.

    Nobody has proven who they are, so nothing is changed and nothing is shown: the answers can be taken back only with
    the returned token and only by the application's owner. None when there is no such draft or too much of it.
    """
    row = models.Application.objects.filter(pk=application_id, state=models.State.DRAFT).first()
    if row is None:
        return None
    form = get_service_form(row.service_code, row.service_version).form
    answers: dict[str, Json] = {
        name: [text[:MAX_TEXT] for text in texts[:50]] for name, texts in posted.items() if name in form.by_name
    }
    document = json.dumps(answers, ensure_ascii=True)
    if len(document) > MAX_SIZE:
        return None
    token = new_token()
    with transaction.atomic():
        expired = models.KeptAnswers.objects.filter(application=row, kind="expired")
        expired.filter(kept_at__lt=utc_now() - KEPT_FOR).delete()
        crowd = expired.order_by("-kept_at").values_list("pk", flat=True)[MAX_KEPT - 1 :]
        models.KeptAnswers.objects.filter(pk__in=list(crowd)).delete()
        models.KeptAnswers.objects.create(
            id=new_id(), application=row, kind="expired", revision=revision, answers=document,
            token_hash=_hash(token), kept_at=utc_now(),
        )  # fmt: skip
    return token


def take_back(*, application_id: UUID, token: str, actor: Actor) -> tuple[dict[str, list[str]], int] | None:
    """The answers kept under a token, once, for the owner of the application, with the revision they were made on."""
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        kept = models.KeptAnswers.objects.filter(
            application=row, token_hash=_hash(token), used_at__isnull=True, kept_at__gt=utc_now() - KEPT_FOR
        ).first()
        if kept is None:
            return None
        answers: dict[str, list[str]] = json.loads(kept.answers)
        revision = kept.revision
        kept.delete()
        return answers, revision


def keep_stale(*, application_id: UUID, posted: Posted, revision: int, actor: Actor) -> tuple[Difference, ...]:
    """Keep a stale page's answers with the draft, and say field by field where they differ from what is saved."""
    row = visible_application(application_id, actor)
    form = get_service_form(row.service_code, row.service_version).form
    kept = load_values(row)
    changed: list[StoredValue] = changed_answers(form, kept, dict(posted))
    answers: dict[str, Json] = {value.name: value.value for value in changed}
    models.KeptAnswers.objects.create(
        id=new_id(), application=row, kind="stale", revision=revision, answers=dump(answers), kept_at=utc_now()
    )
    blank = StoredValue("", None, "applicant")
    return tuple(
        Difference(
            name=value.name,
            label=form.by_name[value.name].label,
            mine=words(form.by_name[value.name], value.value),
            saved=words(form.by_name[value.name], kept.get(value.name, blank).value),
            mine_shown=tuple(posted.get(value.name, ())),
        )
        for value in changed
    )


def _hash(token: str) -> str:
    return keyed_hash(token, "forms.kept-answers")
