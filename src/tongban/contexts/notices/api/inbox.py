"""Writing a notice, and reading one's inbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Window

from tongban.contexts.notices import models
from tongban.contexts.notices.api.templates import wording_of
from tongban.contexts.notices.domain.wording import Value, fill
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Invalid, Text

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person was told."""

    id: UUID
    template: str
    title: Text
    body: Text
    link: str
    created_at: datetime
    is_read: bool


class LinkOutside(Invalid):
    """A notice leads only to the platform's own pages."""

    code = "notice-link-outside"


@transaction.atomic
def notify(
    *,
    person_id: UUID,
    template: str,
    values: Mapping[str, Value],
    idempotency_key: str,
    link: str | None = None,
    last_email: str = "",
) -> Notice:
    """Tell a person something, once per key: a repeat returns the first notice, whatever else it says.

    The notice is in the inbox at commit; other channels follow by the worker. Values may be ``Text``, dates and
    moments: each language says them its own way. ``last_email`` is written to when the person has no address any more
    by the time of delivery: for whoever loses their account. Raises: TemplateUnknown, WordingInvalid, LinkOutside.
    """
    known = models.Notice.objects.filter(idempotency_key=idempotency_key).first()
    if known is not None:
        return _view(known)
    wording = wording_of(template)
    title, body = fill(wording, values)
    now = utc_now()
    row, is_new = models.Notice.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={
            "person_id": person_id,
            "template": template,
            "title_zh": title.zh,
            "title_en": title.en,
            "body_zh": body.zh,
            "body_en": body.en,
            "link": _checked_link(link),
            "created_at": now,
        },
    )
    if is_new:
        for channel in wording.channels:
            delivery = models.Delivery.objects.create(
                notice=row, channel=channel, next_attempt_at=now, address=last_email or None
            )
            _defer(delivery.pk)
    return _view(row)


def list_notices(person_id: UUID, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page[Notice]:
    """A person's notices, newest first."""
    rows = models.Notice.objects.filter(person_id=person_id).order_by("-created_at", "-id")
    if cursor:
        moment, row_id = decode_cursor(cursor, (str, str))
        at = _moment(moment)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=_row_id(row_id)))
    found = list(rows[: limit + 1])
    more = len(found) > limit
    page = found[:limit]
    last = encode_cursor(page[-1].created_at.isoformat(), str(page[-1].pk)) if more else None
    return Page(items=tuple(_view(row) for row in page), next=last)


def latest(person_id: UUID, limit: int = 3) -> tuple[tuple[Notice, ...], int]:
    """The newest notices of a person, and how many are unread, in one query."""
    rows = models.Notice.objects.filter(person_id=person_id).annotate(
        unread=Window(Count("id", filter=Q(read_at=None)))
    )
    found = list(rows.order_by("-created_at", "-id")[:limit])
    return tuple(_view(row) for row in found), found[0].unread if found else 0


def count_unread(person_id: UUID) -> int:
    """How many notices a person has not opened."""
    return models.Notice.objects.filter(person_id=person_id, read_at=None).count()


def mark_read(person_id: UUID, notice_ids: Iterable[UUID] | None = None) -> int:
    """Mark some of a person's notices as read, or all. Returns how many changed."""
    rows = models.Notice.objects.filter(person_id=person_id, read_at=None)
    if notice_ids is not None:
        rows = rows.filter(pk__in=list(notice_ids))
    return rows.update(read_at=utc_now())


def _checked_link(link: str | None) -> str:
    if not link:
        return ""
    if not link.startswith("/") or link.startswith(("//", "/\\")) or any(ord(char) < 33 for char in link):
        raise LinkOutside(
            Text(zh="消息里的链接只能是本站页面", en="A notice links only to pages of this site"),
            remedy=Text(zh="请用以 / 开头的地址", en="Use an address that starts with /"),
        )
    return link


def _defer(delivery_id: UUID) -> None:
    from tongban.contexts.notices.tasks import deliver_notice

    deliver_notice.defer(delivery_id=str(delivery_id))


def _moment(text: str | int) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise _bad_cursor() from error


def _row_id(text: str | int) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise _bad_cursor() from error


def _bad_cursor() -> Invalid:
    return Invalid(
        Text(zh="翻页位置已失效", en="This page position is no longer valid"),
        remedy=Text(zh="请从第一页重新打开", en="Open the list from its first page again"),
    )


def _view(row: models.Notice) -> Notice:
    return Notice(
        id=row.pk,
        template=row.template,
        title=Text(zh=row.title_zh, en=row.title_en),
        body=Text(zh=row.body_zh, en=row.body_en),
        link=row.link,
        created_at=row.created_at,
        is_read=row.read_at is not None,
    )
