"""Data that departments see inside a declaration: fetched once for the application, shown to those who decide.

Such a look asks no departmental system, so no gateway records it; it is recorded here, in the same table, so that the
person sees every department that saw their data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongban.contexts.exchange import models
from tongban.contexts.exchange.api.policy import PORTAL
from tongban.contexts.exchange.api.purposes import close_purpose, open_purpose, pseudonyms
from tongban.contexts.resources import api as resources
from tongban.kernel import canonical_json
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
    purpose = open_purpose(
        kind="case",
        reference=reference,
        service_code=service_code,
        subject_id_number=subject_id_number,
        reads=reads,
        now=now,
        consumer=consumer,
        title=title,
    )
    close_purpose(purpose_id=purpose.id, now=now)
    providers = {code: row.provider for code, row in resources.find_resources([code for code, _ in reads]).items()}
    subject, trace = pseudonyms().subject(subject_id_number), new_id().hex
    models.Record.objects.bulk_create(
        models.Record(
            id=new_id(),
            recorded_at=now,
            trace=trace,
            outcome="released",
            code="ok",
            client=PORTAL,
            consumer=consumer,
            provider=providers.get(resource, ""),
            resource=resource,
            operation=OPERATION,
            fields=list(fields),
            subject=subject,
            purpose_id=purpose.id,
            purpose_kind="case",
            reference=reference,
            service_code=service_code,
            grant_id="",
            basis=basis,
            record_count=1,
            request_digest=canonical_json.digest([reference, consumer, resource, list(fields)]),
            answer_digest="",
            policy_version=0,
            gateway="",
            duration_ms=0,
        )
        for resource, fields in reads
    )
    return len(reads)
