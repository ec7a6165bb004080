"""A small policy with its keys, and tickets for it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tongban.runtime.signatures import key_id, public_coordinate, sign
from tongban.wire.policy import (
    Column,
    Consumer,
    Field,
    Grant,
    Interface,
    Parameter,
    PolicySnapshot,
    SqlSource,
    VerificationKey,
)
from tongban.wire.pseudonyms import Pseudonyms
from tongban.wire.tickets import TICKET_AUDIENCE, TICKET_ISSUER, TICKET_TYPE, PurposeTicket, encode_ticket

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TOKEN = "portal-token"
PSEUDONYMS = Pseudonyms(b"k" * 32)
WANG = "990102198803078217"
LI = "990102199001014327"


def new_pem() -> str:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


TICKET_PEM, SNAPSHOT_PEM, FOREIGN_PEM = new_pem(), new_pem(), new_pem()


def interface(**changes: Any) -> Interface:
    """Household registration in a database: name, sex, address of one person."""
    facts: dict[str, Any] = {
        "resource": "police.household",
        "operation": "read",
        "name": "户籍人口信息",
        "provider": "police",
        "sharing_class": "conditional",
        "fields": (Field("name", "姓名"), Field("sex", "性别"), Field("address", "户籍地址")),
        "parameters": (Parameter("id_number", "^[0-9]{17}[0-9X]$"),),
        "source": SqlSource("police", "SELECT 1"),
        "columns": {
            "name": Column(("XM",)),
            "sex": Column(("XBDM",), codes={"1": "男", "2": "女"}),
            "address": Column(("LU", "HAO")),
        },
        "subject_parameter": "id_number",
    }
    return Interface(**{**facts, **changes})


def grant(**changes: Any) -> Grant:
    """The portal may read names and addresses for applications for any service."""
    facts: dict[str, Any] = {
        "id": "g1",
        "consumer": "portal",
        "resource": "police.household",
        "fields": ("name", "address"),
        "services": ("*",),
        "purposes": ("application",),
        "basis": "《政务数据共享条例》",
    }
    return Grant(**{**facts, **changes})


def snapshot(**changes: Any) -> PolicySnapshot:
    """A policy with that interface and that grant."""
    coordinate = public_coordinate(TICKET_PEM)
    facts: dict[str, Any] = {
        "version": 1,
        "issued_at": NOW,
        "expires_at": NOW + timedelta(minutes=10),
        "interfaces": (interface(),),
        "grants": (grant(),),
        "consumers": (
            Consumer("portal", (hashlib.sha256(TOKEN.encode()).hexdigest(),), ("*",)),
            Consumer("market", (hashlib.sha256(b"market-token").hexdigest(),)),
        ),
        "ticket_keys": (VerificationKey(key_id(coordinate), coordinate),),
    }
    return PolicySnapshot(**{**facts, **changes})


def ticket(**changes: Any) -> PurposeTicket:
    """Wang's application: name and address from the police."""
    facts: dict[str, Any] = {
        "iss": TICKET_ISSUER,
        "aud": TICKET_AUDIENCE,
        "sub": PSEUDONYMS.subject(WANG),
        "jti": "0197279c-0000-7000-8000-000000000001",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(hours=24)).timestamp()),
        "consumer": "portal",
        "kind": "application",
        "reference": "application-1",
        "service": "social-insurance-transfer",
        "reads": {"police.household": ("name", "address")},
    }
    return PurposeTicket(**{**facts, **changes})


def signed(claims: PurposeTicket, *, pem: str = TICKET_PEM, typ: str = TICKET_TYPE) -> str:
    return sign(encode_ticket(claims), typ=typ, pem=pem)
