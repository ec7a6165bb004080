"""Pairwise subjects: what one sector knows a person by, and no other sector."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from tongban.contexts.identity import models
from tongban.kernel.ids import new_token

_REMEMBERED = 20_000
_remembered: dict[tuple[str, UUID], str] = {}


def subject_of_account(sector: str, account_id: UUID, person_id: UUID | None) -> str:
    """The subject of somebody who signs in. A real name proven since the last time changes nothing.

    It is remembered in the process: once committed it never changes.
    """
    known = _remembered.get((sector, account_id))
    if known is None:
        known = _found_or_drawn(sector, account_id, person_id)
        transaction.on_commit(lambda: _remember(sector, account_id, known))
    return known


def _remember(sector: str, account_id: UUID, subject: str) -> None:
    if len(_remembered) >= _REMEMBERED:
        _remembered.clear()
    _remembered[sector, account_id] = subject


def _found_or_drawn(sector: str, account_id: UUID, person_id: UUID | None) -> str:
    rows = models.PairwiseSubject.objects.filter(sector=sector)
    found = rows.filter(account_id=account_id).values_list("subject", flat=True).first()
    if found is not None:
        return found
    if person_id is not None:
        # Known so far only as somebody others acted for: the site keeps the person it knows.
        claimed = rows.filter(person_id=person_id, account__isnull=True)
        found = claimed.values_list("subject", flat=True).first()
        if found is not None:
            claimed.update(account_id=account_id)
            return found
    return _drawn(sector, account_id=account_id)


def subject_of_person(sector: str, person_id: UUID) -> str:
    """The subject of somebody for whom another acts: that of their own account if they have one."""
    account_id = models.Person.objects.filter(pk=person_id).values_list("account_id", flat=True).first()
    if account_id is not None:
        return subject_of_account(sector, account_id, person_id)
    found = models.PairwiseSubject.objects.filter(sector=sector, person_id=person_id)
    return found.values_list("subject", flat=True).first() or _drawn(sector, person_id=person_id)


def _drawn(sector: str, *, account_id: UUID | None = None, person_id: UUID | None = None) -> str:
    """Draw one, unless somebody else just did."""
    drawn = models.PairwiseSubject(subject=new_token(24), sector=sector, account_id=account_id, person_id=person_id)
    models.PairwiseSubject.objects.bulk_create([drawn], ignore_conflicts=True)
    rows = models.PairwiseSubject.objects.filter(sector=sector)
    own = rows.filter(account_id=account_id) if account_id else rows.filter(person_id=str(person_id))
    return own.values_list("subject", flat=True).get()
