"""Naming an operator. The answer never tells whether they have an account: the appointment waits for whoever proves to
have that number, or that confirmed telephone, and that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api import documents, persons
from tongban.contexts.identity.api.appointment_records import (
    OPEN,
    Appointment,
    AppointmentExists,
    AppointmentInvalid,
    TooManyAppointments,
    appointment_forbidden,
    appointment_rows,
    appointment_view,
    enterprise_in_force,
    person_of,
    tell,
)
from tongban.contexts.identity.api.enterprise_checks import end_appointment_row
from tongban.contexts.identity.api.enterprises import enterprise_unknown, find_seat
from tongban.contexts.identity.domain import contact
from tongban.contexts.identity.domain.appointments import AppointmentState, end_of, latest_last_day
from tongban.contexts.identity.domain.enterprise_roles import OPERATOR_ROLES, Seat, may_give
from tongban.contexts.identity.events import OperatorProposed
from tongban.contexts.identity.models import EndedBecause
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Actor
from tongban.kernel import resident_id
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Text

MOST_OPEN, MOST_A_DAY, MOST_SERVICES = 100, 20, 100


def appoint_operator(
    *,
    enterprise_id: UUID,
    name: str,
    role: str,
    services: Sequence[str] | None,
    last_day: date,
    actor: Actor,
    id_number: str = "",
    phone: str = "",
) -> Appointment:
    """Name somebody by identity number or mobile number; they act once they have accepted.

    Raises: PersonInvalid and AppointmentInvalid naming the field; EnterpriseUnknown; EnterpriseNotInForce;
    AppointmentForbidden; AppointmentExists; TooManyAppointments.
    """
    now, wanted = utc_now(), _checked_role(role)
    named = _named(name, id_number, phone)
    scope, until = _checked_services(services), end_of(_checked_last_day(last_day, now))
    with transaction.atomic():
        known = models.Enterprise.objects.filter(pk=enterprise_id).first()
        seat = find_seat(known, actor.person_id, now) if known else None
        if seat is None:
            raise enterprise_unknown()
        if not may_give(seat, wanted):
            raise appointment_forbidden()
        enterprise = enterprise_in_force(enterprise_id, now)
        by = person_of(actor)
        _refuse_themselves(enterprise, by, named)
        _make_room(enterprise, named, now)
        row = models.OperatorAppointment.objects.create(
            enterprise=enterprise, role=wanted.value, services=scope, valid_from=now, valid_until=until,
            state=AppointmentState.PROPOSED.value, appointed_by=by, appointed_at=now, **named,
        )  # fmt: skip
        audit.record(
            actor=actor,
            action="identity.operator-proposed",
            subject=f"enterprise:{enterprise.pk}",
            detail={"appointment": str(row.pk), "role": wanted.value},
        )
        outbox.publish(OperatorProposed(str(row.pk)))
    return appointment_view(row, now)


def tell_appointee(appointment_id: UUID) -> None:
    """Tell whoever was named, if they are known here. Runs after the naming, which therefore takes the same time."""
    row = appointment_rows().filter(pk=appointment_id, state=AppointmentState.PROPOSED.value).first()
    if row is None:
        return
    known = models.Person.objects.exclude(account=None).filter(name=row.name)
    if row.id_number_hash:
        person = known.filter(id_number_hash=row.id_number_hash).first()
    else:
        person = known.filter(account__phone_hash=row.phone_hash, account__is_phone_verified=True).first()
    if person is not None:
        tell(person.pk, "operator-proposed", row)


def _named(name: str, id_number: str, phone: str) -> dict[str, str]:
    """The columns by which an appointee is found. Raises: PersonInvalid, AppointmentInvalid."""
    name = persons.checked_name(name)
    if bool(id_number.strip()) == bool(phone.strip()):
        raise AppointmentInvalid(
            Text(zh="身份证号和手机号填一个", en="Give the ID number or the mobile number, one of them"),
            remedy=Text(zh="有身份证号就填身份证号", en="Prefer the ID number"),
            field="id_number",
        )
    if id_number.strip():
        number = documents.checked_id_number(id_number)
        return {"name": name, "hint": resident_id.mask(number), "id_number_hash": models.id_number_hash_of(number)}
    mobile = persons.checked_phone(phone)
    return {"name": name, "hint": contact.mask_phone(mobile), "phone_hash": models.phone_hash_of(mobile)}


def _checked_role(role: str) -> Seat:
    found = next((known for known in OPERATOR_ROLES if known.value == role), None)
    if found is None:
        raise AppointmentInvalid(
            Text(zh="没有这样的身份", en="There is no such role"),
            remedy=Text(zh="请选管理员或经办人", en="Choose administrator or operator"),
            field="role",
        )
    return found


def _checked_services(services: Sequence[str] | None) -> list[str] | None:
    if services is None:
        return None
    codes = list(dict.fromkeys(code.strip() for code in services if code.strip()))
    if not codes or len(codes) > MOST_SERVICES or any(len(code) > 64 for code in codes):
        raise AppointmentInvalid(
            Text(zh=f"请选 1 到 {MOST_SERVICES} 项服务，或选全部", en=f"Choose 1 to {MOST_SERVICES} services, or all"),
            remedy=Text(zh="搜服务名称，勾选后再提交", en="Search by name, tick, then submit"),
            field="services",
        )
    return codes


def _checked_last_day(last_day: date, now: datetime) -> date:
    latest = latest_last_day(now)
    if not local_date(now) <= last_day <= latest:
        raise AppointmentInvalid(
            Text(
                zh=f"到期日要在今天和 {latest.year} 年 {latest.month} 月 {latest.day} 日之间，最长 3 年",
                en=f"The last day lies between today and {latest.isoformat()}: three years at most",
            ),
            remedy=Text(zh="请改到期日", en="Change the last day"),
            field="last_day",
        )
    return last_day


def _refuse_themselves(enterprise: models.Enterprise, by: models.Person, named: dict[str, str]) -> None:
    own = {models.id_number_hash_of(str(by.id_number)), enterprise.representative.id_number_hash}
    if named.get("id_number_hash") in own:
        raise AppointmentInvalid(
            Text(
                zh="法定代表人和任命人自己不用任命", en="Neither the representative nor you yourself need be appointed"
            ),
            remedy=Text(zh="请填要任命的人", en="Name the person whom you want to appoint"),
            field="id_number",
        )


def _make_room(enterprise: models.Enterprise, named: dict[str, str], now: datetime) -> None:
    """Close what has run out; refuse somebody named twice, and too many. Raises: AppointmentExists, ...

    The enterprise is locked, so that two simultaneous namings follow each other.
    """
    rows = enterprise.appointments.filter(state__in=OPEN)
    for expired in rows.filter(valid_until__lte=now):
        end_appointment_row(expired, EndedBecause.EXPIRED, now)
    key = "id_number_hash" if named.get("id_number_hash") else "phone_hash"
    if rows.filter(**{key: named[key]}).exists():
        raise AppointmentExists(
            Text(zh="这个人已经任命过，还没有结束", en="This person is appointed already"),
            remedy=Text(zh="要改身份、范围或期限，先结束原来的任命", en="To change it, end that appointment first"),
            field="id_number" if key == "id_number_hash" else "phone",
        )
    today = enterprise.appointments.filter(appointed_at__gt=now - timedelta(hours=24)).count()
    if today >= MOST_A_DAY or rows.count() >= MOST_OPEN:
        raise TooManyAppointments(
            Text(
                zh=f"一个企业一天最多任命 {MOST_A_DAY} 人，同时最多 {MOST_OPEN} 人",
                en=f"An enterprise names at most {MOST_A_DAY} persons a day, and has at most {MOST_OPEN}",
            ),
            remedy=Text(zh="请明天再试，或先结束不用的任命", en="Try tomorrow, or end what is not needed"),
        )
