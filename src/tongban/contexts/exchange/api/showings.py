"""Data that departments see inside a declaration: fetched once for the application, shown to those who decide.

Such a look asks no departmental system, so no gateway records it; it is recorded here, in the same table, so that the
person sees every department that saw their data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongban.contexts.exchange import models
from tongban.contexts.exchange.api.policy import PORTAL
from tongban.contexts.exchange.api.purposes import new_purpose
from tongban.contexts.resources import api as resources
from tongban.kernel.errors import Text
from tongban.kernel.ids import new_id

OPERATION = "shown-in-declaration"


def record_showing(
    *,
    reference: str,
    service_code: str,
    subject_id_number: str,
    consumer: str,
    shown: Mapping[str, Sequence[str]],
    title: Text,
    basis: str,
    now: datetime,
) -> int:
    """Record, in the caller's transaction, that a department was shown fetched fields. Returns how many records.

    ``shown`` names each resource with the fields that were shown; ``basis`` is why the department may see them.
    """
    if not shown:
        return 0
    reads = [(resource, tuple(fields)) for resource, fields in sorted(shown.items())]
    purpose = new_purpose(
        kind="case",
        reference=reference,
        service_code=service_code,
        subject_id_number=subject_id_number,
        reads=reads,
        now=now,
        consumer=consumer,
        title=title,
    )
    # Over as soon as it is noted: no ticket was made for it, so that gateways need not hear of it.
    purpose.closed_at, purpose.closed_by = now, "system"
    purpose.save(force_insert=True)
    providers = {code: row.provider for code, row in resources.find_resources([code for code, _ in reads]).items()}
    trace = new_id().hex
    models.Record.objects.bulk_create(
        _record(purpose, resource, fields, providers.get(resource, ""), basis, trace) for resource, fields in reads
    )
    return len(reads)


def _record(
    purpose: models.Purpose, resource: str, fields: tuple[str, ...], provider: str, basis: str, trace: str
) -> models.Record:
    return models.Record(
        id=new_id(),
        recorded_at=purpose.opened_at,
        trace=trace,
        outcome="released",
        code="ok",
        client=PORTAL,
        consumer=purpose.consumer,
        provider=provider,
        resource=resource,
        operation=OPERATION,
        fields=list(fields),
        subject=purpose.subject,
        purpose_id=purpose.id,
        purpose_kind=purpose.kind,
        reference=purpose.reference,
        service_code=purpose.service_code or "",
        grant_id="",
        basis=basis,
        record_count=1,
        request_digest="",
        answer_digest="",
        policy_version=0,
        gateway="",
        duration_ms=0,
    )
