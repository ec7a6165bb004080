"""The exchange record: what was asked of a department's data, by whom, for what, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

RECORD_TABLE = "exchange_record"
GATEWAY_ROLE = "tongban_gateway"
"""The database role of gateways: it can add records and read the policy, nothing else."""

Outcome = Literal["released", "refused", "failed"]


class ExchangeRecord(msgspec.Struct, frozen=True):
    """One row of the record. It holds keyed pseudonyms and digests, never the data.

    ``consumer`` is on whose behalf was asked, ``client`` who authenticated. ``code`` is ``ok`` or the problem's code.
    Units: ``duration_ms`` milliseconds from the first byte in to the record.
    """

    id: UUID
    recorded_at: datetime
    trace: str
    outcome: Outcome
    code: str
    client: str
    consumer: str
    provider: str
    resource: str
    operation: str
    fields: tuple[str, ...]
    subject: str
    purpose_id: UUID | None
    purpose_kind: str
    reference: str
    service_code: str
    grant_id: str
    basis: str
    record_count: int
    request_digest: str
    answer_digest: str
    policy_version: int
    gateway: str
    duration_ms: int


RECORD_COLUMNS: tuple[str, ...] = ExchangeRecord.__struct_fields__
"""The columns of the table, in the order in which gateways write them."""
