"""The loaded policy: a verified snapshot, indexed for decisions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import msgspec
from joserfc.jwk import OKPKey

from tongban.gateway.mapping import Projector
from tongban.gateway.problems import ConsumerUnknown
from tongban.kernel.errors import Text, TongbanError
from tongban.runtime.signatures import SignatureRefused, public_key, verify
from tongban.wire.policy import SNAPSHOT_TYPE, Consumer, Grant, Interface, PolicySnapshot, decode_snapshot


class SnapshotRefused(TongbanError):
    """A snapshot that is unsigned, altered, expired, older than the one in force, or contradicts itself."""

    code = "snapshot-refused"
    status = 503


@dataclass(frozen=True, slots=True)
class CompiledGrant:
    """A grant with its lists as sets."""

    grant: Grant
    fields: frozenset[str]
    services: frozenset[str]
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True)
class CompiledInterface:
    """An interface with its patterns and its projection compiled."""

    interface: Interface
    patterns: Mapping[str, tuple[re.Pattern[str], int]]
    field_names: frozenset[str]
    projector: Projector


@dataclass(frozen=True, slots=True)
class Policy:
    """What is in force. Immutable: a newer snapshot replaces it whole."""

    version: int
    expires_at: datetime
    interfaces: Mapping[tuple[str, str], CompiledInterface]
    grants: Mapping[tuple[str, str], tuple[CompiledGrant, ...]]
    consumers_by_hash: Mapping[str, Consumer]
    ticket_keys: Mapping[str, OKPKey]

    def authenticate(self, authorization: str | None) -> Consumer:
        """The consumer behind a bearer token. Raises: ConsumerUnknown."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ConsumerUnknown
        consumer = self.consumers_by_hash.get(hashlib.sha256(token.strip().encode()).hexdigest())
        if consumer is None:
            raise ConsumerUnknown
        return consumer


def open_snapshot(document: str, *, keys: Mapping[str, OKPKey], now: datetime, newer_than: int = 0) -> Policy:
    """The policy in a signed document. Raises: SnapshotRefused, naming why."""
    try:
        snapshot = decode_snapshot(verify(document, typ=SNAPSHOT_TYPE, keys=keys))
    except (SignatureRefused, msgspec.MsgspecError) as error:
        raise _refuse("signature") from error
    if snapshot.expires_at <= now:
        raise _refuse("expired")
    if snapshot.version <= newer_than:
        raise _refuse("older")
    return compile_policy(snapshot)


def compile_policy(snapshot: PolicySnapshot) -> Policy:
    """Index a snapshot. Raises: SnapshotRefused when an interface about persons names no subject or no pattern fits."""
    grants: dict[tuple[str, str], list[CompiledGrant]] = {}
    for grant in snapshot.grants:
        compiled = CompiledGrant(grant, frozenset(grant.fields), frozenset(grant.services), frozenset(grant.purposes))
        grants.setdefault((grant.consumer, grant.resource), []).append(compiled)
    return Policy(
        version=snapshot.version,
        expires_at=snapshot.expires_at,
        interfaces=MappingProxyType({(i.resource, i.operation): _compile_interface(i) for i in snapshot.interfaces}),
        grants=MappingProxyType({key: tuple(values) for key, values in grants.items()}),
        consumers_by_hash=MappingProxyType({h: c for c in snapshot.consumers for h in c.token_hashes}),
        ticket_keys=MappingProxyType({k.kid: public_key(k.x) for k in snapshot.ticket_keys}),
    )


def _compile_interface(interface: Interface) -> CompiledInterface:
    try:
        patterns = {p.name: (re.compile(p.pattern), p.max_length) for p in interface.parameters}
    except re.error as error:
        raise _refuse(f"pattern of {interface.resource}") from error
    if interface.subject_parameter and not interface.subject_column and interface.subject_parameter not in patterns:
        raise _refuse(f"subject of {interface.resource}")
    return CompiledInterface(
        interface, MappingProxyType(patterns), frozenset(f.name for f in interface.fields), Projector(interface)
    )


def _refuse(reason: str) -> SnapshotRefused:
    return SnapshotRefused(
        Text(zh=f"授权策略快照不能用（{reason}）", en=f"The policy snapshot cannot be used ({reason})"),
        remedy=Text(
            zh="请重新发布策略：tongban exchange publish", en="Publish the policy again: tongban exchange publish"
        ),
        reason=reason,
    )
