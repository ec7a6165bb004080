"""What the market register says of an enterprise, kept up to date, and what follows when it says something else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.domain.appointments import OPEN_STATES, AppointmentState, Step, after
from tongban.contexts.identity.domain.enterprises import Force, force_of, is_check_due, is_in_business
from tongban.contexts.identity.models import EndedBecause
from tongban.contexts.identity.ports import RegisteredEnterprise, enterprise_register
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM
from tongban.kernel.errors import Unavailable


def force_of_row(row: models.Enterprise, now: datetime) -> Force:
    """Whether an enterprise can be acted for now, by what is known here."""
    return force_of(status=row.status, is_represented=row.is_represented, checked_at=row.checked_at, now=now)


def refresh(row: models.Enterprise, now: datetime) -> models.Enterprise:
    """The row as it stands after asking the register again, if that is due.

    A register that does not answer changes nothing but the time of the attempt: what is known stays good for a week.
    """
    if not row.is_represented or not is_check_due(checked_at=row.checked_at, tried_at=row.tried_at, now=now):
        return row
    try:
        found = enterprise_register().find(credit_code=row.credit_code, id_number=str(row.representative.id_number))
    except Unavailable:
        models.Enterprise.objects.filter(pk=row.pk).update(tried_at=now)
        row.tried_at = now
        return row
    with transaction.atomic():
        locked = locked_enterprise(row.pk)
        if locked.representative_id == row.representative_id and locked.checked_at <= now:
            note_answer(locked, found, now)
    return locked


def locked_enterprise(enterprise_id: UUID) -> models.Enterprise:
    """The row, locked until the transaction ends: whoever changes appointments holds it."""
    return (
        models.Enterprise.objects.select_for_update(of=("self",)).select_related("representative").get(pk=enterprise_id)
    )


def note_answer(row: models.Enterprise, found: RegisteredEnterprise | None, now: datetime) -> None:
    """Write down what the register answered about a locked enterprise and its representative."""
    row.checked_at = row.tried_at = now
    if found is None:
        lose_representative(row, now)
    else:
        row.name, row.representative_name = found.name[:120], found.legal_representative[:100]
        row.kind, row.status, row.address = found.kind[:60], found.status[:40], found.address[:200]
        if not is_in_business(found.status):
            end_all(row, EndedBecause.OUT_OF_BUSINESS, now)
    row.save()


def lose_representative(row: models.Enterprise, now: datetime) -> None:
    """The register names somebody else: the representative's right is gone, what they gave waits for the next one."""
    if not row.is_represented:
        return
    row.is_represented = False
    audit.record(actor=SYSTEM, action="identity.representative-lost", subject=f"enterprise:{row.pk}")
    notices.notify(
        person_id=row.representative_id,
        template="enterprise-representative-changed",
        values={"enterprise": row.name},
        idempotency_key=f"representative-changed:{row.pk}:{now.isoformat()}",
        link="/my/enterprises/",
    )
    suspend_all(row, now)


def suspend_all(row: models.Enterprise, now: datetime) -> None:
    """Suspend what a former representative gave; proposals that nobody accepted are over."""
    for appointment in _open_appointments(row):
        if after(AppointmentState(appointment.state), Step.SUSPEND) is None:
            if appointment.state == AppointmentState.PROPOSED.value:
                end_appointment_row(appointment, EndedBecause.REPRESENTATIVE_CHANGED, now)
            continue
        appointment.state = AppointmentState.SUSPENDED.value
        appointment.save(update_fields=["state"])
        audit.record(actor=SYSTEM, action="identity.operator-suspended", subject=f"appointment:{appointment.pk}")
        _tell_operator(appointment, row, "operator-suspended", now)


def end_all(row: models.Enterprise, because: EndedBecause, now: datetime) -> None:
    """End every appointment of an enterprise."""
    for appointment in _open_appointments(row):
        end_appointment_row(appointment, because, now)
        audit.record(
            actor=SYSTEM,
            action="identity.operator-ended",
            subject=f"appointment:{appointment.pk}",
            detail={"because": because.value},
        )
        _tell_operator(appointment, row, "operator-ended", now)


def end_appointment_row(
    row: models.OperatorAppointment, because: EndedBecause, now: datetime, *, by: models.Person | None = None
) -> None:
    """Close an open appointment."""
    row.state, row.ended_at, row.ended_by, row.ended_because = AppointmentState.ENDED.value, now, by, because.value
    row.save(update_fields=["state", "ended_at", "ended_by", "ended_because"])


def _open_appointments(row: models.Enterprise) -> list[models.OperatorAppointment]:
    states = [state.value for state in OPEN_STATES]
    return list(models.OperatorAppointment.objects.select_for_update().filter(enterprise=row, state__in=states))


def _tell_operator(
    appointment: models.OperatorAppointment, row: models.Enterprise, template: str, now: datetime
) -> None:
    if appointment.person_id is not None:
        notices.notify(
            person_id=appointment.person_id,
            template=template,
            values={"enterprise": row.name},
            idempotency_key=f"{template}:{appointment.pk}:{now.isoformat()}",
            link="/my/enterprises/",
        )
