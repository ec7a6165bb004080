"""The right to act for an enterprise: its representative's by the register, an operator's by appointment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api.acting import HeldRight
from tongban.contexts.identity.api.enterprise_checks import force_of_row, refresh
from tongban.contexts.identity.domain.appointments import AppointmentState, Standing, standing_of
from tongban.contexts.identity.domain.enterprises import Force
from tongban.infra.authorisation import Acting
from tongban.kernel.clock import utc_now


class EnterpriseRights:
    """A right source of kind ``enterprise``. A reference is the id of the enterprise, or of the appointment."""

    def find_right(self, *, agent: UUID, reference: UUID) -> HeldRight | None:
        """The right in force now. The register is asked once a day; a week without its answer ends the right."""
        now = utc_now()
        enterprise = _represented(agent).filter(pk=reference).first()
        if enterprise is not None:
            return _representatives(enterprise, now, must_be_fresh=True)
        appointment = _appointed(agent).filter(pk=reference).first()
        return _operators(appointment, now, must_be_fresh=True) if appointment else None

    def list_rights(self, *, agent: UUID) -> tuple[HeldRight, ...]:
        """Every right in force now. The register is asked only where what is known has become too old to count."""
        now = utc_now()
        return tuple(right for right in _all(agent, now) if right is not None)


def _all(agent: UUID, now: datetime) -> Iterator[HeldRight | None]:
    for enterprise in _represented(agent).order_by("name", "id"):
        yield _representatives(enterprise, now)
    for appointment in _appointed(agent).order_by("enterprise__name", "id"):
        yield _operators(appointment, now)


def _represented(agent: UUID) -> QuerySet[models.Enterprise]:
    return models.Enterprise.objects.select_related("representative").filter(
        representative_id=agent, is_represented=True
    )


def _appointed(agent: UUID) -> QuerySet[models.OperatorAppointment]:
    return models.OperatorAppointment.objects.select_related("enterprise__representative", "person").filter(
        person_id=agent, state=AppointmentState.ACTIVE.value
    )


def _checked(row: models.Enterprise, now: datetime, must_be_fresh: bool) -> models.Enterprise | None:
    """The enterprise if it can be acted for."""
    if must_be_fresh or force_of_row(row, now) is Force.UNCHECKED:
        row = refresh(row, now)
    return row if force_of_row(row, now) is Force.IN_FORCE else None


def _representatives(enterprise: models.Enterprise, now: datetime, *, must_be_fresh: bool = False) -> HeldRight | None:
    person, row = enterprise.representative, _checked(enterprise, now, must_be_fresh)
    if row is None or row.representative_id != person.pk:
        return None
    return _right(row, person, row.pk, None, None)


def _operators(
    appointment: models.OperatorAppointment, now: datetime, *, must_be_fresh: bool = False
) -> HeldRight | None:
    until = appointment.valid_until
    standing = standing_of(AppointmentState(appointment.state), appointment.valid_from, until, now)
    person, row = appointment.person, None
    if standing is Standing.ACTIVE and person is not None:
        row = _checked(appointment.enterprise, now, must_be_fresh)
    if row is None or person is None:
        return None
    services = None if appointment.services is None else frozenset(appointment.services)
    return _right(row, person, appointment.pk, services, until)


def _right(
    row: models.Enterprise,
    agent: models.Person,
    reference: UUID,
    services: frozenset[str] | None,
    until: datetime | None,
) -> HeldRight:
    acting = Acting(
        kind="enterprise",
        reference=reference,
        agent_person_id=agent.pk,
        agent_name=agent.name,
        principal_name=row.name,
        services=services,
        enterprise_id=row.pk,
    )
    return HeldRight(acting, agent.pk, until)
