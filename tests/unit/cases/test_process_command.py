"""`tongban process check` tells every element that cannot be run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tongban.assembly.cli import main

PACK = Path(__file__).parents[3] / "packs/yunzhou"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["process", "check", *arguments])
    return int(ended.value.code or 0)


def test_the_packs_standard_processes_can_be_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json", *map(str, sorted((PACK / "processes").glob("*.bpmn")))) == 0
    assert [row["loads"] for row in json.loads(capsys.readouterr().out)] == [True, True, True]


def test_a_drawing_that_cannot_be_run_names_its_element(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.bpmn"
    text = (PACK / "processes/instant.bpmn").read_text("utf-8")
    file.write_text(text.replace("<endEvent", '<scriptTask id="odd"/><endEvent', 1), encoding="utf-8")
    assert run("--json", str(file)) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["loads"] is False
    assert [(item["element"], item["kind"]) for item in row["refused"]] == [("odd", "scriptTask")]
    assert run(str(file), "--lang", "en") == 1
    assert "scriptTask cannot be run yet" in capsys.readouterr().out
