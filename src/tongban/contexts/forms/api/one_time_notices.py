"""一次性告知: what an application lacks, told at once and in full by a window clerk, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.contexts.forms import models
from tongban.contexts.forms.domain.coercion import clean_text
from tongban.contexts.forms.domain.errors import NothingMissing
from tongban.contexts.forms.domain.materials import PREFIX
from tongban.contexts.forms.domain.values import FieldProblem
from tongban.contexts.forms.rows import locked_draft, visible_application
from tongban.contexts.forms.snapshot import CHOOSE, Standing, load_standing, name_of
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class MissingItem:
    """One thing that is lacking: what, and what is wrong with it."""

    label: Text
    words: Text
    is_material: bool


@dataclass(frozen=True, slots=True)
class OneTimeNotice:
    """What was told, by whom, when."""

    id: UUID
    application_id: UUID
    person_id: UUID
    service_name: Text
    items: tuple[MissingItem, ...]
    note: str
    issued_at: datetime
    issued_by: str


def issue_one_time_notice(*, application_id: UUID, note: str, actor: Actor) -> OneTimeNotice:
    """Tell everything that is missing, once for a revision; a repeat returns the first. Raises: NothingMissing."""
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        standing = load_standing(row)
        made = models.OneTimeNotice.objects.filter(application=row, revision=row.revision).first()
        if made is None:
            problems = standing.problems()
            if not problems:
                raise NothingMissing(
                    Text(zh="什么都不缺，可以直接受理", en="Nothing is missing; it can be accepted"),
                    remedy=Text(zh="请点“受理并派发”。", en="Press “Accept and send out”."),
                )
            made = models.OneTimeNotice.objects.create(
                id=new_id(),
                application=row,
                revision=row.revision,
                items=[_item(standing, problem) for problem in problems],
                note=clean_text(note, is_multiline=True)[:1000],
                issued_at=utc_now(),
                issued_by=actor.reference,
                issued_by_name=actor.name,
            )
            audit.record(actor=actor, action="forms.one-time-notice-issued", subject=f"application:{row.pk}")
        return _view(made, row, standing.service.name)


def find_one_time_notice(*, application_id: UUID, actor: Actor) -> OneTimeNotice | None:
    """The latest notice given for an application. Raises: ApplicationUnknown."""
    row = visible_application(application_id, actor)
    made = models.OneTimeNotice.objects.filter(application=row).order_by("-issued_at").first()
    return _view(made, row, load_standing(row).service.name) if made else None


def _item(standing: Standing, problem: FieldProblem) -> dict[str, object]:
    label = label_of(standing, problem)
    return {
        "label": [label.zh, label.en],
        "words": [problem.message.zh, problem.message.en],
        "is_material": problem.field.startswith(PREFIX),
    }


def label_of(standing: Standing, problem: FieldProblem) -> Text:
    """What a problem is about, in words."""
    if problem.field.startswith(PREFIX):
        name = problem.field.removeprefix(PREFIX)
        return next((slot.label for slot in standing.slots if slot.name == name), Text(zh=name, en=name))
    if problem.field.startswith(CHOOSE):
        resource = problem.field.removeprefix(CHOOSE)
        source = next(read.source for read in standing.readings if read.resource == resource)
        holder = name_of(source, standing.names)
        return Text(zh=f"{holder.zh}的记录", en=f"Record of {holder.en}")
    field = standing.service.form.by_name.get(problem.field)
    return field.label if field else Text(zh="整份申请", en="The whole application")


def _view(made: models.OneTimeNotice, row: models.Application, service_name: Text) -> OneTimeNotice:
    return OneTimeNotice(
        id=made.pk,
        application_id=row.pk,
        person_id=row.person_id,
        service_name=service_name,
        items=tuple(
            MissingItem(Text(*item["label"]), Text(*item["words"]), bool(item["is_material"])) for item in made.items
        ),
        note=made.note,
        issued_at=made.issued_at,
        issued_by=made.issued_by_name,
    )
