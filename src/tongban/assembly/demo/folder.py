"""The demo's data folder: one demo at a time in it, what is already done, and starting over."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from tongban.kernel.errors import Conflict, Text
from tongban.runtime.postgres import EmbeddedPostgres

MARKER = "tongban-data"
_MARKER_WORDS = "Data of a Tongban installation. tongban demo --fresh deletes all that is in this folder.\n"
_KNOWN = (
    "demo.json",
    "departments",
    "files",
    "keys",
    "licences",
    "logs",
    "mail",
    "processes.json",
    "secrets",
    "static",
    "web.url",
)
_LEFTOVER_GUARDS = (MARKER, "demo.lock", "postgres.lock")


class DemoRuns(Conflict):
    """Another demo runs over the same data."""

    code = "demo-runs"


class DemoFolder:
    """A data folder, held for as long as the demo runs; the kernel frees it however the demo ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def hold(self) -> None:
        """Take the folder. Raises: DemoRuns."""
        self.path.mkdir(parents=True, exist_ok=True)
        is_ours = (self.path / MARKER).exists() or not any(self.path.iterdir())
        lock = (self.path / "demo.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise DemoRuns(
                Text(zh=f"已有一个演示在使用 {self.path}", en=f"A demo already runs over {self.path}"),
                remedy=Text(
                    zh="先停止它（Ctrl-C），或用 --data 选择另一个目录",
                    en="Stop it first (Ctrl-C), or choose another folder with --data",
                ),
            ) from None
        self._lock = lock
        if is_ours:
            (self.path / MARKER).write_text(_MARKER_WORDS, encoding="utf-8")

    def erase(self, server: EmbeddedPostgres) -> None:
        """Delete the demo's data, the database first. In a folder that is not marked as ours, only what we made."""
        server.remove()
        is_ours = (self.path / MARKER).exists()
        for entry in list(self.path.iterdir()):
            if entry.name in _LEFTOVER_GUARDS or not (is_ours or entry.name in _KNOWN):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def done(self) -> dict[str, str]:
        """What has been put into this folder: step and fingerprint of its input."""
        try:
            found = json.loads((self.path / "demo.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return {str(step): str(fingerprint) for step, fingerprint in found.items()}

    def note_done(self, step: str, fingerprint: str) -> None:
        """Remember that a step was done with an input."""
        draft = self.path / "demo.json.draft"
        draft.write_text(json.dumps(self.done() | {step: fingerprint}, indent=1), encoding="utf-8")
        draft.replace(self.path / "demo.json")


def fingerprint(folders: Iterable[Path], *words: str) -> str:
    """A digest of every source file below the folders, and of some words."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
