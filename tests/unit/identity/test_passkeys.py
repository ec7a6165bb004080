"""Where passkeys work, how long a challenge stands, what counters say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain import passkeys as rules

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PURPOSES = get_args(rules.Purpose)
CITY, DEMO = "https://yunzhou.example", "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("web_url", "asked", "is_production", "site"),
    [
        (CITY, CITY, True, ("yunzhou.example", CITY)),
        (CITY, "http://yunzhou.example", True, ("yunzhou.example", CITY)),  # a proxy before us speaks https
        (CITY, "https://evil.example", True, None),
        (CITY, "http://localhost:8000", True, None),
        (CITY, "http://127.0.0.1:8000", True, None),
        (DEMO, DEMO, False, None),
        (DEMO, "http://[::1]:8000", False, None),
        (DEMO, "http://localhost:8000", False, ("localhost", "http://localhost:8000")),
        (DEMO, "http://testserver", False, None),
    ],
)
def test_passkeys_are_bound_to_the_citys_name(
    web_url: str, asked: str, is_production: bool, site: tuple[str, str] | None
) -> None:
    found = rules.site_at(web_url=web_url, asked=asked, is_production=is_production)
    assert (found and (found.rp_id, found.origin)) == site


@pytest.mark.parametrize(
    ("web_url", "asked", "is_production", "other"),
    [
        (DEMO, DEMO, False, "http://localhost:8000"),
        (CITY, "http://127.0.0.1:8000", True, CITY),
        (CITY, "http://127.0.0.1:8000", False, CITY),
        ("https://10.1.2.3", "https://10.1.2.3", True, ""),
    ],
)
def test_an_address_without_a_name_leads_to_one_that_has(
    web_url: str, asked: str, is_production: bool, other: str
) -> None:
    assert rules.other_site(web_url=web_url, asked=asked, is_production=is_production) == other


@given(host=st.ip_addresses(), is_production=st.booleans())
def test_no_ip_address_is_ever_a_relying_party(host: Any, is_production: bool) -> None:
    url = f"https://[{host}]" if host.version == 6 else f"https://{host}"
    assert rules.site_at(web_url=url, asked=url, is_production=is_production) is None


def held(*ages: float, purpose: rules.Purpose = "sign-in") -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for number, age in enumerate(ages):
        given_at = NOW - timedelta(seconds=age)
        new = rules.Challenge(f"c{number}", purpose, "required", given_at)
        kept = rules.put_challenge(kept, new, now=given_at)
    return kept


@given(age=st.integers(-600, 600), given_for=st.sampled_from(PURPOSES), used_for=st.sampled_from(PURPOSES))
def test_a_challenge_stands_for_its_purpose_and_five_minutes(
    age: int, given_for: rules.Purpose, used_for: rules.Purpose
) -> None:
    rest, found = rules.take_challenge(held(age, purpose=given_for), "c0", used_for, now=NOW)
    assert (found is not None) == (given_for == used_for and 0 <= age < 300)
    assert rest == []


@given(ages=st.lists(st.integers(0, 299), min_size=1, max_size=12), index=st.integers(0, 11))
def test_a_challenge_is_gone_after_one_look_and_others_stay(ages: list[int], index: int) -> None:
    kept = held(*sorted(ages, reverse=True))
    assert len(kept) <= rules.OPEN_CHALLENGES
    wanted = kept[index % len(kept)]["value"]
    rest, found = rules.take_challenge(kept, wanted, "sign-in", now=NOW)
    assert found is not None
    assert len(rest) == len(kept) - 1
    assert rules.take_challenge(rest, wanted, "sign-in", now=NOW) == (rest, None)


def test_an_unknown_challenge_uses_none_up() -> None:
    kept = held(1, 2)
    assert rules.take_challenge(kept, "never given", "sign-in", now=NOW) == (kept, None)


@given(kept=st.integers(0, 2**32 - 1), shown=st.integers(0, 2**32 - 1))
def test_a_counter_only_rises_or_is_always_zero(kept: int, shown: int) -> None:
    assert rules.went_back(kept=kept, shown=shown) == (not (shown > kept or kept == shown == 0))
