"""How a case is told: the conclusion first, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.cases.domain.limits import DEFAULT_DAYS, budgets
from tongban.contexts.cases.domain.states import CaseState, TaskState
from tongban.contexts.cases.domain.tellings import (
    CaseFacts,
    LaneFacts,
    conclusion,
    lane_days,
    lane_note,
    masked_name,
)
from tongban.engines.clock import Due, Unit
from tongban.kernel.errors import Text

TODAY = date(2026, 6, 12)
MARKET = Text(zh="市场监管局", en="Market Bureau")


def facts(state: CaseState, **changes: object) -> CaseFacts:
    known: dict[str, object] = {
        "state": state,
        "waiting_department": MARKET,
        "total": 3,
        "done": 1,
        "are_departments": True,
        "due": Due(date(2026, 6, 16), False),
        "used_days": 2,
        "late_days": 0,
    }
    return CaseFacts(**{**known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "zh"),
    [
        (facts(CaseState.RECEIVED), "已收件，等市场监管局受理"),
        (facts(CaseState.ACCEPTED), "3 个部门办完 1 个，预计 6 月 16 日前办好"),
        (facts(CaseState.ACCEPTED, are_departments=False), "3 步办完 1 步，预计 6 月 16 日前办好"),
        (facts(CaseState.ACCEPTED, total=1, done=0), "市场监管局正在办，预计 6 月 16 日前办好"),
        (
            facts(CaseState.ACCEPTED, due=Due(date(2027, 1, 5), True)),
            "3 个部门办完 1 个，预计 2027 年 1 月 5 日前办好（暂定）",
        ),
        (facts(CaseState.ACCEPTED, late_days=2), "3 个部门办完 1 个，比承诺晚了 2 天"),
        (facts(CaseState.SUPPLEMENT), "3 个部门办完 1 个，等你补材料"),
        (facts(CaseState.ACCEPTED, done=3), "部门都办完了，正在出结果，预计 6 月 16 日前办好"),
        (facts(CaseState.APPROVED), "办好了，用了 2 天"),
        (facts(CaseState.APPROVED, used_days=0), "当天办好"),
        (facts(CaseState.REJECTED), "没有批准"),
    ],
)
def test_the_conclusion_says_the_state(told: CaseFacts, zh: str) -> None:
    assert conclusion(told, TODAY).zh == zh


@pytest.mark.parametrize("state", list(CaseState))
def test_every_state_is_told_in_english_too(state: CaseState) -> None:
    english = conclusion(facts(state), TODAY).en
    assert english
    assert english.isascii()


def lane(state: TaskState | None, before: int = 0, used: int = 0, planned: int | None = 2) -> LaneFacts:
    return LaneFacts(MARKET, state, before, used, planned)


@pytest.mark.parametrize(
    ("drawn", "cells"),
    [
        (lane(TaskState.OPEN, 0, 3), "ffh--"),
        (lane(TaskState.APPROVED, 1, 2), "-ff--"),
        (lane(TaskState.SUPPLEMENT, 0, 1), "h----"),
        (lane(TaskState.CANCELLED, 0, 4), "-----"),
        (lane(None), "-----"),
    ],
)
def test_one_cell_is_one_working_day(drawn: LaneFacts, cells: str) -> None:
    assert "".join(lane_days(drawn)) == cells


@given(st.sampled_from([*TaskState, None]), st.integers(0, 400), st.integers(0, 400), st.none() | st.integers(0, 365))
def test_any_lane_is_drawn_in_whole_rows_and_told(
    state: TaskState | None, before: int, used: int, planned: int | None
) -> None:
    drawn = lane(state, before, used, planned)
    assert len(lane_days(drawn)) in {5, 10}
    assert lane_note(drawn).zh
    assert lane_note(drawn).en


@pytest.mark.parametrize(("name", "masked"), [("王小明", "王**"), ("李", "李*"), ("", "")])
def test_lists_show_a_family_name_and_stars(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("statutory", "promised", "expected"),
    [
        ({"days": 20, "unit": "working-day"}, {"days": 4, "unit": "working-day"}, (20, 4, Unit.WORKING_DAY)),
        (None, {"days": 4, "unit": "working-day"}, (4, 4, Unit.WORKING_DAY)),
        ({"days": 3, "unit": "calendar-day"}, None, (3, 3, Unit.CALENDAR_DAY)),
        (None, None, (DEFAULT_DAYS, DEFAULT_DAYS, Unit.WORKING_DAY)),
        ({"days": None, "note": "按规定"}, {"days": -1}, (DEFAULT_DAYS, DEFAULT_DAYS, Unit.WORKING_DAY)),
    ],
)
def test_a_limit_that_is_not_published_is_taken_from_the_other_or_the_law(
    statutory: object, promised: object, expected: tuple[int, int, Unit]
) -> None:
    found = budgets(statutory, promised)
    assert (found["statutory"][0], found["promised"][0], found["statutory"][1]) == expected
