"""National codes: what is made is valid, and one wrong character is found."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel import check_characters, credit_code, resident_id, service_codes

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BIRTHS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    first = f"99{draw(st.integers(0, 9999)):04d}{draw(BIRTHS):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + resident_id.check_character(first)


@given(id_numbers())
def test_a_made_identity_number_is_valid(number: str) -> None:
    assert resident_id.is_valid(number)
    assert resident_id.parse(number).birth_date.strftime("%Y%m%d") == number[6:14]


@given(id_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, position: int, shift: int) -> None:
    wrong = str((int(number[position]) + shift) % 10)
    assert not resident_id.is_valid(number[:position] + wrong + number[position + 1 :])


@given(id_numbers(), st.integers(0, 15))
def test_two_swapped_digits_are_found(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert swapped == number or not resident_id.is_valid(swapped)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_published_examples_are_valid(number: str) -> None:
    assert resident_id.is_valid(number)


@given(st.text(max_size=30))
def test_no_text_breaks_the_check(text: str) -> None:
    resident_id.is_valid(resident_id.normalise(text))
    credit_code.is_valid(text)
    service_codes.parse_implementation_code(text)


def test_full_width_and_blanks_are_read() -> None:
    assert resident_id.normalise(" １１０１０５ 19491231 002x ") == "11010519491231002X"


@given(id_numbers())
def test_a_mask_hides_the_date_of_birth(number: str) -> None:
    assert number[6:14] not in resident_id.mask(number)
    assert len(resident_id.mask(number)) == 18


@given(st.text(CREDIT_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_a_credit_code_finds_one_wrong_character(first: str, position: int, shift: int) -> None:
    code = first + credit_code.check_character(first)
    wrong = CREDIT_ALPHABET[(CREDIT_ALPHABET.index(code[position]) + shift) % 31]
    assert credit_code.is_valid(code)
    assert not credit_code.is_valid(code[:position] + wrong + code[position + 1 :])


def test_a_published_credit_code_is_valid() -> None:
    assert credit_code.is_valid("91350100M000100Y43")


@given(st.text(check_characters.ALPHANUMERIC, min_size=1, max_size=60), st.data())
def test_mod_37_36_finds_one_wrong_character(text: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(check_characters.ALPHANUMERIC).filter(lambda c: c != text[position]))
    changed = text[:position] + other + text[position + 1 :]
    assert check_characters.mod_37_36(changed) != check_characters.mod_37_36(text)


@pytest.mark.parametrize(
    ("text", "form", "handling"),
    [
        ("11440000006939756B2440101007000", "implementation", ""),
        ("11440000006940116U244010200300103", "handling-item", "03"),
        ("440101007000", "basic", ""),
        ("GD-2020-0001-LONG-CODE", "other", ""),
    ],
)
def test_every_length_of_service_code_is_accepted(text: str, form: str, handling: str) -> None:
    parsed = service_codes.parse_implementation_code(text)
    assert (parsed.form, parsed.handling_item, parsed.text) == (form, handling, text)


def test_a_failed_check_character_is_flagged_and_kept() -> None:
    parsed = service_codes.parse_implementation_code("114400000069397560" + "2440101007000")
    assert parsed.warnings == ("credit-code-check-failed",)
    assert parsed.basic == "440101007000"


@given(BIRTHS, st.integers(1, 10**7))
def test_a_case_number_reads_back(day: date, serial: int) -> None:
    code = "11440000006939756B2440101007000"
    parsed = service_codes.parse_case_number(service_codes.make_case_number(code, day, serial))
    assert (parsed.implementation, parsed.received_date, parsed.serial) == (code, day, serial)


def test_the_serial_widens_after_9999() -> None:
    assert service_codes.make_case_number("C", date(2026, 11, 23), 10_000) == "C2026112310000"
