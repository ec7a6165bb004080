"""Messages between processes keep their shape; pseudonyms need their key."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.policy import grant, interface, ticket
from tongban.wire.policy import (
    Consumer,
    CsvSource,
    HttpSource,
    PolicySnapshot,
    VerificationKey,
    decode_snapshot,
    encode_snapshot,
)
from tongban.wire.protocol import FieldProblem, GatewayAnswer, GatewayRequest, Problem, Sentence
from tongban.wire.pseudonyms import Pseudonyms
from tongban.wire.records import RECORD_COLUMNS, ExchangeRecord
from tongban.wire.tickets import decode_ticket, encode_ticket

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "wire"
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
POLICY = PolicySnapshot(
    version=7,
    issued_at=AT,
    expires_at=AT.replace(minute=10),
    interfaces=(
        interface(),
        interface(
            operation="json",
            source=HttpSource("medical", "json", "POST", "/a", body='{"c": "{id_number}"}', record="data"),
        ),
        interface(operation="file", source=CsvSource("fund", "*.csv", "号码", "id_number")),
    ),
    grants=(grant(expires_at=AT),),
    consumers=(Consumer("portal", ("00" * 32,), ("*",)),),
    ticket_keys=(VerificationKey("k", "x"),),
)
RECORD = ExchangeRecord(
    UUID(int=1), AT, "t", "released", "ok", "portal", "portal", "police", "police.household", "read", ("name",),
    "ab" * 32, UUID(int=2), "application", "r", "s", "g1", "《条例》", 1, "cd" * 32, "ef" * 32, 7, "host:1", 12,
)  # fmt: skip
MESSAGES = {
    "policy_snapshot": POLICY,
    "purpose_ticket": msgspec.structs.replace(ticket(), sub="ab" * 32),
    "gateway_request": GatewayRequest({"id_number": "1"}, ("name",)),
    "gateway_answer": GatewayAnswer(
        "police.household",
        "police",
        ({"name": "王小明"},),
        (AT,),
        ("3",),
        (FieldProblem(0, "sex", "unknown-code"),),
        "t",
        AT,
    ),
    "problem": Problem(
        "https://tongban.example/problems/x", "标题", 403, "x", "t", Sentence("中", "en"), Sentence("做", "do")
    ),
    "exchange_record": RECORD,
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_its_golden_file(name: str) -> None:
    file = GOLDEN / f"{name}.json"
    text = json.dumps(msgspec.to_builtins(MESSAGES[name]), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if os.environ.get("REGENERATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_a_snapshot_and_a_ticket_survive_the_wire() -> None:
    assert decode_snapshot(encode_snapshot(POLICY)) == POLICY
    assert decode_ticket(encode_ticket(ticket())) == ticket()


def test_record_columns_are_those_of_the_structure() -> None:
    assert len(RECORD_COLUMNS) == len(set(RECORD_COLUMNS)) == 24


@given(st.text(min_size=1), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_pseudonym_is_stable_under_one_key_and_other_under_another(number: str, one: bytes, other: bytes) -> None:
    if any(0xD800 <= ord(c) <= 0xDFFF for c in number):
        return
    first = Pseudonyms(one).subject(number)
    assert first == Pseudonyms(one).subject(number)
    assert first != Pseudonyms(one).digest(number.encode())
    assert one == other or first != Pseudonyms(other).subject(number)


def test_the_last_x_may_be_written_small() -> None:
    assert Pseudonyms(b"k").subject("99010219880307821x ") == Pseudonyms(b"k").subject("99010219880307821X")
