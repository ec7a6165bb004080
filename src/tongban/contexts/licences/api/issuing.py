"""Issuing licences and changing what they are worth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from tongban.contexts.identity import api as identity
from tongban.contexts.licences import events, models
from tongban.contexts.licences.adapters import keys, page
from tongban.contexts.licences.api import reading, types
from tongban.contexts.licences.api.verification import address_of
from tongban.contexts.licences.domain import identifiers
from tongban.contexts.licences.domain.standing import State, end_of_validity, may_become
from tongban.infra import audit, outbox
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Conflict, Invalid, Text
from tongban.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose licence it is: a person's, or an enterprise's for which the person applied.

    ``code`` is the identity number or the unified credit code, ``code_type`` the official code of what it belongs to.
    """

    person_id: UUID
    name: str
    code: str
    code_type: str = "111"
    enterprise_id: UUID | None = None


class LicenceIncomplete(Invalid):
    """A field that the type requires has no value."""

    code = "licence-incomplete"


class LicenceChangeRefused(Conflict):
    """The licence cannot take this state."""

    code = "licence-change-refused"


@transaction.atomic
def issue(
    *,
    type_code: str,
    holder: Holder,
    case_number: str,
    service_code: str,
    values: Mapping[str, str],
    issuer: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor: Actor = SYSTEM,
) -> reading.Licence:
    """Issue the licence of a type that a case has led to: page, signature, record and event in one.

    A repeat for the same case and type returns the licence already issued. Raises: LicenceTypeUnknown,
    LicenceIncomplete, OrganisationUnknown.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"{case_number}\x1f{type_code}"])
    known = models.Licence.objects.filter(case_number=case_number, type_code=type_code).first()
    if known is not None:
        return reading.licence_of(known)
    licence_type = types.get_type(type_code)
    _require_complete(licence_type, values)
    row = _record(licence_type, holder, case_number, service_code, values, issuer, valid_from, valid_to)
    row.file_digest = reading.store().put(_signed_page(row, licence_type, values))
    row.save(force_insert=True)
    outbox.publish(events.LicenceIssued(row.id, row.type_code, row.person_id, row.case_number))
    audit.record(actor=actor, action="licences.issue", subject=f"licence:{row.id}", detail={"case": case_number})
    return reading.licence_of(row)


@transaction.atomic
def change_state(*, licence_id: UUID, state: State, reason: str, actor: Actor) -> reading.Licence:
    """Suspend, restore or revoke a licence, with the reason. Raises: LicenceUnknown, LicenceChangeRefused."""
    row = models.Licence.objects.select_for_update().filter(id=licence_id).first()
    if row is None:
        return reading.get_licence(licence_id)
    if not may_become(row.state, state) or not reason.strip():  # type: ignore[arg-type]  # held by the check constraint
        raise LicenceChangeRefused(
            Text(zh="这份证照不能这样变更", en="This licence cannot be changed in this way"),
            remedy=Text(zh="写明原因；已吊销的证照不能恢复", en="Give the reason; a revoked licence stays revoked"),
            state=row.state,
        )
    row.state, row.state_reason = state, reason.strip()
    row.save(update_fields=["state", "state_reason"])
    outbox.publish(events.LicenceStateChanged(row.id, state))
    audit.record(actor=actor, action=f"licences.{state}", subject=f"licence:{row.id}", detail={"reason": reason})
    return reading.licence_of(row)


def _require_complete(licence_type: types.LicenceType, values: Mapping[str, str]) -> None:
    missing = [field for field in licence_type.fields if field.is_required and not values.get(field.name, "").strip()]
    if missing:
        raise LicenceIncomplete(
            Text(
                zh=f"《{licence_type.name.zh}》还缺：{'、'.join(field.label.zh for field in missing)}",
                en=f"“{licence_type.name.en}” lacks: {', '.join(field.label.en for field in missing)}",
            ),
            remedy=Text(zh="请在事项表单里补上这些字段", en="Add these fields to the service's form"),
            fields=",".join(field.name for field in missing),
        )


def _record(
    licence_type: types.LicenceType,
    holder: Holder,
    case_number: str,
    service_code: str,
    values: Mapping[str, str],
    issuer: str | None,
    valid_from: date | None,
    valid_to: date | None,
) -> models.Licence:
    now = utc_now()
    today = local_date(now)
    starts = valid_from or today
    organisation = identity.get_organisation(issuer or licence_type.issuer)
    serial = _next_serial(licence_type.code)
    return models.Licence(
        id=new_id(),
        identifier=identifiers.make_identifier(
            type_code=licence_type.type_code, issuer_code=organisation.credit_code, serial=f"{serial:09d}", version=1
        ),
        type_code=licence_type.code,
        number=identifiers.make_number(
            licence_type.number_pattern, issued=today, serial=serial, division=organisation.credit_code[2:8]
        ),
        person_id=holder.person_id,
        enterprise_id=holder.enterprise_id,
        holder_name=holder.name,
        holder_code=holder.code,
        holder_code_type=holder.code_type,
        issuer=organisation.code,
        case_number=case_number,
        service_code=service_code,
        values=json.dumps(dict(values), ensure_ascii=False),
        issued_date=today,
        valid_from=starts,
        valid_to=valid_to or end_of_validity(starts, licence_type.years),
        issued_at=now,
    )


def _next_serial(type_code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO licences_serial (type_code, last) VALUES (%s, 1) "
            "ON CONFLICT (type_code) DO UPDATE SET last = licences_serial.last + 1 RETURNING last",
            [type_code],
        )
        (last,) = cursor.fetchone()
    return int(last)


def _signed_page(row: models.Licence, licence_type: types.LicenceType, values: Mapping[str, str]) -> bytes:
    organisation = identity.get_organisation(row.issuer)
    root, signer = keys.root(), keys.signer_of(row.issuer, organisation.name, organisation.credit_code)
    from tongban.contexts.licences.adapters import signatures  # heavy: loaded at the first signature, not at each start

    return signatures.sign(
        page.draw(_sheet(row, licence_type, values, organisation.name)), signer, root, "签发电子证照"
    )


def _sheet(
    row: models.Licence, licence_type: types.LicenceType, values: Mapping[str, str], issuer_name: str
) -> page.Sheet:
    labels = {field.name: field.label.zh for field in licence_type.fields}
    ends = f"{row.valid_to:%Y年%m月%d日}" if row.valid_to else "长期"
    facts = [("证照编号", row.number), ("有效期", f"{row.valid_from:%Y年%m月%d日} 至 {ends}")]
    return page.Sheet(
        title=licence_type.title,
        subtitle=licence_type.subtitle,
        identifier=row.identifier,
        rows=[facts, *[[(labels[name], str(values.get(name, ""))) for name in names] for names in licence_type.rows]],
        statement=licence_type.statement,
        issuer=issuer_name,
        issued_on=f"{row.issued_date:%Y年%m月%d日}",
        seal=licence_type.seal,
        qr_address=address_of(row.id),
        is_landscape=licence_type.is_landscape,
        metadata={
            "title": f"{licence_type.name.zh} {row.number}",
            "author": issuer_name,
            "subject": licence_type.name.en,
            "keywords": row.identifier,
        },
    )
