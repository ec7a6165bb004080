"""The published calendar and the halls of the pack."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tongban.contexts.halls import api as halls

pytestmark = pytest.mark.django_db
PACK = Path(__file__).parents[3] / "packs/yunzhou"


def rows(*years: int) -> list[dict[str, Any]]:
    return [yaml.safe_load((PACK / "calendars" / f"{year}.yaml").read_text("utf-8")) for year in years]


def test_publishing_the_same_year_again_changes_nothing() -> None:
    assert halls.load_calendar(rows=rows(2025, 2026)) == 2
    assert halls.load_calendar(rows=rows(2025, 2026)) == 0


def test_the_calendar_in_force_is_made_of_every_published_year() -> None:
    halls.load_calendar(rows=rows(2025, 2026))
    calendar = halls.working_calendar()
    assert not calendar.is_working(date(2026, 2, 17))
    assert calendar.is_working(date(2026, 10, 10))
    assert calendar.is_provisional(date(2026, 12, 31), date(2027, 1, 2))
    assert calendar.working_days(date(2026, 1, 1), date(2027, 1, 1)) == 248


@pytest.mark.parametrize(
    "row",
    [
        {"year": "2026", "days_off": [{"date": "2026-01-01"}]},
        {"year": 2026, "days_off": []},
        {"year": 2026, "days_off": [{"date": "1 January"}]},
        {"year": 2026, "days_off": [{"date": "2025-01-01"}]},
        {"year": 2026, "days_off": [{"date": "2026-01-01"}], "makeup_days": [{"date": "2026-01-01"}]},
    ],
)
def test_a_malformed_calendar_is_refused_and_nothing_is_published(row: dict[str, Any]) -> None:
    with pytest.raises(halls.CalendarRefused):
        halls.load_calendar(rows=[*rows(2025), row])
    assert halls.working_calendar().years == frozenset()


def test_the_pack_lists_its_halls_in_both_languages() -> None:
    given = yaml.safe_load((PACK / "halls.yaml").read_text("utf-8"))["halls"]
    assert halls.load_halls(rows=given) == 4
    first = halls.list_halls()[0]
    assert first.name.en == "Yunzhou Service Centre (Lakeside)"
    assert any(window.name.zh == "综合窗口" for window in first.windows)


def test_a_hall_without_its_english_is_refused_by_its_code() -> None:
    with pytest.raises(halls.HallRefused, match="lakeside"):
        halls.load_halls(rows=[{"code": "lakeside", "name": "大厅"}])
