"""Grants, and the signed snapshot by which gateways learn of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from tongban.contexts.exchange import models
from tongban.contexts.exchange.domain.grants import read_grants
from tongban.contexts.resources import api as resources
from tongban.kernel.clock import utc_now
from tongban.runtime import settings
from tongban.runtime.logs import get_logger
from tongban.runtime.signatures import key_id, public_coordinate, sign
from tongban.wire.closures import POLICY_CHANNEL
from tongban.wire.policy import (
    SNAPSHOT_LIFETIME,
    SNAPSHOT_TYPE,
    Consumer,
    Grant,
    PolicySnapshot,
    VerificationKey,
    encode_snapshot,
)
from tongban.wire.tickets import TICKET_LIFETIME

log = get_logger(__name__)

PORTAL = "portal"
RENEW_BEFORE = timedelta(minutes=7)
"""A snapshot is renewed when less of its ten minutes is left: gateways then outlive seven minutes without us."""
_KEPT_SNAPSHOTS = timedelta(hours=2)
_PUBLISH_LOCK = 7_214_301


@dataclass(frozen=True, slots=True)
class GrantSummary:
    """What a load of grants did."""

    granted: int
    changed: int
    revoked: int


def check_grants(rows: Sequence[Mapping[str, Any]], *, fields_of: Mapping[str, Collection[str]]) -> None:
    """Read a pack's grants, loading nothing. Raises: GrantRefused naming the row."""
    read_grants(rows, fields_of={code: sorted(fields) for code, fields in fields_of.items()})


def load_grants(rows: Sequence[Mapping[str, Any]], *, pack: str, now: datetime) -> GrantSummary:
    """Make the grants in force those of a pack, revoke those it no longer names, and tell gateways.

    Repeating it changes nothing. Raises: GrantRefused, having changed nothing.
    """
    with transaction.atomic():
        codes = {str(row.get("resource", "")) for row in rows}
        catalogue = resources.find_resources(codes)
        grants = read_grants(
            rows, fields_of={code: [field.name for field in entry.fields] for code, entry in catalogue.items()}
        )
        changed = sum(_store(grant, pack, now) for grant in grants)
        gone = models.Grant.objects.filter(pack=pack, revoked_at=None).exclude(id__in=[grant.id for grant in grants])
        revoked = gone.update(revoked_at=now)
        publish_snapshot(now=now)
    return GrantSummary(len(grants), changed, revoked)


def list_grants(*, consumer: str | None = None, now: datetime | None = None) -> tuple[Grant, ...]:
    """The grants in force, all of them: they are the policy, not a growing list."""
    rows = _in_force(now or utc_now())
    return tuple(_grant(row) for row in (rows.filter(consumer=consumer) if consumer else rows))


def publish_snapshot(*, now: datetime | None = None) -> int:
    """Compile and sign the policy in force; gateways load it within two seconds of the commit. Returns its version."""
    now = now or utc_now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PUBLISH_LOCK])
        latest = models.Snapshot.objects.aggregate(latest=Max("version"))["latest"] or 0
        # Counted in milliseconds, so that gateways take the next one even after the database was restored.
        version = max(latest + 1, int(now.timestamp() * 1000))
        snapshot = _compile(version, now)
        body = encode_snapshot(snapshot)
        models.Snapshot.objects.create(
            version=version,
            issued_at=snapshot.issued_at,
            expires_at=snapshot.expires_at,
            digest=hashlib.sha256(body).hexdigest(),
            document=sign(body, typ=SNAPSHOT_TYPE, pem=settings.current().secrets.snapshot_key),
        )
        models.Snapshot.objects.filter(expires_at__lt=now - _KEPT_SNAPSHOTS).delete()
        cursor.execute("SELECT pg_notify(%s, '')", [POLICY_CHANNEL])
    log.info("policy published", version=version, interfaces=len(snapshot.interfaces), grants=len(snapshot.grants))
    return version


def renew_snapshot(*, now: datetime | None = None) -> int | None:
    """Publish again before the snapshot in force expires. Returns the new version, if one was needed."""
    now = now or utc_now()
    if models.Snapshot.objects.filter(expires_at__gt=now + RENEW_BEFORE).exists():
        return None
    return publish_snapshot(now=now)


def forget_closures(*, now: datetime) -> int:
    """Delete closures of purposes whose last ticket has expired. Returns how many."""
    deleted, _ = models.Closure.objects.filter(closed_at__lt=now - 2 * TICKET_LIFETIME).delete()
    return deleted


def _store(grant: Grant, pack: str, now: datetime) -> bool:
    values = {
        "pack": pack,
        "consumer": grant.consumer,
        "resource": grant.resource,
        "fields": list(grant.fields),
        "services": list(grant.services),
        "purposes": list(grant.purposes),
        "basis": grant.basis,
        "rate_per_minute": grant.rate_per_minute,
        "expires_at": grant.expires_at,
        "revoked_at": None,
    }
    if models.Grant.objects.filter(id=grant.id, **values).exists():
        return False
    models.Grant.objects.update_or_create(id=grant.id, defaults=values, create_defaults={**values, "granted_at": now})
    return True


def _compile(version: int, now: datetime) -> PolicySnapshot:
    secrets = settings.current().secrets
    coordinate = public_coordinate(secrets.ticket_key)
    token_hash = hashlib.sha256(secrets.portal_client_token.strip().encode()).hexdigest()
    return PolicySnapshot(
        version=version,
        issued_at=now,
        expires_at=now + SNAPSHOT_LIFETIME,
        interfaces=resources.compile_interfaces(),
        grants=tuple(_grant(row) for row in _in_force(now)),
        # The platform's own surfaces act for the department whose staff sit before them; tickets name which.
        consumers=(Consumer(PORTAL, (token_hash,), ("*",)),),
        ticket_keys=(VerificationKey(key_id(coordinate), coordinate),),
    )


def _in_force(now: datetime) -> QuerySet[models.Grant]:
    return models.Grant.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None).order_by("id")


def _grant(row: models.Grant) -> Grant:
    return Grant(
        id=row.id,
        consumer=row.consumer,
        resource=row.resource,
        fields=tuple(row.fields),
        services=tuple(row.services),
        purposes=tuple(row.purposes),
        basis=row.basis,
        rate_per_minute=row.rate_per_minute,
        expires_at=row.expires_at,
    )
