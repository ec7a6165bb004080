"""Rows of a city pack read into facts, or refused naming the row and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from tongban.engines.clock import PublishedYear
from tongban.kernel.errors import Invalid, Text


class CalendarRefused(Invalid):
    """A calendar cannot be published."""

    code = "calendar-refused"


class HallRefused(Invalid):
    """A hall of the pack cannot be loaded."""

    code = "hall-refused"


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day off or a make-up working day, and which festival it belongs to."""

    day: date
    name: str
    name_en: str


def read_year(row: Mapping[str, Any]) -> tuple[PublishedYear, tuple[NamedDay, ...]]:
    """A calendar file's year and its named days. Raises: CalendarRefused."""
    year = row.get("year")
    if not isinstance(year, int) or not 1990 <= year <= 2200:
        raise _calendar_refused("year", "年份要写成四位数字", "the year must be a four-digit number")
    named = {key: tuple(_named(day, key) for day in row.get(key) or ()) for key in ("days_off", "makeup_days")}
    if not named["days_off"]:
        raise _calendar_refused("days_off", f"{year} 年没有一个节假日", f"{year} has no day off at all")
    try:
        published = PublishedYear(
            year,
            frozenset(day.day for day in named["days_off"]),
            frozenset(day.day for day in named["makeup_days"]),
        )
    except ValueError as error:
        raise _calendar_refused(str(year), f"日期互相矛盾：{error}", str(error)) from error
    return published, named["days_off"] + named["makeup_days"]


WIDEST = {4: 8, 6: 32}
"""The widest network that a hall may have: a wider one would take half the world for the hall's own."""


def read_networks(row: Mapping[str, Any]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks behind which a hall's own devices stand. Raises: HallRefused naming the one that is none."""
    element, found = str(row.get("code", "")), []
    for text in row.get("networks") or ():
        try:
            network = ip_network(str(text))
        except ValueError as error:
            raise hall_refused(
                element, f"“{text}”不是网段", f"“{text}” is not a network (such as 192.0.2.0/24)"
            ) from error
        if network.prefixlen < WIDEST[network.version]:
            raise hall_refused(element, f"网段“{text}”太宽", f"the network “{text}” is too wide")
        found.append(network)
    return tuple(found)


def _named(row: object, key: str) -> NamedDay:
    if isinstance(row, Mapping):
        try:
            return NamedDay(
                date.fromisoformat(str(row.get("date"))), str(row.get("name", "")), str(row.get("name_en", ""))
            )
        except ValueError:
            pass
    raise _calendar_refused(key, f"“{row}”不是一个日期", f"“{row}” is not a date")


def _calendar_refused(element: str, zh: str, en: str) -> CalendarRefused:
    return CalendarRefused(
        Text(zh=f"工作日历不能发布：{element}，{zh}", en=f"The calendar cannot be published: {element}: {en}"),
        remedy=Text(zh='日期写成 {date: "2026-10-01", name: 国庆节}', en='Write days as {date: "2026-10-01", name: …}'),
        element=element,
    )


def hall_refused(element: str, zh: str, en: str) -> HallRefused:
    """The refusal of a hall row."""
    return HallRefused(
        Text(zh=f"大厅“{element}”不能加载：{zh}", en=f"Hall “{element}” cannot be loaded: {en}"),
        remedy=Text(zh="请改正 halls.yaml 里这一项", en="Correct this entry of halls.yaml"),
        element=element,
    )
