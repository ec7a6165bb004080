"""Whatever is wrong with a read, nothing is released, and the record says so."""

from __future__ import annotations

import base64
import json
import os
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import psycopg
import pytest
from django.db import connection

from tests.factories.policy import FOREIGN_PEM
from tests.factories.processes import Departments, GatewayProcess, with_database
from tests.integration.exchange.conftest import eventually, read, ticket_for
from tongban.contexts.exchange import api as exchange
from tongban.contexts.exchange.models import Record
from tongban.runtime import settings
from tongban.runtime.signatures import sign
from tongban.wire.records import GATEWAY_ROLE
from yunzhou_departments.demo_persons import LI, WANG

ME = {"id_number": WANG.id_number}


def post(
    gateway: GatewayProcess,
    path: str = "/v1/police.household/read",
    *,
    ticket: str | None = None,
    token: str | None = None,
    body: bytes | None = None,
    language: str = "zh",
    method: str = "POST",
) -> tuple[int, dict[str, Any], bytes]:
    """A raw request: status, document, bytes."""
    headers = {
        "Accept-Language": language,
        "Authorization": f"Bearer {token or settings.current().secrets.portal_client_token}",
    }
    if ticket is not None:
        headers["Purpose-Ticket"] = ticket
    content = json.dumps({"parameters": ME}).encode() if body is None else body
    request = urllib.request.Request(gateway.url + path, data=content, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            raw = response.read()
            return response.status, json.loads(raw), raw
    except HTTPError as error:
        raw = error.read()
        return error.code, json.loads(raw), raw


def last_record() -> Record:
    return Record.objects.order_by("-recorded_at", "-id")[0]


def superuser() -> psycopg.Connection[Any]:
    """A connection that may do anything to the test database: the embedded server's own superuser, if it is that."""
    url = with_database(settings.current().database_url, str(connection.settings_dict["NAME"]))
    embedded = Path(os.environ["TONGBAN_TEST_SCRATCH"]) / "postgres"
    for file in embedded.glob("**/postgres_postgres_password"):
        password = file.read_text(encoding="utf-8").strip()
        url = with_database(url, str(connection.settings_dict["NAME"]), role="postgres", password=password)
    return psycopg.connect(url, autocommit=True)


def test_problems_speak_both_languages_and_name_the_remedy(city: GatewayProcess) -> None:
    status, zh, _ = post(city)
    assert (status, zh["code"], zh["title"]) == (401, "ticket-missing", "没有用途凭证")
    _, en, _ = post(city, language="en-GB,en")
    assert en["title"] == "There is no purpose ticket"
    assert en["message"]["zh"] == zh["title"]
    assert en["remedy"]["en"]
    assert last_record().code == "ticket-missing"


def test_wrong_callers_and_tickets_are_refused_and_recorded(city: GatewayProcess) -> None:
    good = ticket_for("police.household").ticket
    header, payload, signature = good.split(".")
    claims = base64.urlsafe_b64decode(payload + "==")
    foreign = sign(claims, typ="tongban-purpose+jwt", pem=FOREIGN_PEM)
    other = ticket_for("police.household", subject=LI.id_number).ticket
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"ticket": good, "token": "nobody"}, 401, "consumer-unknown"),
        ({"ticket": foreign}, 401, "ticket-invalid"),
        ({"ticket": f"{header}.{payload}.{signature[:-3]}AAA"}, 401, "ticket-invalid"),
        ({"ticket": other}, 403, "subject-mismatch"),
        ({"ticket": good, "path": "/v1/police.id-card/read"}, 403, "read-not-in-purpose"),
        ({"ticket": good, "path": "/v1/police.household/write"}, 404, "resource-unknown"),
        ({"ticket": good, "path": "/v1/police.household/..%5cread"}, 404, "resource-unknown"),
        ({"ticket": good, "body": b"{"}, 422, "request-malformed"),
        ({"ticket": good, "body": b'{"parameters": {"id_number": 1}}'}, 422, "request-malformed"),
        ({"ticket": good, "body": b'{"parameters": {}, "more": 1}'}, 422, "request-malformed"),
        ({"ticket": good, "body": b"\xff\xfe"}, 422, "request-malformed"),
    ]
    for wrong, status, code in cases:
        answer = post(city, **wrong)
        assert (answer[0], answer[1]["code"]) == (status, code), wrong
        assert last_record().code == code
        assert WANG.name.encode() not in answer[2]
    assert not Record.objects.filter(outcome="released", resource="police.household").exists()


def test_addresses_methods_and_sizes_outside_the_protocol_are_refused(city: GatewayProcess) -> None:
    for path in ("/v2/x", "/v1/police.household", "/v1/police.household/..%2f..%2fread", "/v1/a/b/c", "/v1//read"):
        assert post(city, path)[1]["code"] == "route-unknown", path
    assert post(city, method="PUT")[1]["code"] == "method-refused"
    assert post(city, body=b" " * 70_000)[0] == 413


HOSTILE = [
    "", " ", "' OR '1'='1", "1; DROP TABLE t", "%(id_number)s", "{id_number}", "../../etc/passwd", "\x00", "a\x00b",
    "<a>&x;</a>", "]]>", "9" * 17, "9" * 19, "9" * 10_000, "９９０１０２１９９１０５１４０２３６", "\n", "\u202e", "😀",
    "99010219910514023x", "${jndi:ldap://x}", "{{7*7}}", f"{WANG.id_number}\n", f" {WANG.id_number}", "null", "*", "%",
    f"{WANG.id_number}' --",
]  # fmt: skip


def test_hostile_parameters_are_refused_recorded_and_reach_no_department(
    city: GatewayProcess, departments: Departments
) -> None:
    resources = ["police.household", "medical-insurance.coverage", "civil-affairs.marriage", "housing-fund.account"]
    purpose = ticket_for(*resources)
    for resource in resources:
        reads = [exchange.Read(resource, {"id_number": value}) for value in HOSTILE]
        outcomes = exchange.fetch_many(ticket=purpose.ticket, reads=reads, timeout_s=10)
        codes = {outcome.code for outcome in outcomes if isinstance(outcome, exchange.ReadFailure)}
        assert codes == {"refused"}, resource
        assert len(outcomes) == len(HOSTILE)
    assert Record.objects.filter(code="parameter-refused", outcome="refused").count() == len(HOSTILE) * len(resources)
    assert not Record.objects.filter(outcome__in=["released", "failed"], purpose_id=purpose.id).exists()


def test_hostile_names_of_resources_and_fields_are_refused_and_recorded(city: GatewayProcess) -> None:
    ticket = ticket_for("police.household").ticket
    for name in ("'; DROP TABLE exchange_record; --", "𝓐", "a" * 190, "%00", "x%0ay"):
        body = json.dumps({"parameters": ME, "fields": [name]}).encode()
        assert post(city, ticket=ticket, body=body)[1]["code"] == "field-unknown"
        path = f"/v1/{urllib.request.quote(name)}/read"  # type: ignore[attr-defined]
        assert post(city, path, ticket=ticket)[1]["code"] == "resource-unknown"
        assert last_record().resource.startswith(("~", "a", "00", "x"))


def test_a_department_that_is_down_slow_or_garbled_is_named_and_holds_nobody_up(
    city: GatewayProcess, departments: Departments
) -> None:
    wanted = ("police.household", ME), ("medical-insurance.coverage", ME), ("civil-affairs.marriage", ME)
    bad_days = [("down", 0), ("normal", 4000), ("garbled", 0), ("error", 0)]
    try:
        for mode, delay_ms in bad_days:
            departments.behave("civil-affairs", mode, delay_ms=delay_ms)
            police, medical, civil = read(*wanted)
            assert isinstance(police, exchange.Reading)
            assert isinstance(medical, exchange.Reading)
            assert isinstance(civil, exchange.ReadFailure)
            assert civil.code == ("timeout" if delay_ms else "unavailable"), mode
            assert "云州市民政局" in civil.message.zh
            assert civil.message.en
            assert Record.objects.filter(outcome="failed", provider="civil-affairs").exists()
    finally:
        departments.behave("civil-affairs")
    eventually(lambda: isinstance(read(wanted[2])[0], exchange.Reading), "the breaker closes again", seconds=12)


def test_a_gateway_that_cannot_record_releases_nothing(city: GatewayProcess) -> None:
    ticket = ticket_for("police.household").ticket
    with superuser() as admin:
        admin.execute("ALTER TABLE exchange_record ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
        try:
            status, problem, raw = post(city, ticket=ticket)
        finally:
            admin.execute("ALTER TABLE exchange_record DROP CONSTRAINT full_disk")
    assert (status, problem["code"]) == (503, "record-unavailable")
    assert WANG.name.encode() not in raw
    assert WANG.id_number.encode() not in raw
    assert not Record.objects.filter(outcome="released").filter(purpose_id=_purpose(ticket)).exists()
    assert post(city, ticket=ticket)[0] == 200


def test_a_record_that_hangs_releases_nothing(city: GatewayProcess) -> None:
    ticket = ticket_for("police.household").ticket
    with superuser() as admin, admin.transaction():
        admin.execute("LOCK TABLE exchange_record IN ACCESS EXCLUSIVE MODE")
        status, problem, raw = post(city, ticket=ticket)
    assert (status, problem["code"]) == (503, "record-unavailable")
    assert WANG.name.encode() not in raw
    eventually(lambda: post(city, ticket=ticket)[0] == 200, "records are written again")


def test_every_answer_has_its_record_while_connections_are_killed(city: GatewayProcess) -> None:
    ticket = ticket_for("police.household").ticket
    stop = threading.Event()

    def kill() -> None:
        with superuser() as admin:
            while not stop.wait(0.05):
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'tongban-gateway-records' AND datname = current_database()"
                )

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: post(city, ticket=ticket), range(200)))
    finally:
        stop.set()
        killer.join()
    received = [document["trace"] for status, document, _ in answers if status == 200]
    recorded = set(Record.objects.filter(outcome="released").values_list("trace", flat=True))
    assert len(received) >= 50
    assert set(received) <= recorded
    assert all(WANG.name.encode() not in raw for status, _, raw in answers if status != 200)


def test_records_cannot_be_changed_deleted_or_read_by_gateways(city: GatewayProcess) -> None:
    read(("police.household", ME))
    with superuser() as admin:
        for statement in ("UPDATE exchange_record SET code = 'x'", "DELETE FROM exchange_record"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                admin.execute(statement)
        can = admin.execute(
            "SELECT privilege_type, table_name FROM information_schema.role_table_grants"
            " WHERE grantee = %s ORDER BY 2, 1",
            (GATEWAY_ROLE,),
        ).fetchall()
    assert can == [("SELECT", "exchange_closure"), ("INSERT", "exchange_record"), ("SELECT", "exchange_snapshot")]


def _purpose(ticket: str) -> str:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(ticket.split(".")[1] + "=="))
    return str(claims["jti"])
