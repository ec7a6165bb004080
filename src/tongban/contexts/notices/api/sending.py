"""Bringing notices to people outside the inbox, with retries and receipts."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongban.contexts.notices import models
from tongban.contexts.notices.adapters.mail import send_mail
from tongban.contexts.notices.domain.wording import wait_before
from tongban.contexts.notices.models import DeliveryState
from tongban.contexts.notices.ports import recipients
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.runtime.logs import get_logger

NOTICE_KEPT = timedelta(days=730)
RECEIPT_KEPT = timedelta(days=180)
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """How a notice fared on one channel."""

    channel: str
    state: str
    attempts: int
    last_error: str
    sent_at: datetime | None


@transaction.atomic
def deliver(delivery_id: UUID) -> str:
    """Try one delivery if it still waits; of two workers one tries. Returns its state afterwards, empty for none."""
    row = (
        models.Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("notice")
        .filter(pk=delivery_id, state=DeliveryState.WAITING)
        .first()
    )
    if row is None:
        return ""
    _try(row, utc_now())
    return row.state


def deliver_due(*, now: datetime, limit: int = 100) -> int:
    """Try what is due, oldest first. Returns how many were tried."""
    due = models.Delivery.objects.filter(state=DeliveryState.WAITING, next_attempt_at__lte=now)
    waiting = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    return sum(1 for delivery_id in waiting if deliver(delivery_id))


def list_deliveries(notice_id: UUID) -> tuple[DeliveryReport, ...]:
    """The receipts of a notice."""
    rows = models.Delivery.objects.filter(notice_id=notice_id).order_by("channel")
    return tuple(
        DeliveryReport(
            channel=row.channel,
            state=row.state,
            attempts=row.attempts,
            last_error=row.last_error,
            sent_at=row.sent_at,
        )
        for row in rows
    )


def forget_old(*, now: datetime) -> int:
    """Delete notices after two years, and receipts with their addresses after 180 days. Returns how many rows went."""
    receipts, _ = models.Delivery.objects.filter(
        ~Q(state=DeliveryState.WAITING), next_attempt_at__lte=now - RECEIPT_KEPT
    ).delete()
    told, _ = models.Notice.objects.filter(created_at__lte=now - NOTICE_KEPT).delete()
    return receipts + told


def _try(row: models.Delivery, now: datetime) -> None:
    notice, row.attempts = row.notice, row.attempts + 1
    recipient = recipients().find(notice.person_id)
    if recipient is not None and not recipient.email and row.address:
        recipient = replace(recipient, email=row.address)
    if recipient is None or not recipient.email:
        row.state = DeliveryState.NO_ADDRESS
    else:
        row.address = recipient.email
        try:
            send_mail(
                recipient=recipient,
                title=Text(zh=notice.title_zh, en=notice.title_en),
                body=Text(zh=notice.body_zh, en=notice.body_en),
                link=notice.link,
                message_id=str(row.pk),
            )
        except (OSError, smtplib.SMTPException) as error:
            _postpone(row, now, error)
        else:
            row.state, row.sent_at, row.last_error = DeliveryState.SENT, now, ""
    row.save()


def _postpone(row: models.Delivery, now: datetime, error: Exception) -> None:
    wait = wait_before(row.attempts)
    row.last_error = type(error).__name__
    row.state = DeliveryState.FAILED if wait is None else DeliveryState.WAITING
    row.next_attempt_at = now + wait if wait else row.next_attempt_at
    _log.warning("a notice could not be sent", delivery=str(row.pk), attempts=row.attempts, error=row.last_error)
