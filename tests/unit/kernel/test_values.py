"""Identifiers, periods, money, canonical JSON, errors, masks in logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel import canonical_json, ids
from tongban.kernel.clock import local_date
from tongban.kernel.errors import Invalid, NotFound, Text
from tongban.kernel.money import Money
from tongban.kernel.periods import Period
from tongban.runtime.logs import redact

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SAFE = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | SAFE | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_identifier_carries_its_time_and_version(unix_ms: int, entropy: bytes) -> None:
    made = ids.uuid7(unix_ms=unix_ms, entropy=entropy)
    assert (made.version, made.int >> 80) == (7, unix_ms)


def test_later_identifiers_sort_later() -> None:
    early, late = (ids.uuid7(unix_ms=at, entropy=b"\xff" * 10) for at in (1000, 1001))
    assert early < late


@given(JSON)
def test_canonical_json_says_the_same_as_json(value: object) -> None:
    assert json.loads(canonical_json.dumps(value)) == value


@given(st.dictionaries(st.text("abc王", max_size=3), st.integers(-5, 5), max_size=6))
def test_canonical_json_does_not_depend_on_order(value: dict[str, int]) -> None:
    assert canonical_json.dumps(value) == canonical_json.dumps(dict(reversed(value.items())))


@pytest.mark.parametrize("value", [float("nan"), 2**60, {1: "x"}, {"x": object()}, "\ud800"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        canonical_json.dumps(value)


@given(MOMENTS, MOMENTS)
def test_a_period_holds_its_start_and_not_its_end(a: datetime, b: datetime) -> None:
    period = Period(min(a, b), max(a, b))
    assert period.contains(period.start) == (a != b)
    assert period.end is not None
    assert not period.contains(period.end)


@given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_overlapping_is_mutual(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    one, other = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    assert one.overlaps(other) == other.overlaps(one)


def test_a_period_cannot_end_before_it_starts() -> None:
    now = datetime.now(UTC)
    with pytest.raises(ValueError, match="before it starts"):
        Period(now, now - timedelta(seconds=1))


def test_the_city_is_a_day_ahead_late_in_the_utc_evening() -> None:
    assert local_date(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)).day == 24


@given(SAFE, SAFE)
def test_money_adds_in_minor_units(a: int, b: int) -> None:
    assert Money(a).plus(Money(b)).minor == a + b


def test_money_reads_in_major_units() -> None:
    assert [str(Money(minor)) for minor in (123456789, -5, 0)] == ["1,234,567.89", "-0.05", "0.00"]


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(ValueError, match="cannot add"):
        Money(1).plus(Money(1, "USD"))


def test_an_error_speaks_both_languages() -> None:
    error = NotFound(Text(zh="没有", en="None"), remedy=Text(zh="再找", en="Look again"), item="x")
    assert (error.status, error.message.in_language("en-GB"), error.remedy.in_language("zh-hans")) == (
        404,
        "None",
        "再找",
    )
    assert error.details["item"] == "x"


def test_logs_never_hold_an_identity_number() -> None:
    event = {"event": "read 11010519491231002X twice", "count": 3}
    assert redact(None, "", event)["event"] == "read [id-number] twice"
