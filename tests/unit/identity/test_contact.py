"""How names, usernames and telephone numbers are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain import contact

HOSTILE = ["<script>", "'; DROP TABLE x;--", "\x00", "‮abc", "a" * 1000, "", "  ", "王1", "王<明", "👍👍"]


@pytest.mark.parametrize(
    "typed", ["139 0000 1234", "+86 13900001234", "008613900001234", "１３９-0000-1234", "(139)00001234"]
)
def test_a_mobile_number_is_read_in_any_usual_form(typed: str) -> None:
    assert contact.normalise_phone(typed) == "13900001234"


@pytest.mark.parametrize("typed", ["23900001234", "1390000123", "139000012345", "1390000123a", ""])
def test_what_is_not_a_mobile_number_is_refused(typed: str) -> None:
    assert not contact.is_mobile(contact.normalise_phone(typed))


@given(st.text())
def test_reading_a_number_never_fails_and_is_stable(typed: str) -> None:
    once = contact.normalise_phone(typed)
    if contact.is_mobile(once):
        assert contact.normalise_phone(once) == once


@pytest.mark.parametrize("name", ["王小明", "阿依古丽·买买提", "Anne-Marie O'Neil", "𠮷野", "欧阳 娜"])
def test_names_of_all_kinds_are_accepted(name: str) -> None:
    assert contact.is_name(contact.normalise_name(name))


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_no_registry_would_write_is_not_a_name(typed: str) -> None:
    assert not contact.is_name(contact.normalise_name(typed))


def test_blanks_between_chinese_characters_are_dropped() -> None:
    assert contact.normalise_name(" 王 小　明 ") == "王小明"
    assert contact.normalise_name("Anne  Marie") == "Anne Marie"


def test_one_kind_of_middle_dot_is_stored() -> None:
    dots = ["阿依古丽•买买提", "阿依古丽‧买买提", "阿依古丽・买买提"]
    assert {contact.normalise_name(name) for name in dots} == {"阿依古丽·买买提"}


@pytest.mark.parametrize("typed", ["a", "1abc", "王小明", "a b", "a" * 41, "a\n", "-a", *HOSTILE])
def test_what_cannot_be_a_username_is_refused(typed: str) -> None:
    assert not contact.is_username(typed)


def test_a_username_is_stored_in_one_form() -> None:
    assert contact.normalise_username("  Ｗang ") == "wang"


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True))
def test_a_masked_number_shows_seven_digits(phone: str) -> None:
    masked = contact.mask_phone(phone)
    assert masked == f"{phone[:3]}****{phone[-4:]}"


@pytest.mark.parametrize(
    ("name", "given"), [("王小明", "小明"), ("李晴", "李晴"), ("欧阳小明", "小明"), ("Anne", "Anne")]
)
def test_a_page_addresses_people_by_given_name(name: str, given: str) -> None:
    assert contact.given_name(name) == given
