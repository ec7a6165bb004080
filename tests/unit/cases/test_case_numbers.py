"""Case numbers keep to the standard where the item's code does, and stay usable where it does not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.cases.domain.numbers import case_number, number_prefix, spaced

DAY = date(2026, 6, 10)
STANDARD = "11990000YX0055850B3992105001000"


def test_a_standard_code_is_followed_by_day_and_serial() -> None:
    assert case_number(STANDARD, DAY, 1) == f"{STANDARD}202606100001"


def test_the_serial_widens_when_four_digits_run_out() -> None:
    assert case_number(STANDARD, DAY, 10_000) == f"{STANDARD}2026061010000"


def test_a_handling_item_stays_in_the_number() -> None:
    assert case_number(f"{STANDARD}01", DAY, 7) == f"{STANDARD}01202606100007"


@pytest.mark.parametrize(("code", "prefix"), [("12-34/ab", "1234AB"), ("——", "0"), ("9" * 90, "9" * 60)])
def test_codes_of_other_forms_lose_their_signs_only(code: str, prefix: str) -> None:
    assert number_prefix(code) == prefix


@given(st.text(max_size=80), st.dates(), st.integers(1, 99_999))
def test_any_code_gives_a_number_that_fits_in_an_address(code: str, day: date, serial: int) -> None:
    number = case_number(code, day, serial)
    assert number.isascii()
    assert number.isalnum()
    assert len(number) <= 90


def test_a_number_is_told_by_its_day_and_serial() -> None:
    assert spaced(f"{STANDARD}202606100001") == "20260610-0001"
