"""Tickets to departments about sections that they have not published. Nothing is ever filled in for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from tongban.contexts.services.domain.facts import SECTIONS, Facts, missing_sections
from tongban.contexts.services.domain.records import QualityTicketView
from tongban.contexts.services.events import QualityTicketsFiled
from tongban.contexts.services.models import QualityTicket, ServiceItem
from tongban.infra import outbox
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Invalid, NotFound, Text

PAGE = 100


@transaction.atomic
def file_quality_ticket(*, pack: str, code: str, section: str, now: datetime | None = None) -> bool:
    """Ask the owning department for a section; False when that is already asked. Raises: NotFound, Invalid."""
    if section not in SECTIONS:
        raise Invalid(Text(zh=f"没有“{section}”这一栏", en=f"there is no section {section}"))
    item = ServiceItem.objects.filter(pack=pack, code=code).first()
    if item is None:
        raise NotFound(Text(zh=f"没有编码为 {code} 的事项", en=f"no service has the code {code}"))
    row, is_new = QualityTicket.objects.get_or_create(
        pack=pack,
        code=code,
        section=section,
        closed_at=None,
        defaults={"department": item.department, "item_name": item.name, "filed_at": now or utc_now()},
    )
    if is_new:
        outbox.publish(QualityTicketsFiled(pack=pack, department=row.department, sections={section: 1}))
    return is_new


def list_quality_tickets(
    *, pack: str, department: str | None = None, section: str | None = None, cursor: str | None = None
) -> Page[QualityTicketView]:
    """Open tickets, oldest first."""
    rows = QualityTicket.objects.filter(pack=pack, closed_at=None).order_by("id")
    if department:
        rows = rows.filter(department=department)
    if section:
        rows = rows.filter(section=section)
    if cursor:
        (after,) = decode_cursor(cursor, (int,))
        rows = rows.filter(id__gt=after)
    found = list(rows[: PAGE + 1])
    more = encode_cursor(found[PAGE - 1].pk) if len(found) > PAGE else None
    return Page(tuple(_view(row) for row in found[:PAGE]), more)


def count_quality_tickets(*, pack: str) -> dict[str, int]:
    """Open tickets by department."""
    rows = QualityTicket.objects.filter(pack=pack, closed_at=None).values_list("department")
    return dict(rows.annotate(n=Count("id")).order_by("-n", "department"))


def settle_tickets(pack: str, versions: Sequence[Facts], *, now: datetime) -> None:
    """After new versions: file what is missing now, close what has been published. Idempotent."""
    missing = {facts["code"]: set(missing_sections(facts)) for facts in versions}
    open_rows = QualityTicket.objects.filter(pack=pack, closed_at=None, code__in=list(missing))
    known = {(row.code, row.section): row.pk for row in open_rows.only("pk", "code", "section")}
    settled = [pk for (code, section), pk in known.items() if section not in missing[code]]
    if settled:
        QualityTicket.objects.filter(pk__in=settled).update(closed_at=now)
    rows = [
        QualityTicket(
            pack=pack,
            code=facts["code"],
            section=section,
            department=facts["department"],
            item_name=facts["name"],
            filed_at=now,
        )
        for facts in versions
        for section in missing_sections(facts)
        if (facts["code"], section) not in known
    ]
    QualityTicket.objects.bulk_create(rows, batch_size=2000)
    _tell(pack, rows)


def _tell(pack: str, rows: Sequence[QualityTicket]) -> None:
    by_department: dict[str, Counter[str]] = {}
    for row in rows:
        by_department.setdefault(row.department, Counter())[row.section] += 1
    for department, sections in sorted(by_department.items()):
        outbox.publish(QualityTicketsFiled(pack=pack, department=department, sections=dict(sections)))


def _view(row: QualityTicket) -> QualityTicketView:
    zh, en = SECTIONS[row.section]
    return QualityTicketView(
        row.code, row.item_name, row.department, row.section, Text(zh=zh, en=en), row.closed_at is None
    )
