"""The facts that services publishes keep their shape; a new shape is a new version."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

from tongban.contexts.services import events

FILE = Path(__file__).resolve().parents[2] / "golden" / "events" / "services.json"


def shapes() -> dict[str, Any]:
    return {
        event.topic: {
            "class": event.__name__,
            "version": event.version,
            "fields": {field.name: field.type for field in fields(event)},
        }
        for event in (events.ServicesChanged, events.QualityTicketsFiled)
    }


def test_events_look_as_their_golden_file() -> None:
    text = json.dumps(shapes(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if os.environ.get("REGENERATE_GOLDEN"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text
