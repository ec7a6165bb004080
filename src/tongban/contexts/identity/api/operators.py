"""Operators of enterprises: answering an appointment, keeping it, ending it, and seeing which there are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api.appointment_records import (
    OPEN,
    Appointment,
    AppointmentSettled,
    AppointmentUnknown,
    appointment_forbidden,
    appointment_rows,
    appointment_unknown,
    appointment_view,
    confirmed_phone_hash,
    enterprise_in_force,
    person_of,
    tell,
)
from tongban.contexts.identity.api.enterprise_checks import end_appointment_row, locked_enterprise
from tongban.contexts.identity.api.enterprises import enterprise_unknown, find_seat
from tongban.contexts.identity.domain.appointments import AppointmentState, Standing, Step, after, standing_of
from tongban.contexts.identity.domain.enterprise_roles import Permission, Seat, may_give, permits
from tongban.contexts.identity.models import EndedBecause
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text


def accept_appointment(*, appointment_id: UUID, actor: Actor) -> Appointment:
    """Take up an appointment made to the actor; one that they held in the same enterprise is replaced. A repeat
    changes nothing.

    Raises: AppointmentUnknown, AppointmentSettled, EnterpriseNotInForce.
    """
    now, person = utc_now(), person_of(actor)
    with transaction.atomic():
        row = _mine(appointment_id, person, lock=True)
        if row.state == AppointmentState.ACTIVE.value and row.person_id == person.pk:
            return appointment_view(row, now)
        enterprise_in_force(row.enterprise_id, now)
        _step(row, Step.ACCEPT, now)
        held = models.OperatorAppointment.objects.select_for_update().filter(
            enterprise_id=row.enterprise_id, person=person, state__in=OPEN
        )
        for earlier in held.exclude(pk=row.pk):
            end_appointment_row(earlier, EndedBecause.REPLACED, now, by=person)
        row.person, row.accepted_at = person, now
        row.save(update_fields=["state", "person", "accepted_at"])
        audit.record(actor=actor, action="identity.operator-accepted", subject=f"appointment:{row.pk}")
        tell(row.appointed_by_id, "operator-accepted", row)
    return appointment_view(row, now)


def decline_appointment(*, appointment_id: UUID, actor: Actor) -> Appointment:
    """Refuse an appointment made to the actor. A repeat changes nothing.

    Raises: AppointmentUnknown, AppointmentSettled.
    """
    now, person = utc_now(), person_of(actor)
    with transaction.atomic():
        row = _mine(appointment_id, person, lock=True)
        if row.state == AppointmentState.DECLINED.value:
            return appointment_view(row, now)
        _step(row, Step.DECLINE, now)
        row.ended_at, row.ended_by = now, person
        row.save(update_fields=["state", "ended_at", "ended_by"])
        audit.record(actor=actor, action="identity.operator-declined", subject=f"appointment:{row.pk}")
        tell(row.appointed_by_id, "operator-declined", row)
    return appointment_view(row, now)


def confirm_appointment(*, appointment_id: UUID, actor: Actor) -> Appointment:
    """A new legal representative keeps an operator of the former one.

    Raises: AppointmentUnknown, AppointmentForbidden, AppointmentSettled, EnterpriseNotInForce.
    """
    now = utc_now()
    with transaction.atomic():
        row, seat = _theirs(appointment_id, actor, now)
        if seat is not Seat.REPRESENTATIVE:
            raise appointment_forbidden()
        if row.state == AppointmentState.ACTIVE.value:
            return appointment_view(row, now)
        enterprise_in_force(row.enterprise_id, now)
        _step(row, Step.CONFIRM, now)
        row.appointed_by_id = person_of(actor).pk
        row.save(update_fields=["state", "appointed_by"])
        audit.record(actor=actor, action="identity.operator-confirmed", subject=f"appointment:{row.pk}")
        tell(row.person_id, "operator-confirmed", row)
    return appointment_view(row, now)


def end_appointment(*, appointment_id: UUID, actor: Actor) -> Appointment:
    """End an appointment at once: by the operator themselves, or by those who may give the role.

    A repeat changes nothing.

    Raises: AppointmentUnknown, AppointmentForbidden.
    """
    now = utc_now()
    with transaction.atomic():
        row, seat = _theirs(appointment_id, actor, now)
        is_own = row.person_id is not None and row.person_id == actor.person_id
        if not is_own and (seat is None or not may_give(seat, Seat(row.role))):
            raise appointment_forbidden()
        if after(AppointmentState(row.state), Step.END) is None:
            return appointment_view(row, now)
        because = EndedBecause.GIVEN_UP if is_own else EndedBecause.TAKEN_BACK
        end_appointment_row(row, because, now, by=person_of(actor))
        audit.record(
            actor=actor,
            action="identity.operator-ended",
            subject=f"appointment:{row.pk}",
            detail={"because": because.value},
        )
        if is_own:
            tell(row.enterprise.representative_id, "operator-resigned", row)
        else:
            tell(row.person_id, "operator-ended", row)
    return appointment_view(row, now)


def find_appointment(*, appointment_id: UUID, actor: Actor) -> tuple[Appointment, Seat | None] | None:
    """An appointment that is the actor's own, or of an enterprise in which they appoint; with their seat there."""
    now = utc_now()
    try:
        row, seat = _theirs(appointment_id, actor, now, lock=False)
    except AppointmentUnknown:
        return None
    return appointment_view(row, now), seat


def list_appointments(
    *, enterprise_id: UUID, actor: Actor, cursor: str | None = None, limit: int = 50
) -> Page[Appointment]:
    """An enterprise's appointments, the latest first, for those who appoint in it. Raises: EnterpriseUnknown."""
    now = utc_now()
    enterprise = models.Enterprise.objects.filter(pk=enterprise_id).first()
    seat = find_seat(enterprise, actor.person_id, now) if enterprise else None
    if seat is None or not permits(seat, Permission.APPOINT):
        raise enterprise_unknown()
    rows = appointment_rows().filter(enterprise_id=enterprise_id)
    if cursor:
        rows = rows.filter(pk__lt=UUID(str(decode_cursor(cursor, (str,))[0])))
    found = list(rows.order_by("-id")[: limit + 1])
    more = encode_cursor(str(found[limit - 1].pk)) if len(found) > limit else None
    return Page(tuple(appointment_view(row, now) for row in found[:limit]), more)


def list_held_appointments(person_id: UUID) -> tuple[Appointment, ...]:
    """What a person has accepted and what has not ended, by enterprise."""
    now = utc_now()
    rows = appointment_rows().filter(person_id=person_id, state__in=OPEN, valid_until__gt=now)
    return tuple(appointment_view(row, now) for row in rows.order_by("enterprise__name", "id"))


def list_invitations(person_id: UUID) -> tuple[Appointment, ...]:
    """Appointments that wait for a person's answer, the latest first."""
    now, person = utc_now(), models.Person.objects.select_related("account").filter(pk=person_id).first()
    if person is None:
        return ()
    proposed = appointment_rows().filter(state=AppointmentState.PROPOSED.value, valid_until__gt=now, name=person.name)
    found = {row.pk: row for row in proposed.filter(id_number_hash=person.id_number_hash)}
    if phone_hash := confirmed_phone_hash(person):
        found |= {row.pk: row for row in proposed.filter(phone_hash=phone_hash)}
    return tuple(appointment_view(row, now) for row in sorted(found.values(), key=lambda row: row.pk, reverse=True))


def _mine(appointment_id: UUID, person: models.Person, *, lock: bool) -> models.OperatorAppointment:
    """An appointment made to a person. The enterprise is locked first, as everybody does who changes both."""
    found = appointment_rows().filter(pk=appointment_id).first()
    if found is None or not _is_made_to(found, person):
        raise appointment_unknown()
    if lock:
        locked_enterprise(found.enterprise_id)
        found = appointment_rows().select_for_update(of=("self",)).get(pk=appointment_id)
    return found


def _is_made_to(row: models.OperatorAppointment, person: models.Person) -> bool:
    if row.person_id is not None:
        return row.person_id == person.pk
    if row.name != person.name:
        return False
    if row.id_number_hash:
        return row.id_number_hash == person.id_number_hash
    return row.phone_hash == confirmed_phone_hash(person)


def _theirs(
    appointment_id: UUID, actor: Actor, now: datetime, *, lock: bool = True
) -> tuple[models.OperatorAppointment, Seat | None]:
    """An appointment that somebody may end: their own, or one of an enterprise in which they appoint."""
    row = appointment_rows().filter(pk=appointment_id).first()
    if row is None:
        raise appointment_unknown()
    if lock:
        locked_enterprise(row.enterprise_id)
        row = appointment_rows().select_for_update(of=("self",)).get(pk=appointment_id)
    seat = find_seat(row.enterprise, actor.person_id, now)
    is_own = row.person_id is not None and row.person_id == actor.person_id
    if not is_own and (seat is None or not permits(seat, Permission.APPOINT)):
        raise appointment_unknown()
    return row, seat


def _step(row: models.OperatorAppointment, step: Step, now: datetime) -> None:
    """Move an appointment on. Raises: AppointmentSettled when its state or its time does not allow it."""
    state = AppointmentState(row.state)
    reached = after(state, step)
    if reached is None or standing_of(state, row.valid_from, row.valid_until, now) is Standing.EXPIRED:
        raise AppointmentSettled(
            Text(zh="这项任命已经结束或者处理过了", en="This appointment is over or was answered already"),
            remedy=Text(zh="请刷新“我的企业”看现在的情况", en="Reload “My enterprises” to see how it stands"),
        )
    row.state = reached.value
