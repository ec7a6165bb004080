"""The filter of breached passwords: never misses a member, hardly ever takes a stranger for one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tongban.contexts.identity as identity
from tongban.contexts.identity.domain.password_filter import NotAFilter, PasswordFilter, build, normalise

SHIPPED = Path(identity.__file__).parent / "breached" / "passwords.fuse"


@given(st.sets(st.text(min_size=1, max_size=12), max_size=400))
@settings(deadline=None)
def test_every_member_is_found(members: set[str]) -> None:
    found = PasswordFilter(memoryview(build(sorted(members))))
    assert found.size == len(members)
    assert all(member in found for member in members)


def test_of_strangers_at_most_one_in_a_hundred_thousand_is_found_by_chance() -> None:
    """Counted, not estimated: one in 131,072 is expected."""
    shipped, chance = PasswordFilter(memoryview(SHIPPED.read_bytes())), random.Random(20260501)
    assert sum(f"{chance.getrandbits(96):024x}" in shipped for _ in range(200_000)) <= 2


def test_the_shipped_filter_holds_what_the_provenance_says() -> None:
    size = PasswordFilter(memoryview(SHIPPED.read_bytes())).size
    assert f"{size:,}" in (SHIPPED.parent / "PROVENANCE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "Password123",
        "PASSWORD123!",
        "ｐａｓｓｗｏｒｄ１２３",
        "qwertyuiop",
        "1q2w3e4r5t",
        "woaini1314",
        "woaini520520",
        "iloveyou123",
        "administrator",
    ],
)
def test_well_known_passwords_are_in_it_however_they_are_dressed(password: str) -> None:
    assert normalise(password) in PasswordFilter(memoryview(SHIPPED.read_bytes()))


@pytest.mark.parametrize("password", ["Kunlun-9024x", "correct horse battery staple 7", "vT9#kq-2mWz!p"])
def test_others_are_not(password: str) -> None:
    assert normalise(password) not in PasswordFilter(memoryview(SHIPPED.read_bytes()))


@given(st.text(max_size=30))
def test_the_normal_form_is_a_fixed_point_and_knows_no_case(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert normalise(once.casefold()) == once


@pytest.mark.parametrize("data", [b"", b"x" * 8, b"x" * 100, build(["a", "b"])[:-1], build(["a", "b"]) + b"x"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(NotAFilter):
        PasswordFilter(memoryview(data))


def test_a_member_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="different"):
        build(["a", "a"])


def test_the_same_passwords_give_the_same_bytes() -> None:
    assert build(["a", "b", "c"]) == build(["a", "b", "c"])
