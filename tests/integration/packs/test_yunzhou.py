"""The demo city's pack: sound, its examples hold, and it loads once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongban.assembly.packs.check import Report, check_pack
from tongban.assembly.packs.load import load_pack
from tongban.assembly.packs.trial import try_pack
from tongban.contexts.services import api as services
from tongban.engines.bpmn import NodeKind, compile_process

ROOT = Path(__file__).parents[3] / "packs" / "yunzhou"


@pytest.fixture(scope="module")
def report() -> Report:
    return check_pack(ROOT)


def test_nothing_is_wrong_with_it(report: Report) -> None:
    assert [problem.render("en") for problem in report.problems] == []


def test_every_example_comes_out_as_it_says(report: Report) -> None:
    results = list(try_pack(report))
    assert [(r.folder, r.example, r.differences) for r in results if not r.is_passed] == []
    assert len(results) >= 3 * len(report.index.services)


def test_it_models_what_a_city_is_asked_for_most(report: Report) -> None:
    kinds = [service["kind"] for service in report.index.services.values()]
    assert (kinds.count("single") >= 14, kinds.count("bundle") >= 3) == (True, True)
    assert len(report.index.licence_types) >= 10


@pytest.mark.parametrize(
    ("folder", "departments", "sources"),
    [("housing-fund-withdrawal", 3, 4), ("property-transfer", 3, 3), ("open-restaurant", 5, 4), ("newborn", 5, 3)],
)
def test_the_main_job_crosses_departments(report: Report, folder: str, departments: int, sources: int) -> None:
    [service] = [found for found in report.pack.services if found.folder.endswith(f"/{folder}")]
    assert service.process
    assert service.form
    definition = compile_process(service.process.text.encode())
    asked = {node.attributes["department"] for node in definition.of_kind(NodeKind.USER_TASK)}
    assert len(asked) == departments
    assert len({read["resource"].partition(".")[0] for read in service.form.data["reads"]}) >= sources


def test_no_department_sees_what_its_step_does_not_need(report: Report) -> None:
    for service in report.pack.services:
        assert service.process
        assert service.form
        fields = set(service.form.data["schema"]["properties"])
        definition = compile_process(service.process.text.encode())
        departments = {node.attributes["department"] for node in definition.of_kind(NodeKind.USER_TASK)}
        for node in definition.of_kind(NodeKind.USER_TASK) if len(departments) > 1 else ():
            assert set(node.attributes["sees"].split(",")) < fields, (service.folder, node.id)


@pytest.mark.django_db
def test_it_loads_once_and_every_service_can_be_found() -> None:
    first = load_pack(ROOT)
    assert {row.action for row in first.rows} == {"loaded"}
    assert load_pack(ROOT).is_unchanged
    for query, name in (("开饭店", "开一家餐饮店"), ("给孩子上户口", "新生儿出生"), ("取公积金", "公积金提取")):
        found = services.search(q=query, limit=3)
        assert any(name in f"{item.name} {item.short_name}" for item in found.items), (query, found.items)
