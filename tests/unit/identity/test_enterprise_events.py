"""The facts that identity publishes about enterprises keep their shape; a new shape is a new version."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path

from tongban.contexts.identity.events import OperatorProposed

FILE = Path(__file__).resolve().parents[2] / "golden" / "events" / "identity_enterprises.json"


def test_events_look_as_their_golden_file() -> None:
    shape = {
        OperatorProposed.topic: {
            "class": OperatorProposed.__name__,
            "version": OperatorProposed.version,
            "fields": {field.name: field.type for field in fields(OperatorProposed)},
        }
    }
    text = json.dumps(shape, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if os.environ.get("REGENERATE_GOLDEN"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text
