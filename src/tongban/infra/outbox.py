"""Facts from one context to others: written with the change they tell of, delivered at least once, applied once.

A context publishes a frozen dataclass with ``topic`` and ``version``; a subscriber is a function registered under a
stable name. The delivery row is marked in the same transaction as the subscriber's writes, so that a fact has its
effect exactly once in this database, and a killed worker loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from django.db import connection, transaction
from django.db.models import F

from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.infra.models import OutboxDelivery, OutboxEvent
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id
from tongban.runtime import metrics
from tongban.runtime.logs import get_logger

CHANNEL = "tongban_outbox"
MAX_ATTEMPTS = 12

_log = get_logger(__name__)
_delivered = metrics.counter("tongban_outbox_delivered", "Deliveries applied", ("subscriber",))
_failed = metrics.counter("tongban_outbox_failed", "Delivery attempts that failed", ("subscriber",))


class Event(Protocol):
    """A frozen dataclass whose class names its topic and version."""

    topic: ClassVar[str]
    version: ClassVar[int]


EventType = TypeVar("EventType", bound=Event)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A function that wants every event of a type."""

    name: str
    event: type[Any]
    apply: Callable[[Any], None]


_subscriptions: dict[str, Subscription] = {}


def subscribe(
    event: type[EventType], *, name: str
) -> Callable[[Callable[[EventType], None]], Callable[[EventType], None]]:
    """Register a subscriber under a name that stays the same across releases. Raises: ValueError for a name twice."""

    def register(function: Callable[[EventType], None]) -> Callable[[EventType], None]:
        known = _subscriptions.get(name)
        if known is not None and known.apply is not function:
            raise ValueError(f"two subscribers are called {name}")
        _subscriptions[name] = Subscription(name, event, function)
        return function

    return register


def subscriptions() -> tuple[Subscription, ...]:
    """All subscriptions, by name."""
    return tuple(_subscriptions[name] for name in sorted(_subscriptions))


def publish(event: Event, *, due_at: datetime | None = None) -> None:
    """Write a fact for everyone subscribed to its type, in the caller's transaction.

    ``due_at`` delays delivery: a timer that survives restarts. Raises: RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is published in the transaction of the change that it tells of")
    now = utc_now()
    row = OutboxEvent.objects.create(
        id=new_id(),
        topic=event.topic,
        version=event.version,
        payload=msgspec.to_builtins(event, str_keys=True),
        occurred_at=now,
    )
    OutboxDelivery.objects.bulk_create(
        OutboxDelivery(event=row, subscriber=subscription.name, due_at=due_at or now)
        for subscription in subscriptions()
        if subscription.event.topic == event.topic and subscription.event.version == event.version
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def deliver_due(*, limit: int = 100) -> int:
    """Deliver what is due now, oldest first, skipping rows that another worker holds. Returns how many were tried."""
    tried = 0
    while tried < limit and _deliver_one():
        tried += 1
    return tried


def pending() -> int:
    """How many deliveries wait, delayed ones included."""
    return OutboxDelivery.objects.filter(state="pending").count()


@dataclass(frozen=True, slots=True)
class AbandonedDelivery:
    """A delivery that failed every attempt."""

    id: int
    topic: str
    subscriber: str
    occurred_at: datetime
    last_error: str


def count_abandoned() -> int:
    """How many deliveries were given up."""
    return OutboxDelivery.objects.filter(state="abandoned").count()


def list_abandoned() -> tuple[AbandonedDelivery, ...]:
    """The hundred oldest deliveries that were given up."""
    rows = OutboxDelivery.objects.filter(state="abandoned").select_related("event").order_by("id")[:100]
    return tuple(
        AbandonedDelivery(row.pk, row.event.topic, row.subscriber, row.event.occurred_at, row.last_error[:300])
        for row in rows
    )


def retry_abandoned(delivery_id: int, *, actor: Actor) -> None:
    """Put a delivery that was given up back in line, as if new; a repeat changes nothing."""
    changed = OutboxDelivery.objects.filter(pk=delivery_id, state="abandoned").update(
        state="pending", attempts=0, due_at=utc_now()
    )
    if changed:
        audit.record(actor=actor, action="outbox.retry", subject=f"delivery:{delivery_id}")


def _deliver_one() -> bool:
    with transaction.atomic():
        delivery = (
            OutboxDelivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state="pending", due_at__lte=utc_now())
            .select_related("event")
            .order_by("due_at", "id")
            .first()
        )
        if delivery is None:
            return False
        error = _apply(delivery)
        if error is None:
            delivery.state, delivery.delivered_at = "delivered", utc_now()
            delivery.save(update_fields=["state", "delivered_at"])
            _delivered.labels(delivery.subscriber).inc()
        else:
            _postpone(delivery, error)
    return True


def _apply(delivery: OutboxDelivery) -> Exception | None:
    subscription = _subscriptions.get(delivery.subscriber)
    if subscription is None:
        return LookupError(f"no subscriber is called {delivery.subscriber}")
    try:
        with transaction.atomic():
            subscription.apply(msgspec.convert(delivery.event.payload, subscription.event))
    except Exception as error:  # noqa: BLE001  # whatever a subscriber raises is logged, counted and tried again
        _log.warning("delivery failed", subscriber=delivery.subscriber, event_id=str(delivery.event_id), exc_info=error)
        return error
    return None


def _postpone(delivery: OutboxDelivery, error: Exception) -> None:
    _failed.labels(delivery.subscriber).inc()
    attempts = delivery.attempts + 1
    OutboxDelivery.objects.filter(pk=delivery.pk).update(
        attempts=F("attempts") + 1,
        last_error=f"{type(error).__name__}: {error}"[:2000],
        state="abandoned" if attempts >= MAX_ATTEMPTS else "pending",
        due_at=utc_now() + timedelta(seconds=min(2**attempts, 900)),
    )
