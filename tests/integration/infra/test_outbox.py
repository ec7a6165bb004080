"""Events are delivered at least once and applied once, whatever fails in between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tongban.infra import outbox
from tongban.infra.models import AuditEntry, IdempotencyKey, OutboxDelivery, OutboxEvent
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True)
class Happened:
    topic: ClassVar[str] = "test.happened"
    version: ClassVar[int] = 1

    id: UUID
    note: str


class Effects:
    """A subscriber that writes, and fails as often as told after it has written."""

    def __init__(self) -> None:
        self.failures_left = 0

    def apply(self, event: Happened) -> None:
        key = {"scope": "test", "key": str(event.id), "request_digest": "", "answer": {}, "created_at": utc_now()}
        IdempotencyKey.objects.create(**key)
        if self.failures_left > 0:
            self.failures_left -= 1
            raise RuntimeError("the subscriber failed after its write")


@pytest.fixture
def effects() -> Iterator[Effects]:
    subscriber = Effects()
    outbox.subscribe(Happened, name="test.effects")(subscriber.apply)
    yield subscriber
    del outbox._subscriptions["test.effects"]


def publish(note: str = "") -> UUID:
    event = Happened(new_id(), note)
    with transaction.atomic():
        outbox.publish(event)
    return event.id


def make_due() -> None:
    OutboxDelivery.objects.filter(state="pending").update(due_at=utc_now() - timedelta(seconds=1))


def test_an_event_outside_a_transaction_is_refused(effects: Effects) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        outbox.publish(Happened(new_id(), ""))


def test_an_event_of_a_rolled_back_change_is_never_told(effects: Effects) -> None:
    with transaction.atomic():
        outbox.publish(Happened(new_id(), ""))
        transaction.set_rollback(True)
    assert OutboxEvent.objects.count() == 0


def test_an_event_is_applied_once(effects: Effects) -> None:
    publish()
    assert [outbox.deliver_due(), outbox.deliver_due()] == [1, 0]
    assert IdempotencyKey.objects.count() == 1


def test_a_failed_subscriber_leaves_no_half_and_is_tried_again(effects: Effects) -> None:
    effects.failures_left = 1
    publish()
    outbox.deliver_due()
    assert IdempotencyKey.objects.count() == 0
    assert "RuntimeError" in OutboxDelivery.objects.get().last_error
    make_due()
    outbox.deliver_due()
    assert IdempotencyKey.objects.count() == 1


def test_a_subscriber_that_never_works_is_given_up_and_counted(effects: Effects) -> None:
    effects.failures_left = 10**6
    publish()
    for _attempt in range(outbox.MAX_ATTEMPTS):
        make_due()
        outbox.deliver_due()
    delivery = OutboxDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("abandoned", outbox.MAX_ATTEMPTS)


def test_a_delayed_event_waits_for_its_time(effects: Effects) -> None:
    with transaction.atomic():
        outbox.publish(Happened(new_id(), ""), due_at=utc_now() + timedelta(hours=1))
    assert outbox.deliver_due() == 0
    make_due()
    assert outbox.deliver_due() == 1


def test_several_workers_apply_each_event_once(effects: Effects) -> None:
    for _number in range(40):
        publish()

    def work(_number: int) -> int:
        try:
            return outbox.deliver_due(limit=100)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        tried = sum(pool.map(work, range(4)))
    assert (tried, IdempotencyKey.objects.count()) == (40, 40)


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_whatever_fails_each_event_has_its_effect_once(effects: Effects, failures: list[int]) -> None:
    IdempotencyKey.objects.all().delete()
    for count in failures:
        publish()
        effects.failures_left = count
        while OutboxDelivery.objects.filter(state="pending").exists():
            make_due()
            outbox.deliver_due()
    assert IdempotencyKey.objects.count() == len(failures)


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=200))
@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_event_arrives_as_it_was_sent(note: str) -> None:
    seen: list[Happened] = []
    outbox.subscribe(Happened, name="test.reader")(seen.append)
    try:
        sent = publish(note)
        outbox.deliver_due()
    finally:
        del outbox._subscriptions["test.reader"]
    assert seen == [Happened(sent, note)]


def test_a_name_belongs_to_one_subscriber(effects: Effects) -> None:
    with pytest.raises(ValueError, match=r"test\.effects"):
        outbox.subscribe(Happened, name="test.effects")(lambda _event: None)


def test_the_database_refuses_to_change_an_audit_entry() -> None:
    from django.db.utils import ProgrammingError

    AuditEntry.objects.create(recorded_at=utc_now(), actor="system", action="test", subject="x")
    with pytest.raises(ProgrammingError, match="append-only"):
        AuditEntry.objects.update(action="other")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE infra_audit_entry SET actor = 'other'",
        "DELETE FROM infra_audit_entry",
        "TRUNCATE infra_audit_entry",
        "TRUNCATE infra_audit_entry CASCADE",
    ],
)
def test_the_application_cannot_change_delete_or_empty_the_audit_log(statement: str) -> None:
    """By the application's own role. Tests empty tables, so the last trigger is off in them: here it is on."""
    from django.db import connection, transaction
    from django.db.utils import ProgrammingError

    AuditEntry.objects.create(recorded_at=utc_now(), actor="system", action="test", subject="x")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE infra_audit_entry ENABLE TRIGGER infra_audit_entry_not_emptied")
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("tongban", False)
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("ALTER TABLE infra_audit_entry DISABLE TRIGGER infra_audit_entry_not_emptied")
    assert AuditEntry.objects.filter(subject="x").exists()
