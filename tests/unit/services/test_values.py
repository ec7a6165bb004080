"""Cells of exports: what they state is read, what they do not state stays empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.services.importing.values import (
    parse_count,
    parse_flag,
    parse_limit,
    parse_list,
    published,
    text_of,
    without_contacts,
)


@pytest.mark.parametrize(
    ("cell", "days", "unit"),
    [
        ("7(工作日)", 7, "working-day"),
        ("30（工作日）", 30, "working-day"),
        ("10(自然日)", 10, "calendar-day"),
        ("5个工作日", 5, "working-day"),
        ("15 天", 15, "calendar-day"),
        ("２０工作日", 20, "working-day"),
        ("3个月", 90, "calendar-day"),
        ("当场办结", 0, "working-day"),
        ("即办件", 0, "working-day"),
    ],
)
def test_limits_are_read_with_their_unit(cell: str, days: int, unit: str) -> None:
    assert parse_limit(cell) == ({"days": days, "unit": unit}, "")


@pytest.mark.parametrize("cell", ["无", "", None, "暂无", "-", "—", "  "])
def test_a_limit_that_is_not_published_stays_absent(cell: object) -> None:
    assert parse_limit(cell) == (None, "")


def test_a_limit_in_words_is_kept_and_flagged() -> None:
    assert parse_limit("视情况而定") == ({"note": "视情况而定"}, "limit-not-understood")


def test_a_bare_number_is_taken_as_working_days_and_flagged() -> None:
    assert parse_limit("8") == ({"days": 8, "unit": "working-day"}, "limit-without-unit")


@given(st.integers(0, 9999), st.sampled_from(["工作日", "自然日", "天"]))
def test_every_written_limit_reads_back(days: int, unit: str) -> None:
    limit, warning = parse_limit(f"{days}({unit})")
    assert limit is not None
    assert (limit["days"], warning) == (days, "")
    assert (limit["unit"] == "working-day") == (unit == "工作日")


@given(st.text(max_size=200))
def test_no_text_breaks_a_parser(text: str) -> None:
    limit, _warning = parse_limit(text)
    assert limit is None or set(limit) <= {"days", "unit", "note"}
    assert all(part == part.strip() and part for part in parse_list(text))
    assert parse_flag(text) in (True, False, None)
    assert parse_count(text) is None or parse_count(text) >= 0
    assert text_of(text_of(text)) == text_of(text)


def test_lists_lose_empty_entries_and_repeats() -> None:
    assert parse_list(["身份证", "无", " 身份证 ", "申请表"]) == ["身份证", "申请表"]
    assert parse_list("身份证；申请表\n照片") == ["身份证", "申请表", "照片"]
    assert parse_list("无") == []


def test_whole_numbers_of_a_spreadsheet_lose_their_decimal_part() -> None:
    assert text_of(7.0) == "7"
    assert parse_count(2.0) == 2


def test_nothing_is_published_by_saying_none() -> None:
    assert published("无") == ""
    assert published("无条件受理") == "无条件受理"


@pytest.mark.parametrize(
    "text",
    [
        "电话020-38356454转1咨询",
        "请拨13800138000",
        "（020）83133642",
        "0755-12345678",
        "+86 13912345678",
    ],
)
def test_telephone_numbers_in_texts_become_the_departments(text: str) -> None:
    assert "0600-5501000" in without_contacts(text, "0600-5501000")
    assert not any(number in without_contacts(text, "") for number in ("38356454", "38001380", "83133642", "12345678"))


def test_addresses_of_other_sites_are_dropped() -> None:
    assert without_contacts("见http://www.gdmoa.org/a?b=1。或a.b@c.gov.cn", "") == "见。或"


def test_numbers_of_laws_and_years_are_no_telephone_numbers() -> None:
    law = "《办法》（国务院令第412号，2016年修改）第十条"
    assert without_contacts(law, "0600") == law
