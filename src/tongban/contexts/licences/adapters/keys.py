"""Issuers' signing keys as private files, under a root that the demo makes for itself.

A hardware module fills the same place later. In production the files are put there by the key custodian.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from tongban.kernel.clock import utc_now
from tongban.runtime import settings
from tongban.runtime.secret_files import read_or_make

_ROOT_YEARS, _ISSUER_YEARS = 20, 5
_ROOT_NAME = "云州市电子证照根 Yunzhou e-licence root"


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def root() -> Signer:
    """The root under which issuers' certificates stand."""
    return _load("root", lambda: _make(_ROOT_NAME, "", None))


def signer_of(issuer: str, name: str, credit_code: str) -> Signer:
    """The signing key of an issuing department, made under the root when absent and allowed."""
    parent = root()
    return _load(issuer, lambda: _make(name, credit_code, parent))


def _folder() -> Path:
    return settings.current().data_dir / "keys" / "licences"


def _load(name: str, make: object) -> Signer:
    assert callable(make)
    may_create = not settings.current().is_production
    pem = read_or_make(_folder() / f"{name}.pem", make, may_create).encode()
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Signer(key, x509.load_pem_x509_certificate(pem))


def _make(name: str, credit_code: str, parent: Signer | None) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if credit_code:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, credit_code))
    subject = x509.Name(attributes)
    is_root, now = parent is None, utc_now()
    years = _ROOT_YEARS if is_root else _ISSUER_YEARS
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent.certificate.subject if parent else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(_usage(is_root), critical=True)
        .sign(parent.key if parent else key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (private + certificate.public_bytes(Encoding.PEM)).decode()


def _usage(is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
