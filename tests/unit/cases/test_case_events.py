"""The facts that cases and halls publish keep their shape; a new shape is a new version."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tongban.contexts.cases import events as cases_events
from tongban.contexts.halls import events as halls_events

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "events"


def shapes(module: ModuleType) -> dict[str, Any]:
    found = {}
    for name, event in vars(module).items():
        if isinstance(event, type) and event.__module__ == module.__name__:
            found[event.topic] = {  # type: ignore[attr-defined]  # every event has one
                "class": name,
                "version": event.version,  # type: ignore[attr-defined]
                "fields": {field.name: field.type for field in fields(event)},  # type: ignore[arg-type]
            }
    return found


@pytest.mark.parametrize(("name", "module"), [("cases", cases_events), ("halls", halls_events)])
def test_events_look_as_their_golden_file(name: str, module: ModuleType) -> None:
    file = GOLDEN / f"{name}.json"
    text = json.dumps(shapes(module), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if os.environ.get("REGENERATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
