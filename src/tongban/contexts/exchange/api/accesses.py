"""The citizen's view: who asked for their data, what, why, when, on what basis, and what is still allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from tongban.contexts.exchange import models
from tongban.contexts.exchange.api.policy import PORTAL
from tongban.contexts.exchange.api.purposes import close_purpose, pseudonyms, purpose_unknown
from tongban.contexts.identity import api as identity
from tongban.contexts.resources import api as resources
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.errors import Invalid, NotFound, Text

_PORTAL_NAME = Text(zh="一网通办平台", en="One-stop portal")
_KIND_TITLES = {
    "application": Text(zh="办理你发起的事项", en="An application you started"),
    "case": Text(zh="办理你的办件", en="A case of yours"),
    "standing": Text(zh="法定职责", en="A statutory duty"),
}


class AccessUnknown(NotFound):
    """There is no such record, or it is not about this person."""

    code = "access-unknown"


@dataclass(frozen=True, slots=True)
class Access:
    """One read of a person's data, in words. ``provider`` gave it, ``consumer`` asked for it."""

    id: UUID
    recorded_at: datetime
    consumer: str
    consumer_name: Text
    provider: str
    provider_name: Text
    resource: str
    resource_name: Text
    fields: tuple[Text, ...]
    purpose: Text
    purpose_kind: str
    service_code: str
    reference: str
    basis: str
    outcome: str
    code: str
    trace: str


@dataclass(frozen=True, slots=True)
class AccessSummary:
    """How often a person's data was released, how many departments had a part, how often without a basis."""

    released: int
    organisations: int
    without_basis: int
    turned_away: int


@dataclass(frozen=True, slots=True)
class OpenPurpose:
    """What may still be read of a person, and until when."""

    id: UUID
    kind: str
    reference: str
    title: Text
    consumer_name: Text
    resources: tuple[Text, ...]
    opened_at: datetime
    expires_at: datetime


def list_accesses(
    *, subject_id_number: str, since: datetime | None = None, cursor: str | None = None, limit: int = 20
) -> Page[Access]:
    """Every recorded read of a person's data, latest first: released, refused and failed ones alike."""
    rows = models.Record.objects.filter(subject=pseudonyms().subject(subject_id_number))
    if since:
        rows = rows.filter(recorded_at__gte=since)
    if cursor:
        recorded_at, identifier = decode_cursor(cursor, (str, str))
        moment, last = _moment(str(recorded_at)), _uuid(str(identifier))
        rows = rows.filter(Q(recorded_at__lt=moment) | Q(recorded_at=moment, id__lt=last))
    found = list(rows.order_by("-recorded_at", "-id")[: limit + 1])
    following = None
    if len(found) > limit:
        found = found[:limit]
        following = encode_cursor(found[-1].recorded_at.isoformat(), str(found[-1].id))
    return Page(tuple(_in_words(found)), following)


def get_access(*, record_id: UUID, subject_id_number: str) -> Access:
    """One read of a person's data. Raises: AccessUnknown, for another person's too."""
    row = models.Record.objects.filter(id=record_id, subject=pseudonyms().subject(subject_id_number)).first()
    if row is None:
        raise AccessUnknown(
            Text(zh="没有这条调用记录", en="There is no such record"),
            remedy=Text(zh="请回到“我的数据”查看", en="Go back to “My data”"),
        )
    return next(_in_words([row]))


def summarise_accesses(*, subject_id_number: str, since: datetime | None = None) -> AccessSummary:
    """The facts at the head of the page."""
    rows = models.Record.objects.filter(subject=pseudonyms().subject(subject_id_number))
    if since:
        rows = rows.filter(recorded_at__gte=since)
    counts = rows.aggregate(
        released=Count("id", filter=Q(outcome="released")),
        without_basis=Count("id", filter=Q(outcome="released", basis="")),
        turned_away=Count("id", filter=Q(outcome="refused")),
    )
    pairs = rows.filter(outcome="released").values_list("consumer", "provider").distinct()
    organisations = {code for pair in pairs for code in pair} - {PORTAL, ""}
    return AccessSummary(counts["released"], len(organisations), counts["without_basis"], counts["turned_away"])


def list_open_purposes(*, subject_id_number: str, now: datetime) -> tuple[OpenPurpose, ...]:
    """What may still be read of a person for an application or a case, latest first (at most 100)."""
    rows = list(
        models.Purpose.objects.filter(
            subject=pseudonyms().subject(subject_id_number),
            closed_at=None,
            expires_at__gt=now,
            kind__in=("application", "case"),
        ).order_by("-opened_at")[:100]
    )
    names = _resource_names({resource for row in rows for resource in row.reads})
    organisations = _organisation_names()
    return tuple(
        OpenPurpose(
            id=row.id,
            kind=row.kind,
            reference=row.reference,
            title=_title(row, row.kind),
            consumer_name=organisations.get(row.consumer, Text(row.consumer, row.consumer)),
            resources=tuple(names.get(resource, Text(resource, resource)) for resource in row.reads),
            opened_at=row.opened_at,
            expires_at=row.expires_at,
        )
        for row in rows
    )


def withdraw_purpose(*, purpose_id: UUID, subject_id_number: str, now: datetime) -> OpenPurpose:
    """End a purpose at its subject's wish. Raises: PurposeUnknown for one that is over or another person's."""
    subject = pseudonyms().subject(subject_id_number)
    row = models.Purpose.objects.filter(
        id=purpose_id, subject=subject, kind__in=("application", "case"), closed_at=None
    ).first()
    if row is None:
        raise purpose_unknown()
    purpose = OpenPurpose(
        row.id, row.kind, row.reference, _title(row, row.kind), _PORTAL_NAME, (), row.opened_at, row.expires_at
    )
    close_purpose(purpose_id=purpose_id, now=now, closed_by="subject")
    return purpose


def _in_words(rows: Sequence[models.Record]) -> Iterator[Access]:
    """Records with codes turned into words: three queries, however many rows."""
    catalogue = resources.find_resources({row.resource for row in rows})
    purposes = models.Purpose.objects.in_bulk({row.purpose_id for row in rows if row.purpose_id})
    organisations = _organisation_names()
    for row in rows:
        entry = catalogue.get(row.resource)
        labels = (
            {field.name: Text(field.label, field.label_en or field.label) for field in entry.fields} if entry else {}
        )
        yield Access(
            id=row.id,
            recorded_at=row.recorded_at,
            consumer=row.consumer,
            consumer_name=organisations.get(row.consumer, Text(row.consumer, row.consumer)),
            provider=row.provider,
            provider_name=organisations.get(row.provider, Text(row.provider, row.provider)),
            resource=row.resource,
            resource_name=Text(entry.name, entry.name_en or entry.name) if entry else Text(row.resource, row.resource),
            fields=tuple(labels.get(name, Text(name, name)) for name in row.fields),
            purpose=_title(purposes.get(row.purpose_id) if row.purpose_id else None, row.purpose_kind),
            purpose_kind=row.purpose_kind,
            service_code=row.service_code,
            reference=row.reference,
            basis=row.basis,
            outcome=row.outcome,
            code=row.code,
            trace=row.trace,
        )


def _title(row: models.Purpose | None, kind: str) -> Text:
    if row is not None and row.title:
        return Text(row.title, row.title_en or row.title)
    return _KIND_TITLES.get(kind, Text(zh="没有说明用途", en="No purpose was stated"))


def _resource_names(codes: set[str]) -> Mapping[str, Text]:
    return {code: Text(r.name, r.name_en or r.name) for code, r in resources.find_resources(codes).items()}


def _organisation_names() -> Mapping[str, Text]:
    names = {row.code: Text(row.short, row.name_en) for row in identity.list_organisations()}
    return {**names, PORTAL: _PORTAL_NAME}


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad_cursor() from error


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise _bad_cursor() from error


def _bad_cursor() -> Invalid:
    return Invalid(
        Text(zh="翻页位置已失效", en="This page position is no longer valid"),
        remedy=Text(zh="请从第一页重新打开", en="Open the list from its first page again"),
    )
