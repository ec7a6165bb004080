"""Budgets, standings and networks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain.limits import (
    ADDRESS,
    HALL,
    SECRET,
    Budget,
    Count,
    is_first_refused,
    is_last_allowed,
    minutes_until,
    network_of,
    standing_of,
)

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
counts = st.builds(
    Count,
    st.builds(Budget, st.integers(1, 50), st.just(timedelta(minutes=5))),
    st.integers(1, 100),
    st.integers(0, 86_400).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


@given(st.lists(counts, min_size=1, max_size=5))
def test_a_try_is_allowed_only_when_every_budget_has_room(rows: list[Count]) -> None:
    standing = standing_of(rows)
    assert standing.is_allowed == all(row.used <= row.budget.tries for row in rows)
    assert 0 <= standing.left <= min(max(0, row.budget.tries - row.used) for row in rows)


@given(st.lists(counts, min_size=1, max_size=5))
def test_whoever_is_refused_is_told_until_when(rows: list[Count]) -> None:
    standing = standing_of(rows)
    if not standing.is_allowed:
        assert standing.until == max(row.ends_at for row in rows if row.used > row.budget.tries)
    assert (standing.until is None) == all(row.used < row.budget.tries for row in rows)


@given(st.integers(1, 50))
def test_exactly_one_try_is_the_last_and_one_the_first_refused(tries: int) -> None:
    budget = Budget(tries, timedelta(minutes=5))
    rows = [Count(budget, used, NOW) for used in range(1, tries + 10)]
    assert [row.used for row in rows if is_last_allowed([row])] == [tries]
    assert [row.used for row in rows if is_first_refused([row])] == [tries + 1]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
    ],
)
def test_ipv6_is_counted_by_its_64(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_a_household_cannot_leave_its_count_by_another_address(address: object, suffix: int) -> None:
    import ipaddress

    start = int(ipaddress.IPv6Address(str(address))) >> 64 << 64
    other = ipaddress.IPv6Address(start | suffix)
    if ipaddress.IPv6Address(str(address)).ipv4_mapped is None and other.ipv4_mapped is None:
        assert network_of(str(address)) == network_of(str(other))


def test_a_hall_is_wider_than_any_address_and_an_account_stays_as_tight() -> None:
    for ordinary, hall in zip(
        (ADDRESS.attempts, ADDRESS.accounts, ADDRESS.browser), (HALL.attempts, HALL.accounts, HALL.browser), strict=True
    ):
        assert all(wide.tries >= 20 * tight.tries for tight, wide in zip(ordinary, hall, strict=True))
    assert SECRET[0] == Budget(5, timedelta(minutes=5))


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (59, 1), (60, 1), (61, 2), (300, 5), (0, 1), (-5, 1)])
def test_people_are_told_whole_minutes(seconds: int, minutes: int) -> None:
    assert minutes_until(NOW + timedelta(seconds=seconds), NOW) == minutes
