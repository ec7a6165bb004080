"""Looks at the machine and the installation, and says what to do about what it finds. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tongban.kernel.errors import NO_REMEDY, Text

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``warning``: works, but not all of it; ``problem``: the demo cannot serve."""

    name: str
    status: Status
    found: Text
    remedy: Text = NO_REMEDY


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined: an installation with its data folder and the ports it would use."""

    data_dir: Path
    web_port: int
    gateway_port: int
    database_url: str


def examine(subject: Subject) -> Iterator[Finding]:
    """Every finding, in the order in which an operator would repair them."""
    from tongban.assembly.doctor import database, files, machine

    yield from machine.findings(subject)
    yield from files.findings(subject)
    yield from database.findings(subject)


def same(text: str) -> Text:
    """A fact that reads the same in both languages."""
    return Text(zh=text, en=text)
