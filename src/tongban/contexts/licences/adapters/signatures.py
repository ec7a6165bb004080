"""PAdES signatures on licence files, made and checked with pyHanko."""

from __future__ import annotations

import io
from dataclasses import dataclass

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tongban.contexts.licences.adapters.keys import Signer


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What a file's signature shows: who signed, whether the whole file is as signed, whether the issuer is trusted."""

    signer: str
    is_intact: bool
    is_trusted: bool


def sign(pdf: bytes, signer: Signer, root: Signer, reason: str) -> bytes:
    """The file with the issuer's signature over all of it (PAdES baseline B)."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # the library has none here
    store.register(_certificate(root.certificate))
    private = signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    simple = SimpleSigner(
        signing_cert=_certificate(signer.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )
    metadata = PdfSignatureMetadata(
        field_name="Issuer", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", reason=reason
    )
    target = io.BytesIO()
    PdfSigner(metadata, signer=simple).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=target)
    return target.getvalue()


def check(pdf: bytes, root: Signer) -> SignatureCheck | None:
    """What the file's one signature shows; ``None`` when the file cannot be read or has not exactly one."""
    try:
        embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if len(embedded) != 1:
            return None
        context = ValidationContext(trust_roots=[_certificate(root.certificate)], allow_fetching=False)
        status = validate_pdf_signature(embedded[0], context)
    except (PdfError, SignatureValidationError, ValueError, OSError, KeyError, TypeError, RecursionError):
        return None  # whatever a hostile file does to the reader, it is no licence
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return SignatureCheck(
        signer=str(status.signing_cert.subject.native.get("common_name", "")),
        is_intact=bool(status.intact and status.valid and whole),
        is_trusted=bool(status.trusted),
    )


def _certificate(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
