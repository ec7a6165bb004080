"""Files kept by their content: written once, whole or not at all, sealed at rest, read back only unspoilt."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tongban.kernel.errors import NotFound, Text, Unavailable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MAGIC = b"TBF1"
_NONCE = 12


class FileMissing(NotFound):
    """A file that the store does not hold."""

    code = "file-missing"


class FileSpoilt(Unavailable):
    """A kept file whose bytes no longer fit its digest."""

    code = "file-spoilt"


@dataclass(frozen=True, slots=True)
class FileStore:
    """A folder of sealed files, named by the SHA-256 of what they hold. ``key`` has 16, 24 or 32 bytes (AES-GCM)."""

    root: Path
    key: bytes

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their digest; durable when it returns, and a repeat writes nothing."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce = secrets.token_bytes(_NONCE)
        sealed = _MAGIC + nonce + AESGCM(self.key).encrypt(nonce, data, digest.encode())
        waiting = path.with_name(f".{digest}.{secrets.token_hex(8)}")
        try:
            with open(waiting, "xb", opener=_private) as stream:
                stream.write(sealed)
                stream.flush()
                os.fsync(stream.fileno())
            waiting.replace(path)
        except BaseException:
            waiting.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a digest. Raises: FileMissing; FileSpoilt when they were changed or sealed with another key."""
        try:
            sealed = self._path(digest).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(
                Text(zh="文件不在了", en="The file is no longer here"),
                remedy=Text(zh="请重新上传。", en="Upload it again."),
            ) from error
        head = len(_MAGIC)
        try:
            data = AESGCM(self.key).decrypt(sealed[head : head + _NONCE], sealed[head + _NONCE :], digest.encode())
        except (InvalidTag, ValueError) as error:
            raise _spoilt() from error
        if not sealed.startswith(_MAGIC) or hashlib.sha256(data).hexdigest() != digest:
            raise _spoilt()
        return data

    def delete(self, digest: str) -> None:
        """Remove the bytes of a digest for good; nothing happens when they are gone already."""
        self._path(digest).unlink(missing_ok=True)

    def has(self, digest: str) -> bool:
        """Whether the store holds the digest."""
        return self._path(digest).exists()

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise FileMissing(Text(zh="没有这个文件", en="There is no such file"))
        return self.root / digest[:2] / digest


def _spoilt() -> FileSpoilt:
    return FileSpoilt(
        Text(zh="文件已损坏，不能打开", en="The file is damaged and cannot be opened"),
        remedy=Text(
            zh="请重新上传，并告诉管理员核对存储。",
            en="Upload it again, and tell the administrators to check the storage.",
        ),
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
