"""The time limits of a service version as the budgets of a case's clocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.engines.clock import Unit

DEFAULT_DAYS = 20
"""Working days, where an item publishes no limit. Source: 行政许可法 §42, twenty days."""


def read_limit(limit: object) -> tuple[int, Unit] | None:
    """One limit as published, or None where nothing usable is. Shape: `{days, unit: working-day | calendar-day}`."""
    if isinstance(limit, Mapping):
        days, unit = limit.get("days"), limit.get("unit")
    else:
        days, unit = getattr(limit, "days", None), getattr(limit, "unit", None)
    if not isinstance(days, int) or isinstance(days, bool) or days < 0:
        return None
    known = str(unit).replace("_", "-")
    return days, Unit(known) if known in set(Unit) else Unit.WORKING_DAY


def budgets(statutory: Any, promised: Any) -> dict[str, tuple[int, Unit]]:
    """The budgets of both clocks. What is not published is taken from the other, and from the law at last."""
    by_law, by_promise = read_limit(statutory), read_limit(promised)
    fallback = (DEFAULT_DAYS, Unit.WORKING_DAY)
    return {"statutory": by_law or by_promise or fallback, "promised": by_promise or by_law or fallback}
