"""The city's time zone and the one place that reads the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """Now, aware, in UTC. Call it at edges only: rules take ``now`` as an argument."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The calendar date in the city at an aware moment. Raises: ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return moment.astimezone(CITY_ZONE).date()
