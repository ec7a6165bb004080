"""A small sound pack: the one that the how-to builds, so that what it says is what is tested."""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-service.md"
_BLOCK = re.compile(r"^```[a-z]+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SERVICE = "services/library-card/service.yaml"
FORM = "services/library-card/form.json"
PROCESS = "services/library-card/process.bpmn"
TESTS = "services/library-card/tests.yaml"
LICENCE = "licence_types/library-card.yaml"


def write_pack(folder: Path) -> Path:
    """Write the how-to's pack into a folder."""
    for name, content in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return folder


def change(pack: Path, file: str, before: str, after: str) -> None:
    """Replace a text that must be there, once."""
    path = pack / file
    text = path.read_text(encoding="utf-8")
    assert text.count(before) >= 1, f"{before!r} is not in {file}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
