"""Checking a licence: by the reference in its QR code, or by its file. Fails closed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tongban.contexts.licences import models
from tongban.contexts.licences.adapters import keys
from tongban.contexts.licences.api import reading, types
from tongban.contexts.licences.domain import references, standing
from tongban.kernel.errors import Text, TongbanError
from tongban.runtime import settings
from tongban.runtime.logs import get_logger

Outcome = Literal["valid", "not-yet-valid", "expired", "suspended", "revoked", "altered", "unknown"]
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShownField:
    """What a stranger sees of one field."""

    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to "is this real?". Without a licence, ``outcome`` is unknown or altered and nothing is shown."""

    outcome: Outcome
    licence: reading.Licence | None = None
    fields: tuple[ShownField, ...] = ()
    signer: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether everything agrees."""
        return self.outcome == "valid"


def reference_of(licence_id: UUID) -> str:
    """The signed reference of a licence."""
    return references.make_reference(licence_id, _reference_key())


def address_of(licence_id: UUID) -> str:
    """The address in a licence's QR code."""
    return f"{settings.current().web_url}/licences/verify/{reference_of(licence_id)}/"


def verify_reference(text: str) -> Verification:
    """Check a reference: its signature, the record behind it, the kept file and its signature, state and dates."""
    licence_id = references.read_reference(text, _reference_key().public_key())
    row = models.Licence.objects.filter(id=licence_id).first() if licence_id else None
    if row is None:
        return Verification("unknown")
    try:
        kept = reading.store().get(row.file_digest)
    except TongbanError as error:
        _log.error("the file of a licence cannot be read", licence_id=str(row.id), exc_info=error)
        return Verification("altered")
    return _verify(row, kept)


def verify_pdf(data: bytes) -> Verification:
    """Check a file that somebody holds: it must be, byte for byte, one that was issued here."""
    row = models.Licence.objects.filter(file_digest=hashlib.sha256(data).hexdigest()).first()
    if row is not None:
        return _verify(row, data)
    from tongban.contexts.licences.adapters import signatures  # heavy: loaded at the first check, not at each start

    seen = signatures.check(data, keys.root())
    if seen is not None and seen.is_trusted and not seen.is_intact:
        return Verification("altered", signer=seen.signer)
    return Verification("unknown")


def _verify(row: models.Licence, data: bytes) -> Verification:
    from tongban.contexts.licences.adapters import signatures  # heavy: loaded at the first check, not at each start

    seen = signatures.check(data, keys.root())
    if seen is None or not (seen.is_intact and seen.is_trusted):
        return Verification("altered")
    licence = reading.licence_of(row)
    return Verification(licence.standing, licence, _shown(licence), seen.signer)


def _shown(licence: reading.Licence) -> tuple[ShownField, ...]:
    licence_type = types.find_type(licence.type_code)
    fields = [
        ShownField(field.label, standing.mask_text(value) if field.is_masked else value)
        for field in (licence_type.fields if licence_type else ())
        if field.name not in ("name", "holder_name") and (value := licence.values.get(field.name, ""))
    ]
    holder = ShownField(Text(zh="持证人", en="Holder"), standing.mask_name(licence.holder_name))
    return (holder, *fields)


def _reference_key() -> Ed25519PrivateKey:
    key = load_pem_private_key(settings.current().secrets.licence_reference_key.encode(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key
