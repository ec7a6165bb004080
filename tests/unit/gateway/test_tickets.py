"""Only tickets that exchange signed, for this gateway, alive now, are believed."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from tests.factories.policy import FOREIGN_PEM, NOW, TICKET_PEM, signed, ticket
from tongban.gateway.problems import GatewayProblem, TicketExpired, TicketInvalid, TicketMissing
from tongban.gateway.tickets import verify_ticket
from tongban.runtime.signatures import key_id, public_coordinate, public_key

COORDINATE = public_coordinate(TICKET_PEM)
KEYS = {key_id(COORDINATE): public_key(COORDINATE)}


def refusal(compact: str | None, *, later: timedelta = timedelta()) -> type[GatewayProblem] | None:
    try:
        verify_ticket(compact, keys=KEYS, now=NOW + later)
    except GatewayProblem as problem:
        return type(problem)
    return None


def test_a_ticket_comes_back_as_it_was_signed() -> None:
    assert verify_ticket(signed(ticket()), keys=KEYS, now=NOW) == ticket()


def test_a_missing_ticket_is_named() -> None:
    assert refusal(None) is refusal("") is TicketMissing


def test_a_ticket_expires_to_the_second() -> None:
    assert refusal(signed(ticket()), later=timedelta(hours=24, seconds=-1)) is None
    assert refusal(signed(ticket()), later=timedelta(hours=24)) is TicketExpired


def test_a_ticket_that_claims_more_than_a_day_is_not_believed() -> None:
    assert refusal(signed(ticket(exp=int((NOW + timedelta(hours=25)).timestamp())))) is TicketInvalid


def test_a_ticket_from_the_future_is_not_believed() -> None:
    assert refusal(signed(ticket()), later=timedelta(minutes=-5)) is TicketInvalid


def test_another_key_is_not_believed_even_under_the_right_name() -> None:
    assert refusal(signed(ticket(), pem=FOREIGN_PEM)) is TicketInvalid
    header, payload, signature = signed(ticket(), pem=FOREIGN_PEM).split(".")
    known = base64.urlsafe_b64encode(
        json.dumps({"alg": "Ed25519", "typ": "tongban-purpose+jwt", "kid": key_id(COORDINATE)}).encode()
    ).rstrip(b"=")
    assert refusal(f"{known.decode()}.{payload}.{signature}") is TicketInvalid


@pytest.mark.parametrize("change", [{"aud": "somebody-else"}, {"iss": "somebody-else"}])
def test_a_ticket_for_another_audience_is_not_believed(change: dict[str, str]) -> None:
    assert refusal(signed(ticket(**change))) is TicketInvalid


def test_another_signed_document_is_no_ticket() -> None:
    assert refusal(signed(ticket(), typ="tongban-policy+jws")) is TicketInvalid


def test_every_flipped_character_is_noticed() -> None:
    compact = signed(ticket())
    for place in range(0, len(compact) - 1, 7):
        flipped = "A" if compact[place] != "A" else "B"
        assert refusal(compact[:place] + flipped + compact[place + 1 :]) is TicketInvalid, place


@pytest.mark.parametrize("compact", ["x", "a.b.c", "..", "é" * 40, "A" * 20_000, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_ticket_is_refused_quietly(compact: str) -> None:
    assert refusal(compact) is TicketInvalid
