"""What an application form posts, read once: answers, chosen records, files, consents, and the button pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

ANSWER = "a."
"""Prefix of answer inputs, so that no field name collides with the form's own."""
CHOICE = "choose."
FILE = "file."


@dataclass(frozen=True, slots=True)
class Posted:
    """One post of the form. ``do`` is the button's verb, ``target`` what it acts on."""

    do: str
    target: str
    revision: int
    answers: Mapping[str, Sequence[str]]
    choices: Mapping[str, int]
    files: tuple[tuple[str, UploadedFile[Any]], ...]
    consents: tuple[str, ...]
    key: str


def read_posted(request: HttpRequest) -> Posted:
    """Read the post. Nothing in it can fail: what is not understood is left out."""
    form = request.POST
    verb, _, target = form.get("do", "save").partition(":")
    shown = form.getlist("shown")[:300]
    answers = {name: form.getlist(f"{ANSWER}{name}") for name in shown}
    choices = {
        name.removeprefix(CHOICE): int(value)
        for name in form
        if name.startswith(CHOICE) and (value := form.get(name, "")).isascii() and value.isdigit() and len(value) < 6
    }
    files = tuple(
        (name.removeprefix(FILE), item)
        for name in request.FILES
        if name.startswith(FILE)
        for item in request.FILES.getlist(name)
        if isinstance(item, UploadedFile)
    )
    return Posted(
        do=verb,
        target=target,
        revision=_number(form.get("revision", "")),
        answers=answers,
        choices=choices,
        files=files,
        consents=tuple(form.getlist("consent")[:50]),
        key=form.get("key", "")[:80],
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
