"""Tables over which exchange tells gateways of policy and of closed purposes, and the channel that wakes them."""

from __future__ import annotations

from uuid import UUID

import msgspec

SNAPSHOT_TABLE = "exchange_snapshot"
"""Columns: version (bigint), issued_at, expires_at, document (the signed snapshot as compact JWS)."""

CLOSURE_TABLE = "exchange_closure"
"""Columns: purpose_id (uuid), closed_at, written_in (xid8: the transaction that closed it)."""

POLICY_CHANNEL = "tongban_policy"
"""LISTEN channel; its payload means nothing: gateways look at the tables."""


class Closure(msgspec.Struct, frozen=True):
    """A purpose that has ended before its tickets expire."""

    purpose_id: UUID
