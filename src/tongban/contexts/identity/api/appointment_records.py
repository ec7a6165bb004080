"""Appointments of operators: how others see them, their errors, and what their doors share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api.enterprise_checks import force_of_row, locked_enterprise, refresh
from tongban.contexts.identity.api.enterprises import enterprise_unknown
from tongban.contexts.identity.domain.appointments import OPEN_STATES, AppointmentState, standing_of
from tongban.contexts.identity.domain.enterprises import Force
from tongban.contexts.notices import api as notices
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import local_date
from tongban.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Text

OPEN = [state.value for state in OPEN_STATES]


@dataclass(frozen=True, slots=True)
class Appointment:
    """An operator as the enterprise and they themselves see it. ``hint`` is the masked number that they were named by.

    ``services`` are codes, ``None`` for all; ``standing`` is a value of ``domain.appointments.Standing``.
    """

    id: UUID
    enterprise_id: UUID
    enterprise_name: str
    name: str
    hint: str
    role: str
    services: tuple[str, ...] | None
    valid_from: datetime
    valid_until: datetime
    standing: str
    appointed_by: str
    appointed_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_because: str

    @property
    def last_day(self) -> date:
        """The last day of the appointment."""
        return local_date(self.valid_until - timedelta(seconds=1))

    @property
    def is_open(self) -> bool:
        """Whether it can still be ended."""
        return self.standing in ("proposed", "active", "not-yet", "suspended")


class AppointmentInvalid(Invalid):
    """Something about an appointment cannot be right. ``field`` names it."""

    code = "appointment-invalid"


class AppointmentExists(Conflict):
    """The person is named already."""

    code = "appointment-exists"


class AppointmentUnknown(NotFound):
    """There is no such appointment, or it is not the person's."""

    code = "appointment-unknown"


class AppointmentSettled(Conflict):
    """The appointment is in a state in which this cannot be done any more."""

    code = "appointment-settled"


class AppointmentForbidden(Forbidden):
    """The person may not give or take back this role."""

    code = "appointment-forbidden"


class EnterpriseNotInForce(Conflict):
    """The enterprise cannot be acted for now."""

    code = "enterprise-not-in-force"


class TooManyAppointments(Forbidden):
    """More are named than an enterprise needs."""

    code = "too-many-appointments"
    status = 429


def appointment_rows() -> QuerySet[models.OperatorAppointment]:
    """Appointments with what their view needs."""
    return models.OperatorAppointment.objects.select_related("enterprise", "person", "appointed_by")


def person_of(actor: Actor) -> models.Person:
    """The actor's person. Raises: AppointmentUnknown for somebody without one."""
    rows = models.Person.objects.select_related("account")
    row = rows.filter(pk=actor.person_id).first() if actor.person_id else None
    if row is None:
        raise appointment_unknown()
    return row


def enterprise_in_force(enterprise_id: UUID, now: datetime) -> models.Enterprise:
    """The enterprise, locked, if it can be acted for. Raises: EnterpriseUnknown, EnterpriseNotInForce."""
    row = models.Enterprise.objects.select_related("representative").filter(pk=enterprise_id).first()
    if row is None:
        raise enterprise_unknown()
    refresh(row, now)
    row = locked_enterprise(enterprise_id)
    if force_of_row(row, now) is not Force.IN_FORCE:
        raise EnterpriseNotInForce(
            Text(zh="这个企业现在不能办事", en="This enterprise cannot be acted for now"),
            remedy=Text(
                zh="请法定代表人到“我的企业”看原因", en="Its legal representative sees the reason in “My enterprises”"
            ),
        )
    return row


def confirmed_phone_hash(person: models.Person) -> str:
    """The hash of a telephone number that the person has confirmed, or an empty text."""
    account = person.account
    return account.phone_hash if account is not None and account.is_phone_verified else ""


def tell(person_id: UUID | None, template: str, row: models.OperatorAppointment) -> None:
    """Tell somebody what became of an appointment."""
    if person_id is not None:
        notices.notify(
            person_id=person_id,
            template=template,
            values={"enterprise": row.enterprise.name},
            idempotency_key=f"{template}:{row.pk}",
            link="/my/enterprises/",
        )


def appointment_unknown() -> AppointmentUnknown:
    """The one answer for an appointment that is not there and for one that is not the person's."""
    return AppointmentUnknown(
        Text(zh="没有这项任命，或者不是给你的", en="There is no such appointment, or it is not yours"),
        remedy=Text(zh="请到“我的企业”查看", en="See “My enterprises”"),
    )


def appointment_forbidden() -> AppointmentForbidden:
    """The answer to somebody whose seat does not give the role."""
    return AppointmentForbidden(
        Text(zh="你不能任命或结束这个身份的人", en="You may not give or take back this role"),
        remedy=Text(zh="管理员由法定代表人任命", en="Administrators are appointed by the legal representative"),
    )


def appointment_view(row: models.OperatorAppointment, now: datetime) -> Appointment:
    """What other rooms may know of an appointment's row."""
    standing = standing_of(AppointmentState(row.state), row.valid_from, row.valid_until, now)
    return Appointment(
        id=row.pk,
        enterprise_id=row.enterprise_id,
        enterprise_name=row.enterprise.name,
        name=row.name,
        hint=row.hint,
        role=row.role,
        services=None if row.services is None else tuple(row.services),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        standing=standing.value,
        appointed_by=row.appointed_by.name,
        appointed_at=row.appointed_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        ended_because=row.ended_because,
    )
