"""How templates become words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tongban.contexts.notices.api.templates import _shipped
from tongban.contexts.notices.domain.wording import Wording, WordingInvalid, check_wording, fill, spoken, wait_before
from tongban.kernel.errors import Text

GREETING = Wording("x", Text(zh="{service}：办好了", en="{service}: done"), Text(zh="到 {day}", en="Until {day}"))


def test_each_language_says_values_its_own_way() -> None:
    title, body = fill(GREETING, {"service": Text(zh="社保", en="Insurance"), "day": date(2026, 6, 14)})
    assert (title.zh, title.en) == ("社保：办好了", "Insurance: done")
    assert (body.zh, body.en) == ("到 2026 年 6 月 14 日", "Until 14 June 2026")


def test_moments_are_told_in_the_citys_time() -> None:
    assert spoken(datetime(2026, 6, 13, 18, 5, tzinfo=UTC), "zh-hans") == "2026 年 6 月 14 日 02:05"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(WordingInvalid, match="day"):
        fill(GREETING, {"service": "x"})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("号码 990102199105140236。", "号码 990***********0236。"),
        ("请打13900001234", "请打139****1234"),
        ("0600-5501000", "0600-5501000"),
        ("123456789012345678", "123456789012345678"),
    ],
)
def test_identity_and_mobile_numbers_are_masked(value: str, shown: str) -> None:
    assert fill(GREETING, {"service": value, "day": 1})[0].zh == f"{shown}：办好了"


def test_a_case_number_is_no_personal_number() -> None:
    number = "11990000YX001117XK3992105009000202606140001"
    assert number in fill(GREETING, {"service": number, "day": 1})[0].zh


def test_values_cannot_bring_places_or_control_characters() -> None:
    title, _ = fill(GREETING, {"service": "{day}\x00‮evil", "day": "x"})
    assert title.zh == "{day} evil：办好了"


def test_languages_that_differ_are_refused() -> None:
    with pytest.raises(WordingInvalid, match="only_en"):
        check_wording(Wording("x", Text(zh="a", en="{only_en}"), Text(zh="b", en="b")))


def test_every_shipped_wording_is_whole() -> None:
    for wording in _shipped().values():
        check_wording(wording)
    assert {"application-received", "supplement-requested", "licence-issued", "source-failed"} <= set(_shipped())


def test_waits_grow_and_end() -> None:
    waits = [wait_before(attempt) for attempt in range(1, 7)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert known[0] == timedelta(minutes=1)
    assert waits[-1] is None
