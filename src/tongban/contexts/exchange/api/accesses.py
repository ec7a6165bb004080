"""The citizen's view: who asked for their data, what, why, when, on what basis, and what is still allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from tongban.contexts.exchange import models
from tongban.contexts.exchange.api.policy import PORTAL
from tongban.contexts.exchange.api.purposes import close_purpose, pseudonyms, purpose_unknown
from tongban.contexts.identity import api as identity
from tongban.contexts.resources import api as resources
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.errors import Invalid, NotFound, Text

MAX_OPEN_PURPOSES = 100
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


@dataclass(frozen=True, slots=True)
class MyData:
    """One person's page: a page of reads, the facts of a period, and what is still allowed."""

    accesses: Page[Access]
    summary: AccessSummary
    purposes: tuple[OpenPurpose, ...]


def get_my_data(
    *,
    subject_id_number: str,
    since: datetime | None,
    facts_since: datetime,
    cursor: str | None,
    now: datetime,
    limit: int = 20,
) -> MyData:
    """Everything that a person's page shows, in five queries."""
    subject = pseudonyms().subject(subject_id_number)
    rows, following = _page(subject, since, cursor, limit)
    purposes = list(
        models.Purpose.objects.filter(Q(id__in=_purpose_ids(rows)) | _still_open(subject, now)).order_by("-opened_at")
    )
    still_open = [row for row in purposes if _is_open(row, subject, now)][:MAX_OPEN_PURPOSES]
    words = _Words.of({row.resource for row in rows} | {code for row in still_open for code in row.reads})
    titles: dict[UUID | None, models.Purpose] = {row.id: row for row in purposes}
    accesses = Page(tuple(words.access(row, titles.get(row.purpose_id)) for row in rows), following)
    return MyData(accesses, _summary(subject, facts_since), tuple(words.open_purpose(row) for row in still_open))


def list_accesses(
    *, subject_id_number: str, since: datetime | None = None, cursor: str | None = None, limit: int = 20
) -> Page[Access]:
    """Every recorded read of a person's data, latest first: released, refused and failed ones alike."""
    rows, following = _page(pseudonyms().subject(subject_id_number), since, cursor, limit)
    return Page(_in_words(rows), following)


def get_access(*, record_id: UUID, subject_id_number: str) -> Access:
    """One read of a person's data. Raises: AccessUnknown, for another person's too."""
    row = models.Record.objects.filter(id=record_id, subject=pseudonyms().subject(subject_id_number)).first()
    if row is None:
        raise AccessUnknown(
            Text(zh="没有这条调用记录", en="There is no such record"),
            remedy=Text(zh="请回到“我的数据”查看", en="Go back to “My data”"),
        )
    return _in_words([row])[0]


def summarise_accesses(*, subject_id_number: str, since: datetime | None = None) -> AccessSummary:
    """How often, by how many departments, and with what basis a person's data was read."""
    return _summary(pseudonyms().subject(subject_id_number), since)


def list_open_purposes(*, subject_id_number: str, now: datetime) -> tuple[OpenPurpose, ...]:
    """What may still be read of a person for an application or a case, latest first (at most 100)."""
    subject = pseudonyms().subject(subject_id_number)
    rows = list(models.Purpose.objects.filter(_still_open(subject, now)).order_by("-opened_at")[:MAX_OPEN_PURPOSES])
    words = _Words.of({resource for row in rows for resource in row.reads})
    return tuple(words.open_purpose(row) for row in rows)


def get_open_purpose(*, purpose_id: UUID, subject_id_number: str, now: datetime) -> OpenPurpose:
    """One purpose that is still open. Raises: PurposeUnknown for one that is over or another person's."""
    subject = pseudonyms().subject(subject_id_number)
    row = models.Purpose.objects.filter(_still_open(subject, now), id=purpose_id).first()
    if row is None:
        raise purpose_unknown()
    return _Words.of(set(row.reads)).open_purpose(row)


def withdraw_purpose(*, purpose_id: UUID, subject_id_number: str, now: datetime) -> OpenPurpose:
    """End a purpose at its subject's wish. Raises: PurposeUnknown for one that is over or another person's."""
    purpose = get_open_purpose(purpose_id=purpose_id, subject_id_number=subject_id_number, now=now)
    close_purpose(purpose_id=purpose_id, now=now, closed_by="subject")
    return purpose


def _page(
    subject: str, since: datetime | None, cursor: str | None, limit: int
) -> tuple[list[models.Record], str | None]:
    rows = models.Record.objects.filter(subject=subject)
    if since:
        rows = rows.filter(recorded_at__gte=since)
    if cursor:
        recorded_at, identifier = decode_cursor(cursor, (str, str))
        moment, last = _moment(str(recorded_at)), _uuid(str(identifier))
        rows = rows.filter(Q(recorded_at__lt=moment) | Q(recorded_at=moment, id__lt=last))
    found = list(rows.order_by("-recorded_at", "-id")[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], encode_cursor(found[limit - 1].recorded_at.isoformat(), str(found[limit - 1].id))


def _summary(subject: str, since: datetime | None) -> AccessSummary:
    rows = models.Record.objects.filter(subject=subject)
    if since:
        rows = rows.filter(recorded_at__gte=since)
    released = Q(outcome="released")
    found = rows.aggregate(
        released=Count("id", filter=released),
        without_basis=Count("id", filter=released & Q(basis="")),
        turned_away=Count("id", filter=Q(outcome="refused")),
        consumers=ArrayAgg("consumer", filter=released, distinct=True, default=[]),
        providers=ArrayAgg("provider", filter=released, distinct=True, default=[]),
    )
    organisations = {*found["consumers"], *found["providers"]} - {PORTAL, ""}
    return AccessSummary(found["released"], len(organisations), found["without_basis"], found["turned_away"])


def _still_open(subject: str, now: datetime) -> Q:
    return Q(subject=subject, closed_at=None, expires_at__gt=now, kind__in=("application", "case"))


def _is_open(row: models.Purpose, subject: str, now: datetime) -> bool:
    return row.subject == subject and row.closed_at is None and row.expires_at > now and row.kind != "standing"


def _purpose_ids(rows: Sequence[models.Record]) -> set[UUID]:
    return {row.purpose_id for row in rows if row.purpose_id}


def _in_words(rows: Sequence[models.Record]) -> tuple[Access, ...]:
    words = _Words.of({row.resource for row in rows})
    purposes = models.Purpose.objects.in_bulk(_purpose_ids(rows))
    return tuple(words.access(row, purposes.get(row.purpose_id) if row.purpose_id else None) for row in rows)


@dataclass(frozen=True, slots=True)
class _Words:
    """What codes are called: two queries, however many rows are put into words."""

    resources: Mapping[str, resources.ResourceLabels]
    organisations: Mapping[str, Text]

    @classmethod
    def of(cls, codes: set[str]) -> _Words:
        names = {row.code: Text(row.short, row.name_en) for row in identity.list_organisations()}
        return cls(resources.find_labels(codes), {**names, PORTAL: _PORTAL_NAME})

    def access(self, row: models.Record, purpose: models.Purpose | None) -> Access:
        labels = self.resources.get(row.resource)
        return Access(
            id=row.id,
            recorded_at=row.recorded_at,
            consumer=row.consumer,
            consumer_name=self._organisation(row.consumer),
            provider=row.provider,
            provider_name=self._organisation(row.provider),
            resource=row.resource,
            resource_name=self._resource(row.resource),
            fields=tuple(labels.fields.get(f, Text(f, f)) if labels else Text(f, f) for f in row.fields),
            purpose=_title(purpose, row.purpose_kind),
            purpose_kind=row.purpose_kind,
            service_code=row.service_code,
            reference=row.reference,
            basis=row.basis,
            outcome=row.outcome,
            code=row.code,
            trace=row.trace,
        )

    def open_purpose(self, row: models.Purpose) -> OpenPurpose:
        return OpenPurpose(
            id=row.id,
            kind=row.kind,
            reference=row.reference,
            title=_title(row, row.kind),
            consumer_name=self._organisation(row.consumer),
            resources=tuple(self._resource(code) for code in row.reads),
            opened_at=row.opened_at,
            expires_at=row.expires_at,
        )

    def _organisation(self, code: str) -> Text:
        return self.organisations.get(code, Text(code, code))

    def _resource(self, code: str) -> Text:
        labels = self.resources.get(code)
        return labels.name if labels else Text(code, code)


def _title(row: models.Purpose | None, kind: str) -> Text:
    if row is not None and row.title:
        return Text(row.title, row.title_en or row.title)
    return _KIND_TITLES.get(kind, Text(zh="没有说明用途", en="No purpose was stated"))


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
