"""Licences as other rooms see them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from tongban.contexts.identity import api as identity
from tongban.contexts.licences import models
from tongban.contexts.licences.api import types
from tongban.contexts.licences.domain.standing import Standing, standing_on
from tongban.infra.authorisation import Party
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import NotFound, Text
from tongban.runtime import settings
from tongban.runtime.files import FileStore


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence and what it is worth today."""

    id: UUID
    identifier: str
    type_code: str
    type_name: Text
    number: str
    version: int
    person_id: UUID
    holder_name: str
    issuer: str
    issuer_name: Text
    case_number: str
    service_code: str
    values: Mapping[str, str]
    issued_date: date
    valid_from: date
    valid_to: date | None
    issued_at: datetime
    standing: Standing


class LicenceUnknown(NotFound):
    """There is no such licence, or it is not the asker's."""

    code = "licence-unknown"


def get_licence(licence_id: UUID, *, party: Party | None = None) -> Licence:
    """A licence; with ``party`` only its holder's. Raises: LicenceUnknown."""
    row = _held_by(party).filter(id=licence_id).first()
    if row is None:
        raise LicenceUnknown(
            Text(zh="没有这份证照", en="There is no such licence"),
            remedy=Text(zh="请从“我的证照”打开", en="Open it from “My licences”"),
        )
    return licence_of(row)


def list_licences(party: Party, *, type_code: str | None = None) -> tuple[Licence, ...]:
    """A party's licences, newest first."""
    rows = _held_by(party).order_by("-issued_at")[:200]
    return licences_of([row for row in rows if type_code is None or row.type_code == type_code])


def list_for_case(case_number: str) -> tuple[Licence, ...]:
    """The licences that a case led to."""
    return licences_of(list(models.Licence.objects.filter(case_number=case_number).order_by("issued_at")))


def find_valid(party: Party, *, type_code: str) -> Licence | None:
    """The newest licence of a type that a party holds and that is valid today, or ``None``."""
    held = list_licences(party, type_code=type_code)
    return next((licence for licence in held if licence.standing == "valid"), None)


def pdf(licence_id: UUID, *, party: Party | None = None) -> bytes:
    """The signed file of a licence. Raises: LicenceUnknown."""
    licence = get_licence(licence_id, party=party)
    return store().get(models.Licence.objects.values_list("file_digest", flat=True).get(id=licence.id))


def _held_by(party: Party | None) -> QuerySet[models.Licence]:
    """Licences of a party; a right that covers some services only holds no licences by itself."""
    if party is None:
        return models.Licence.objects.all()
    if party.services is not None:
        return models.Licence.objects.none()
    return models.Licence.objects.filter(**party.lookup())


def store() -> FileStore:
    """Where the files of licences are kept."""
    current = settings.current()
    return FileStore(current.data_dir / "licences", base64.b64decode(current.secrets.field_key))


def licence_of(row: models.Licence) -> Licence:
    """A row as a licence."""
    return licences_of([row])[0]


def licences_of(rows: list[models.Licence]) -> tuple[Licence, ...]:
    """Rows as licences, with one look at the types and departments they name."""
    if not rows:
        return ()
    names = {licence_type.code: licence_type.name for licence_type in types.list_types()}
    departments = {row.code: Text(zh=row.name, en=row.name_en) for row in identity.list_organisations()}
    today = local_date(utc_now())
    return tuple(
        Licence(
            id=row.id,
            identifier=row.identifier,
            type_code=row.type_code,
            type_name=names.get(row.type_code, Text(zh=row.type_code, en=row.type_code)),
            number=row.number,
            version=row.version,
            person_id=row.person_id,
            holder_name=row.holder_name,
            issuer=row.issuer,
            issuer_name=departments.get(row.issuer, Text(zh=row.issuer, en=row.issuer)),
            case_number=row.case_number,
            service_code=row.service_code,
            values=json.loads(row.values),
            issued_date=row.issued_date,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            issued_at=row.issued_at,
            standing=standing_on(row.state, valid_from=row.valid_from, valid_to=row.valid_to, day=today),  # type: ignore[arg-type]  # the check constraint holds it to State
        )
        for row in rows
    )
