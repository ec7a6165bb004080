"""Handing in: an application becomes a declaration, once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.contexts.exchange import api as exchange
from tongban.contexts.forms import models
from tongban.contexts.forms.domain import declarations
from tongban.contexts.forms.domain.consents import consents_needed, find_withheld, without_withheld
from tongban.contexts.forms.domain.errors import NotReady, unknown_application
from tongban.contexts.forms.domain.snapshots import Declaration
from tongban.contexts.forms.events import DeclarationMade
from tongban.contexts.forms.rows import dump, may_see
from tongban.contexts.forms.service_forms import get_service_form
from tongban.contexts.forms.snapshot import Standing, load_standing, words
from tongban.contexts.identity import api as identity
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import NotFound, Text
from tongban.kernel.ids import new_id


class DeclarationUnknown(NotFound):
    """No such declaration."""

    code = "declaration-unknown"


def submit(*, application_id: UUID, consents: Sequence[str], idempotency_key: str, actor: Actor) -> Declaration:
    """Hand in an application. The first submission makes the declaration; every other returns that same one.

    Raises: NotReady with every problem; ApplicationUnknown.
    """
    with transaction.atomic():
        row = models.Application.objects.select_for_update().filter(pk=application_id).first()
        if row is None or not may_see(actor, row):
            raise unknown_application()
        if row.state == models.State.SUBMITTED:
            return _view(models.Declaration.objects.get(application=row))
        standing = load_standing(row)
        needs = consents_needed(standing.service.form, standing.values, standing.slots)
        problems = (*standing.problems(), *find_withheld(needs, consents))
        if problems:
            raise NotReady(problems)
        made = _declare(standing, consents, actor)
        _close(row)
        audit.record(
            actor=actor, action="forms.submitted", subject=f"application:{row.pk}",
            detail={"declaration": str(made.pk), "digest": made.digest, "key": idempotency_key[:80]},
        )  # fmt: skip
        outbox.publish(DeclarationMade(str(made.pk), str(row.pk), row.service_code, made.digest))
        _tell_principal(row, actor)
        return _view(made)


def _declare(standing: Standing, consents: Sequence[str], actor: Actor) -> models.Declaration:
    row, now = standing.row, utc_now()
    values, slots = without_withheld(standing.values, standing.slots, consents)
    asked = {field.name for field in standing.service.form.applicable(standing.answers)}
    failures = [
        declarations.Failure(item.source, item.resource, item.code, item.failed_at)
        for item in models.SourceFailure.objects.filter(application=row).order_by("id")
    ]
    document = declarations.build(
        _pins(row, actor),
        (value for name, value in values.items() if name in asked),
        slots,
        failures,
        consents,
        now,
    )
    return models.Declaration.objects.create(
        id=new_id(), application=row, person_id=row.person_id, enterprise_id=row.enterprise_id,
        agent_id=actor.agent_id, service_code=row.service_code,
        service_version=row.service_version, channel=row.channel, document=dump(document),
        digest=declarations.digest(document), submitted_at=now, submitted_by=actor.reference,
    )  # fmt: skip


def _tell_principal(row: models.Application, actor: Actor) -> None:
    """Let whoever gave the right know at once what was handed in under it."""
    if actor.acting is not None:
        zh, en = row.service_name or row.service_code, row.service_name_en or row.service_code
        what = Text(zh=f"替你申请了“{zh}”", en=f"applied for “{en}” for you")
        identity.mandates.tell_principal(actor.acting, what=what, key=f"application:{row.pk}")


def _pins(row: models.Application, actor: Actor) -> declarations.Pins:
    return declarations.Pins(
        application_id=str(row.pk),
        person_id=str(row.person_id),
        service_code=row.service_code,
        service_version=row.service_version,
        channel=row.channel,
        enterprise_id=str(row.enterprise_id or ""),
        right=f"{actor.acting.kind}:{actor.acting.reference}" if actor.acting else "",
    )


def _close(row: models.Application) -> None:
    now = utc_now()
    row.state, row.submitted_at, row.updated_at = models.State.SUBMITTED, now, now
    row.save(update_fields=["state", "submitted_at", "updated_at"])
    exchange.close_purposes_of(reference=str(row.pk), now=now)


def get_declaration(declaration_id: UUID) -> Declaration:
    """A declaration, for contexts above that have checked who asks. Raises: DeclarationUnknown."""
    made = models.Declaration.objects.filter(pk=declaration_id).first()
    if made is None:
        raise DeclarationUnknown(
            Text(zh="没有这份申报", en="There is no such declaration"),
            remedy=Text(zh="请核对办件编号。", en="Check the case number."),
        )
    return _view(made)


def declared_words(declaration_id: UUID) -> Mapping[str, Text]:
    """What a declaration says as people read it, by field: option labels, yuan, units. Raises: DeclarationUnknown."""
    made = get_declaration(declaration_id)
    fields = get_service_form(made.service_code, made.version).form.by_name
    return {name: words(fields[name], value) for name, value in made.values.items() if name in fields}


def find_declaration(*, application_id: UUID) -> Declaration | None:
    """The declaration made from an application, if it was handed in."""
    made = models.Declaration.objects.filter(application=application_id).first()
    return _view(made) if made else None


def _view(made: models.Declaration) -> Declaration:
    document: dict[str, Any] = json.loads(made.document)
    return Declaration(
        id=made.pk,
        application_id=made.application_id,
        service_code=made.service_code,
        version=made.service_version,
        person_id=made.person_id,
        enterprise_id=made.enterprise_id,
        agent_id=made.agent_id,
        channel=made.channel,
        values=document["values"],
        provenance=document["provenance"],
        materials=tuple(document["materials"]),
        failures=tuple(document["failures"]),
        consents=tuple(document["consents"]),
        digest=made.digest,
        submitted_at=made.submitted_at,
    )
