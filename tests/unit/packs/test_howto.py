"""The how-to's example is a sound pack whose examples hold."""

from __future__ import annotations

from pathlib import Path

from tests.factories.packs import GUIDE, write_pack
from tongban.assembly.packs.check import check_pack
from tongban.assembly.packs.trial import try_pack


def test_the_documented_pack_has_no_problem(tmp_path: Path) -> None:
    report = check_pack(write_pack(tmp_path))
    assert [problem.render("en") for problem in report.problems] == []
    counts = {"organisations": 2, "resources": 1, "licence_types": 1, "processes": 1, "services": 1, "examples": 4}
    assert report.counts() == counts


def test_the_documented_examples_hold(tmp_path: Path) -> None:
    results = list(try_pack(check_pack(write_pack(tmp_path))))
    assert [result.example for result in results if not result.is_passed] == []
    assert len(results) == 4


def test_the_documented_error_is_the_one_shown(tmp_path: Path) -> None:
    pack = write_pack(tmp_path)
    form = pack / "services/library-card/form.json"
    form.write_text(form.read_text().replace("police.household#name", "police.household#nmae"))
    [problem] = check_pack(pack).problems
    assert problem.render("en") in GUIDE.read_text()
