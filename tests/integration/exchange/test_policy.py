"""Policy reaches gateways signed and in order; a gateway keeps the last good one and nothing else."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import connection, transaction

from tests.factories.policy import FOREIGN_PEM
from tests.factories.processes import GatewayProcess, free_port
from tests.integration.exchange.conftest import (
    eventually,
    gateway_url_of_database,
    load_grants,
    probe,
    read,
    ticket_for,
)
from tests.integration.exchange.test_refusing import post
from tongban.contexts.exchange import api as exchange
from tongban.contexts.exchange.api.policy import forget_closures
from tongban.contexts.exchange.models import Closure, Purpose, Record, Snapshot
from tongban.kernel.clock import utc_now
from tongban.runtime.signatures import sign
from tongban.wire.policy import SNAPSHOT_TYPE
from yunzhou_departments.demo_persons import WANG

ME = {"id_number": WANG.id_number}


def newest() -> Snapshot:
    return Snapshot.objects.order_by("-version")[0]


def test_a_snapshot_is_renewed_only_when_it_is_about_to_expire(city: GatewayProcess) -> None:
    Snapshot.objects.all().delete()
    now = utc_now()
    exchange.publish_snapshot(now=now - timedelta(minutes=4))
    assert exchange.renew_snapshot(now=now - timedelta(minutes=2)) is None
    assert exchange.renew_snapshot(now=now) == newest().version
    assert exchange.renew_snapshot(now=now) is None


def test_a_forged_snapshot_leaves_the_one_in_force(city: GatewayProcess) -> None:
    true = newest()
    forged = sign(b'{"version":9,"grants":[]}', typ=SNAPSHOT_TYPE, pem=FOREIGN_PEM)
    for step, document in enumerate((forged, "nonsense", true.document[:-8] + "AAAAAAAA"), start=1):
        Snapshot.objects.create(
            version=true.version + step, issued_at=utc_now(), expires_at=true.expires_at, digest="", document=document
        )
    time.sleep(1.5)
    try:
        assert isinstance(read(("police.household", ME))[0], exchange.Reading)
    finally:
        Snapshot.objects.filter(version__gt=true.version).delete()
    load_grants()
    eventually(lambda: probe() == "ok", "the next good one is taken")


def test_a_gateway_without_valid_policy_refuses_everything_and_says_it_is_not_ready(city: GatewayProcess) -> None:
    ticket = ticket_for("police.household").ticket
    kept = list(Snapshot.objects.all())
    Snapshot.objects.all().delete()
    lonely = GatewayProcess({"TONGBAN_GATEWAY_DATABASE_URL": gateway_url_of_database()}, port=free_port())
    lonely.start()
    try:
        status, problem, raw = post(lonely, ticket=ticket)
        assert (status, problem["code"]) == (503, "policy-unavailable")
        assert WANG.name.encode() not in raw
        assert Record.objects.filter(code="policy-unavailable", outcome="refused").count() == 1
        assert post(lonely, "/readyz", method="GET")[0] == 503
    finally:
        lonely.stop()
        Snapshot.objects.bulk_create(kept)


def test_a_purpose_belongs_to_the_transaction_that_opened_it(city: GatewayProcess) -> None:
    class Undone(Exception):
        pass

    before = Purpose.objects.count()
    try:
        with transaction.atomic():
            ticket_for("police.household")
            raise Undone
    except Undone:
        pass
    assert Purpose.objects.count() == before


def test_a_closure_committed_late_is_not_missed(city: GatewayProcess) -> None:
    early, late = ticket_for("police.household"), ticket_for("police.household")
    reads = [exchange.Read("police.household", ME)]
    with transaction.atomic():
        exchange.close_purpose(purpose_id=late.id, now=utc_now())
        other = connection.copy()  # another transaction closes and commits first
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO exchange_closure (purpose_id, closed_at) VALUES (%s, now())", [str(early.id)]
                )
        finally:
            other.close()
        eventually(
            lambda: isinstance(exchange.fetch_many(ticket=early.ticket, reads=reads)[0], exchange.ReadFailure), "early"
        )
        time.sleep(1.2)
        assert isinstance(exchange.fetch_many(ticket=late.ticket, reads=reads)[0], exchange.Reading)
    took = eventually(
        lambda: isinstance(exchange.fetch_many(ticket=late.ticket, reads=reads)[0], exchange.ReadFailure), "late"
    )
    assert took < 2


def test_closures_are_forgotten_when_no_ticket_can_outlive_them(city: GatewayProcess) -> None:
    purpose = ticket_for("police.household")
    exchange.close_purpose(purpose_id=purpose.id, now=utc_now())
    forget_closures(now=utc_now() + timedelta(hours=47))
    assert Closure.objects.filter(purpose_id=purpose.id).exists()
    forget_closures(now=utc_now() + timedelta(hours=49))
    assert not Closure.objects.filter(purpose_id=purpose.id).exists()


def test_every_open_purpose_of_a_reference_is_closed_at_once(city: GatewayProcess) -> None:
    for _ in range(2):
        ticket_for("police.household", reference="case-9", kind="case")
    assert exchange.close_purposes_of(reference="case-9", now=utc_now()) == 2
    assert exchange.close_purposes_of(reference="case-9", now=utc_now()) == 0


def test_the_grants_in_force_are_those_of_the_pack_that_have_not_ended(city: GatewayProcess) -> None:
    grants = exchange.list_grants(consumer="tax")
    assert {grant.resource for grant in grants} >= {"natural-resources.property", "natural-resources.sale-contract"}
    assert all(grant.basis for grant in exchange.list_grants())
    assert exchange.list_grants(now=utc_now() + timedelta(days=3650)) == ()


def test_a_restarted_gateway_is_read_through_at_once(city: GatewayProcess) -> None:
    assert probe() == "ok"
    city.stop()
    assert probe() == "unavailable"
    city.start()
    eventually(lambda: probe() == "ok", "the gateway is back with the policy in force", seconds=10)
