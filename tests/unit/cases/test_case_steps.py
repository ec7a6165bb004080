"""The attributes of a process: known, well written, or refused by the element that holds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongban.contexts.cases.domain import steps
from tongban.engines.bpmn import ProcessRefused

PACK = Path(__file__).parents[3] / "packs/yunzhou"
PROCESS = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tongban="https://tongban.example/bpmn/1">'
    '<process id="p" {process}><startEvent id="s"/><userTask id="a" name="审查" {task}/>'
    '<serviceTask id="m" {machine}/><endEvent id="e" {end}/><sequenceFlow id="1" sourceRef="s" targetRef="a"/>'
    '<sequenceFlow id="2" sourceRef="a" targetRef="m"/><sequenceFlow id="3" sourceRef="m" targetRef="e"/>'
    "</process></definitions>"
)
GOOD = {
    "process": 'tongban:acceptance="manual"',
    "task": 'tongban:department="$owner" tongban:sees="name, area_m2" tongban:days="2" '
    'tongban:reads="police.household:name,address natural-resources.property:usage"',
    "machine": 'tongban:action="issue-licence" tongban:licence="food-licence"',
    "end": 'tongban:outcome="approved"',
}


def compiled(**changes: str) -> steps.Definition:
    return steps.compile_steps(PROCESS.format(**{**GOOD, **changes}).encode())


def test_attributes_mean_what_they_say() -> None:
    definition = compiled()
    (step,) = steps.review_steps(definition, owner="market")
    assert (step.department, step.days, step.title.zh) == ("market", 2, "审查")
    assert step.sees == {"name", "area_m2"}
    assert step.reads == (
        ("police.household", ("name", "address")),
        ("natural-resources.property", ("usage",)),
    )
    assert not steps.is_accepted_automatically(definition)
    assert steps.machine_step(definition, "m").subject == "food-licence"


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"task": 'tongban:department="Market Bureau" tongban:sees="*"'}, "a"),
        ({"task": 'tongban:sees="*"'}, "a"),
        ({"task": 'tongban:department="market"'}, "a"),
        ({"task": 'tongban:department="market" tongban:sees="*" tongban:days="two"'}, "a"),
        ({"task": 'tongban:department="market" tongban:sees="*" tongban:reads="police.household"'}, "a"),
        ({"task": 'tongban:department="market" tongban:sees="*" tongban:deparment="x"'}, "a"),
        ({"task": 'tongban:department="market" tongban:sees="*" tongban:on-reject="ignore"'}, "a"),
        ({"machine": 'tongban:action="run-script"'}, "m"),
        ({"machine": 'tongban:action="issue-licence"'}, "m"),
        ({"end": 'tongban:outcome="maybe"'}, "e"),
        ({"process": 'tongban:acceptance="later"'}, "p"),
    ],
)
def test_what_is_wrong_is_refused_by_its_element_with_a_remedy(changes: dict[str, str], element: str) -> None:
    with pytest.raises(ProcessRefused) as caught:
        compiled(**changes)
    (refusal,) = caught.value.refusals
    assert refusal.element == element
    assert refusal.remedy.zh


@pytest.mark.parametrize("path", sorted(PACK.glob("**/*.bpmn")), ids=lambda path: path.parent.name + "-" + path.stem)
def test_every_process_of_the_pack_can_be_published(path: Path) -> None:
    definition = steps.compile_steps(path.read_bytes())
    assert steps.departments(definition, owner="digital")
