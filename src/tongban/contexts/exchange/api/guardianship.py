"""Whether the registers name somebody as another person's parent or guardian."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tongban.contexts.exchange.api.purposes import open_purpose
from tongban.contexts.exchange.api.reads import Read, ReadFailure, Reading, fetch_many
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

GUARDIANSHIP_PURPOSE = "guardianship-check"
_PARENTAGE, _APPOINTMENT = "police.parentage", "civil-affairs.guardianship"
_FIELDS = {_PARENTAGE: ("relation",), _APPOINTMENT: ("ground",)}


@dataclass(frozen=True, slots=True)
class GuardianshipRecord:
    """What one register holds of two persons, or that it did not answer."""

    register: Literal["household", "guardians"]
    is_answered: bool
    is_held: bool
    source: str = ""
    record_version: str = ""
    observed_at: datetime | None = None


def check_guardianship(
    *, guardian_id_number: str, ward_name: str, ward_id_number: str
) -> tuple[GuardianshipRecord, GuardianshipRecord]:
    """Ask the household register for a parent, and civil affairs for an appointed guardian, both at once.

    It asks under the standing purpose of guardianship checks, opened for the ward, whose data is read, and over in ten
    minutes. A register that is down or too slow is an answer of its own, never an error.
    """
    purpose = open_purpose(
        kind="standing",
        reference=GUARDIANSHIP_PURPOSE,
        service_code=None,
        subject_id_number=ward_id_number,
        reads=list(_FIELDS.items()),
        now=utc_now(),
        title=Text(zh="监护关系核验", en="Check of a guardianship"),
    )
    parameters = {"id_number": ward_id_number, "name": ward_name, "guardian_id_number": guardian_id_number}
    outcomes = fetch_many(
        ticket=purpose.ticket, reads=[Read(resource, parameters, fields) for resource, fields in _FIELDS.items()]
    )
    household, guardians = outcomes
    return _record("household", household), _record("guardians", guardians)


def _record(register: Literal["household", "guardians"], outcome: Reading | ReadFailure) -> GuardianshipRecord:
    if isinstance(outcome, ReadFailure):
        return GuardianshipRecord(register, is_answered=outcome.code == "not-found", is_held=False)
    return GuardianshipRecord(
        register,
        is_answered=True,
        is_held=True,
        source=outcome.source,
        record_version=outcome.record_versions[0] or "",
        observed_at=outcome.observed_at[0],
    )
