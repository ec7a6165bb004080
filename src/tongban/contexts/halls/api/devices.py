"""Kiosks, window computers and screens: enrolled once by a code, known afterwards by a cookie."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.contexts.halls import models
from tongban.contexts.halls.domain import devices as rules
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.errors import Forbidden, NotFound, Text
from tongban.kernel.ids import new_token

DEVICE_COOKIE = "hall_device"
"""Name of the cookie that holds an enrolled machine's token."""


@dataclass(frozen=True, slots=True)
class Device:
    """A machine in a hall. ``place`` says hall and machine."""

    id: UUID
    hall: str
    code: str
    kind: str
    name: Text
    place: Text
    enrolled_at: datetime | None


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """A machine just enrolled, with the token that only its cookie holds."""

    device: Device
    token: str


class DeviceUnknown(NotFound):
    """The hall has no such machine."""

    code = "device-unknown"


class EnrolmentRefused(Forbidden):
    """The one-time code is wrong, used or too old."""

    code = "device-enrolment-refused"


@transaction.atomic
def offer_enrolment(*, hall: str, device: str, now: datetime, actor: Actor = SYSTEM) -> str:
    """A one-time code to type on a machine within a quarter of an hour; an earlier one is void. Raises: DeviceUnknown.

    A machine enrolled already stays so until the code is used.
    """
    code = rules.draw_code(secrets.choice)
    row = _get(hall, device)
    row.enrolment_hash, row.enrolment_expires_at = rules.digest_of(code), now + rules.CODE_LIFETIME
    row.save(update_fields=["enrolment_hash", "enrolment_expires_at"])
    audit.record(actor=actor, action="halls.device-enrolment-offered", subject=f"device:{row.pk}")
    return code


@transaction.atomic
def enrol_device(*, code: str, now: datetime) -> EnrolledDevice:
    """Make this browser the machine for which a code was offered; the code is used up, an older browser is it no more.

    Raises: EnrolmentRefused.
    """
    digest = rules.digest_of(rules.normalise_code(code))
    row = (
        models.Device.objects.select_for_update(of=("self",))
        .select_related("hall")
        .filter(enrolment_hash=digest, enrolment_expires_at__gt=now)
        .first()
    )
    if row is None:
        raise EnrolmentRefused(
            Text(zh="这个登记码不对，或者已经过期", en="This enrolment code is wrong or has expired"),
            remedy=Text(
                zh="请管理员再发一个，15 分钟内在这台机器上输入",
                en="Ask for a new one and type it on this machine within 15 minutes",
            ),
        )
    token = new_token()
    row.token_hash, row.enrolled_at = rules.digest_of(token), now
    row.enrolment_hash, row.enrolment_expires_at = "", None
    row.save(update_fields=["token_hash", "enrolled_at", "enrolment_hash", "enrolment_expires_at"])
    audit.record(actor=SYSTEM, action="halls.device-enrolled", subject=f"device:{row.pk}")
    return EnrolledDevice(_view(row), token)


@transaction.atomic
def retire_device(*, hall: str, device: str, actor: Actor = SYSTEM) -> None:
    """Let a machine be enrolled no longer, at once. Raises: DeviceUnknown."""
    row = _get(hall, device)
    row.token_hash, row.enrolled_at, row.enrolment_hash, row.enrolment_expires_at = "", None, "", None
    row.save()
    audit.record(actor=actor, action="halls.device-retired", subject=f"device:{row.pk}")


def find_device(token: str) -> Device | None:
    """The enrolled machine that holds a token, or ``None``."""
    if not token:
        return None
    row = models.Device.objects.select_related("hall").filter(token_hash=rules.digest_of(token)).first()
    return _view(row) if row else None


def list_devices(hall: str = "") -> tuple[Device, ...]:
    """The machines of a hall, or of all halls, in the pack's order."""
    rows = models.Device.objects.select_related("hall").order_by("hall__position", "code")
    return tuple(_view(row) for row in (rows.filter(hall_id=hall) if hall else rows))


def find_window_place(*, hall: str, window: str) -> Text | None:
    """Where a window is, said as people find it; ``None`` for one that the hall does not list."""
    row = models.Hall.objects.filter(code=hall).first()
    if row is None:
        return None
    for listed in row.facts.get("windows", ()):
        if listed["code"] == window:
            spot = Text(zh=f"{window} {listed['name']}", en=f"Window {window} ({listed['name_en']})")
            return rules.place_of(_hall_name(row), spot)
    return None


def put_devices(hall: models.Hall, listed: Iterable[rules.DeviceRow]) -> None:
    """Make a hall's machines those that the pack lists. One enrolled stays so; one no longer listed is gone."""
    codes = []
    for row in listed:
        codes.append(row.code)
        models.Device.objects.update_or_create(
            hall=hall, code=row.code, defaults={"kind": row.kind, "name": row.name, "name_en": row.name_en}
        )
    models.Device.objects.filter(hall=hall).exclude(code__in=codes).delete()


def _get(hall: str, code: str) -> models.Device:
    row = models.Device.objects.select_for_update(of=("self",)).filter(hall_id=hall, code=code).first()
    if row is None:
        raise DeviceUnknown(
            Text(zh=f"大厅“{hall}”没有登记机器“{code}”", en=f"The hall “{hall}” lists no machine “{code}”"),
            remedy=Text(
                zh="在城市包 halls.yaml 的 devices 里写上它，再装载一次",
                en="List it under devices in the pack's halls.yaml and load the pack again",
            ),
        )
    return row


def _view(row: models.Device) -> Device:
    name = Text(zh=row.name, en=row.name_en)
    place = rules.place_of(_hall_name(row.hall), name)
    return Device(row.pk, row.hall_id, row.code, row.kind, name, place, row.enrolled_at)


def _hall_name(row: models.Hall) -> Text:
    return Text(zh=str(row.facts["name"]), en=str(row.facts["name_en"]))
