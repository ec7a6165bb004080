"""A pack is loaded whole or not at all, once, and a changed service becomes a version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.factories.packs import FORM, PROCESS, SERVICE, change, write_pack
from tongban.assembly.cli import main
from tongban.assembly.models import LoadedPart
from tongban.assembly.packs.load import PackRefused, load_pack
from tongban.contexts.cases import api as cases
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.contexts.resources import api as resources
from tongban.contexts.services import api as services

pytestmark = pytest.mark.django_db
CODE = "11990000YX0212238G3992119001000"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "example")


def loaded_parts(pack: Path) -> dict[str, int]:
    return {row.part: row.version for row in load_pack(pack).rows if row.action == "loaded"}


def test_every_context_gets_its_part(pack: Path) -> None:
    assert loaded_parts(pack) == {
        "organisations": 0,
        "resources": 0,
        "licence types": 0,
        "service library-card": 1,
    }
    assert identity.get_organisation("culture").name == "示例市文化广电旅游局"
    assert resources.get_resource("police.household").code == "police.household"
    assert licences.get_type("library-card").name.en == "Library card"
    assert "library-card" in cases.list_process_codes()
    definition = services.get_definition(CODE, pack="example")
    assert (definition.process, definition.department) == ("library-card", "culture")
    assert services.get_service(CODE, pack="example").quality == ()


def test_a_second_load_changes_nothing_and_says_so(pack: Path) -> None:
    load_pack(pack)
    stamps = list(LoadedPart.objects.order_by("part").values_list("part", "loaded_at"))
    report = load_pack(pack)
    assert report.is_unchanged
    assert report.as_json()["changed"] is False
    assert list(LoadedPart.objects.order_by("part").values_list("part", "loaded_at")) == stamps
    assert services.get_definition(CODE, pack="example").version == 1


def test_a_changed_form_is_a_new_version_and_the_old_one_stays(pack: Path) -> None:
    load_pack(pack)
    change(pack, FORM, '"label": "常去哪个馆"', '"label": "在哪个馆借书"')
    assert loaded_parts(pack) == {"service library-card": 2}
    assert services.get_definition(CODE, pack="example").version == 2
    assert "常去哪个馆" in json.dumps(services.get_definition(CODE, version=1, pack="example").form, ensure_ascii=False)


def test_a_changed_drawing_is_published_anew(pack: Path) -> None:
    load_pack(pack)
    change(pack, PROCESS, 'tongban:days="1"', 'tongban:days="2"')
    assert list(loaded_parts(pack)) == ["service library-card"]


def test_a_pack_with_one_error_loads_nothing(pack: Path) -> None:
    change(pack, SERVICE, "department: culture", "department: cultur")
    with pytest.raises(PackRefused) as refused:
        load_pack(pack)
    assert [problem.element for problem in refused.value.problems] == ["department"]
    assert not LoadedPart.objects.exists()
    assert resources.find_resource("police.household") is None


def test_a_refusal_in_the_middle_takes_everything_back(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_arguments: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services, "load_definition", fail)
    with pytest.raises(RuntimeError):
        load_pack(pack)
    assert not LoadedPart.objects.exists()
    assert licences.find_type("library-card") is None


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["pack", *words])
    return int(ended.value.code or 0), capsys.readouterr().out


def test_the_command_tells_problems_for_programs(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(pack, SERVICE, "visits: 0", "visits: 零")
    status, out = run(capsys, "check", str(pack), "--json")
    document = json.loads(out)
    assert (status, document["ok"]) == (1, False)
    assert [(p["file"], p["line"], p["element"]) for p in document["problems"]] == [(SERVICE, 56, "visits")]


def test_the_command_tells_problems_for_people(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(pack, SERVICE, "visits: 0", "visits: 零")
    status, out = run(capsys, "check", str(pack), "--lang", "en")
    assert status == 1
    assert f"{SERVICE}:56 visits — a whole number is expected here, but it is text" in out


def test_the_command_runs_examples(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(pack, "services/library-card/tests.yaml", "outcome: approved", "outcome: rejected")
    status, out = run(capsys, "test", str(pack), "--json")
    document = json.loads(out)
    assert (status, document["passed"], document["failed"]) == (1, 3, 1)
    [failed] = [result for result in document["results"] if not result["passed"]]
    assert failed["differences"] == [{"what": "outcome", "expected": "rejected", "found": "approved"}]
