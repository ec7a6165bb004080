"""Keys kept as private files. They are made once, read ever after, and never printed."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tongban.kernel.errors import Text, TongbanError


class SecretMissing(TongbanError):
    """Production does not invent keys."""

    code = "secret-missing"
    status = 500


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Every key of a deployment. Each is a file of the same name below <data>/secrets."""

    secret_key: str
    """Signs sessions and forms."""
    field_key: str
    """Encrypts personal values at rest. Shape: 32 bytes, base64."""
    lookup_key: str
    """Keys the hashes by which encrypted values are found. Shape: 32 bytes, base64."""
    ticket_key: str
    """Signs purpose tickets. Shape: Ed25519 private key, PEM."""
    snapshot_key: str
    """Signs policy snapshots. Shape: Ed25519 private key, PEM."""
    licence_reference_key: str
    """Signs the short references that licence QR codes carry. Shape: Ed25519 private key, PEM."""
    portal_client_token: str
    """Authenticates the portal to the gateway."""
    database_password: str
    """Password of the role ``tongban`` in the embedded database."""
    gateway_database_password: str
    """Password of the role ``tongban_gateway`` in the embedded database."""

    def __repr__(self) -> str:
        return "Secrets(…)"


def _token() -> str:
    return secrets.token_urlsafe(48)


def _key_32() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _ed25519() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


_MAKERS: dict[str, Callable[[], str]] = {
    "field_key": _key_32,
    "lookup_key": _key_32,
    "ticket_key": _ed25519,
    "snapshot_key": _ed25519,
    "licence_reference_key": _ed25519,
}


def load_secrets(folder: Path, *, may_create: bool) -> Secrets:
    """All secrets of a deployment. Raises: SecretMissing when one is absent and may not be made."""
    names = [field.name for field in fields(Secrets)]
    return Secrets(**{name: read_or_make(folder / name, _MAKERS.get(name, _token), may_create) for name in names})


def read_or_make(path: Path, make: Callable[[], str], may_create: bool) -> str:
    """The content of a private file, made atomically (mode 0600) when absent: of two makers, one wins."""
    if not path.exists():
        if not may_create:
            raise SecretMissing(
                Text(zh=f"缺少密钥文件 {path}", en=f"The key file {path} is missing"),
                remedy=Text(zh="请由密钥管理人放入该文件", en="Have the key custodian put the file there"),
            )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process made it first: both read that one below
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="utf-8")
