"""The door of halls: the working-day calendar in force, the halls and their machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Any

from django.db import transaction

from tongban.contexts.halls import models
from tongban.contexts.halls.api.devices import (
    DEVICE_COOKIE,
    Device,
    DeviceUnknown,
    EnrolledDevice,
    EnrolmentRefused,
    enrol_device,
    find_device,
    find_window_place,
    list_devices,
    offer_enrolment,
    put_devices,
    retire_device,
)
from tongban.contexts.halls.domain.devices import read_devices
from tongban.contexts.halls.domain.rows import CalendarRefused, HallRefused, hall_refused, read_networks, read_year
from tongban.contexts.halls.events import CalendarPublished
from tongban.engines.clock import PublishedYear, WorkingCalendar
from tongban.infra import outbox
from tongban.kernel import canonical_json
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

__all__ = [
    "DEVICE_COOKIE",
    "CalendarRefused",
    "Device",
    "DeviceUnknown",
    "EnrolledDevice",
    "EnrolmentRefused",
    "Hall",
    "HallRefused",
    "Window",
    "enrol_device",
    "find_device",
    "find_hall_by_address",
    "find_window_place",
    "list_devices",
    "list_halls",
    "load_calendar",
    "load_halls",
    "offer_enrolment",
    "retire_device",
    "working_calendar",
]

_HALL_FACTS = ("name", "district", "address", "hours", "transport")


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a hall."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall as people look for it."""

    code: str
    name: Text
    district: Text
    address: Text
    hours: Text
    transport: Text
    phone: str
    windows: tuple[Window, ...]


def working_calendar() -> WorkingCalendar:
    """The calendar made of every published year. One query."""
    return WorkingCalendar.of(_published(row.year, row.days) for row in models.CalendarYear.objects.order_by("year"))


@transaction.atomic
def load_calendar(*, rows: Iterable[Mapping[str, Any]]) -> int:
    """Publish years, each whole; a repeat changes nothing. Returns how many changed.

    Shape: rows of `{year, source, source_en, days_off: [{date, name, name_en}], makeup_days: […]}`.
    Raises: CalendarRefused; then nothing is published.
    """
    changed = 0
    for row in rows:
        published, _named = read_year(row)
        days = {
            "days_off": sorted(day.isoformat() for day in published.days_off),
            "makeup_days": sorted(day.isoformat() for day in published.makeup_days),
        }
        digest = canonical_json.digest(days)
        if models.CalendarYear.objects.filter(year=published.year, digest=digest).exists():
            continue
        models.CalendarYear.objects.update_or_create(
            year=published.year,
            defaults={
                "days": days,
                "source": str(row.get("source", "")),
                "source_en": str(row.get("source_en", "")),
                "digest": digest,
                "published_at": utc_now(),
            },
        )
        outbox.publish(CalendarPublished(published.year))
        changed += 1
    return changed


@transaction.atomic
def load_halls(*, rows: Iterable[Mapping[str, Any]]) -> int:
    """Put the pack's halls in its order; those it no longer names go. Returns how many. Raises: HallRefused."""
    codes: list[str] = []
    for position, row in enumerate(rows):
        code = str(row.get("code", ""))
        missing = [key for key in _HALL_FACTS for lang in ("", "_en") if not row.get(key + lang)]
        if not code or code in codes:
            raise hall_refused(code or str(position + 1), "编号空着或重复", "its code is empty or used twice")
        if missing:
            raise hall_refused(code, f"缺少 {'、'.join(missing)}（中文或英文）", f"{', '.join(missing)} is missing")
        read_networks(row)
        devices = read_devices(row)
        if devices is None:
            raise hall_refused(code, "devices 里有一台不完整或重复", "one of its devices is incomplete or listed twice")
        codes.append(code)
        hall, _ = models.Hall.objects.update_or_create(code=code, defaults={"position": position, "facts": dict(row)})
        put_devices(hall, devices)
    models.Hall.objects.exclude(code__in=codes).delete()
    return len(codes)


def list_halls() -> tuple[Hall, ...]:
    """All halls in the pack's order; a city has tens."""
    return tuple(_hall(row) for row in models.Hall.objects.order_by("position"))


def find_hall_by_address(address: str) -> str | None:
    """The code of the hall whose devices come from an address, or ``None``. One query.

    Halls stand behind few addresses (NAT): whoever limits by address asks here first.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    rows = models.Hall.objects.filter(facts__has_key="networks").order_by("position")
    for code, networks in rows.values_list("code", "facts__networks"):
        if any(found in network for network in read_networks({"code": code, "networks": networks})):
            return str(code)
    return None


def _published(year: int, days: Mapping[str, list[str]]) -> PublishedYear:
    return PublishedYear(
        year,
        frozenset(date.fromisoformat(day) for day in days["days_off"]),
        frozenset(date.fromisoformat(day) for day in days["makeup_days"]),
    )


def _hall(row: models.Hall) -> Hall:
    facts = row.facts

    def text(key: str) -> Text:
        return Text(zh=str(facts[key]), en=str(facts[f"{key}_en"]))

    windows = tuple(
        Window(str(window["code"]), Text(zh=str(window["name"]), en=str(window["name_en"])))
        for window in facts.get("windows", ())
    )
    return Hall(
        row.code,
        text("name"),
        text("district"),
        text("address"),
        text("hours"),
        text("transport"),
        str(facts.get("phone", "")),
        windows,
    )
