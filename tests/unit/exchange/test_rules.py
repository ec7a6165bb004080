"""Purposes last as long as they are needed; grants say exactly what they mean."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.policy import NOW
from tongban.contexts.exchange.domain.grants import GrantRefused, read_grants
from tongban.contexts.exchange.domain.purposes import LIFETIME, PurposeEnded, make_ticket, merge_reads
from tongban.wire.tickets import TICKET_LIFETIME, PurposeTicket

FIELDS = {"police.household": ["name", "sex"]}
ROW: dict[str, Any] = {
    "consumer": "portal",
    "resource": "police.household",
    "fields": "*",
    "services": ["*"],
    "purposes": ["application"],
    "basis": "《政务数据共享条例》",
}


def make(
    kind: Any = "application", *, life: timedelta | None = None, later: timedelta = timedelta(), **facts: Any
) -> PurposeTicket:
    return make_ticket(
        purpose_id=UUID(int=1),
        kind=kind,
        reference="r",
        service_code=None,
        consumer="portal",
        subject="s",
        also=(),
        reads={"police.household": ("name",)},
        expires_at=NOW + (life or LIFETIME[kind]),
        closed_at=facts.get("closed_at"),
        now=NOW + later,
    )


def test_a_ticket_never_outlives_a_day_nor_its_purpose() -> None:
    assert make("case").exp == int((NOW + TICKET_LIFETIME).timestamp())
    assert make("application", later=timedelta(hours=20)).exp == int((NOW + timedelta(hours=24)).timestamp())
    assert make("standing").exp == int((NOW + timedelta(minutes=10)).timestamp())


@given(
    life=st.timedeltas(timedelta(seconds=1), timedelta(days=400)),
    later=st.timedeltas(timedelta(), timedelta(days=400)),
)
def test_whenever_a_ticket_is_made_it_ends_in_time(life: timedelta, later: timedelta) -> None:
    try:
        ticket = make("case", life=life, later=later)
    except PurposeEnded:
        assert later >= life
        return
    assert ticket.exp <= (NOW + life).timestamp()
    assert ticket.exp - ticket.iat <= TICKET_LIFETIME.total_seconds()


def test_no_ticket_is_made_for_a_closed_purpose() -> None:
    with pytest.raises(PurposeEnded):
        make(closed_at=NOW)


def test_a_resource_named_twice_gets_the_fields_of_both() -> None:
    assert merge_reads([("a", ("x", "y")), ("b", ()), ("a", ("y", "z"))]) == {"a": ("x", "y", "z"), "b": ()}


def test_a_star_is_written_out_and_the_end_is_the_end_of_the_day() -> None:
    [grant] = read_grants([{**ROW, "expires": date(2026, 6, 1)}], fields_of=FIELDS)
    assert grant.fields == ("name", "sex")
    assert grant.expires_at is not None
    assert grant.expires_at.isoformat() == "2026-06-02T00:00:00+08:00"


def test_a_grant_keeps_its_name_when_its_fields_change() -> None:
    [one] = read_grants([ROW], fields_of=FIELDS)
    [other] = read_grants([{**ROW, "fields": ["name"], "rate_per_minute": 1}], fields_of=FIELDS)
    assert one.id == other.id


@pytest.mark.parametrize(
    "change",
    [
        {"resource": "police.nothing"},
        {"fields": ["secret"]},
        {"fields": []},
        {"services": []},
        {"purposes": ["curiosity"]},
        {"purposes": ["standing:"]},
        {"basis": " "},
        {"rate_per_minute": 0},
        {"typo": 1},
        {"expires": "soon"},
    ],
)
def test_a_grant_that_says_nothing_clear_is_refused_with_its_number(change: dict[str, Any]) -> None:
    with pytest.raises(GrantRefused) as caught:
        read_grants([{**ROW, "consumer": "tax"}, {**ROW, **change}], fields_of=FIELDS)
    assert "第 2 项" in caught.value.message.zh


def test_the_same_grant_twice_is_refused() -> None:
    with pytest.raises(GrantRefused):
        read_grants([ROW, ROW], fields_of=FIELDS)
