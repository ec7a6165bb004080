"""The compiler refuses what it cannot run, naming the element and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from bpmn_drawing import Drawing, document

from tongban.engines.bpmn import Definition, ProcessRefused, compile_process, inspect_processes

MIWG = Path(__file__).parents[4] / "shared/data/bpmn-miwg/Reference"
LINEAR = (
    '<startEvent id="s"/><userTask id="a" name="审核"/><endEvent id="e"/>'
    '<sequenceFlow id="1" sourceRef="s" targetRef="a"/><sequenceFlow id="2" sourceRef="a" targetRef="e"/>'
)
CHOICE = (
    '<startEvent id="s"/><exclusiveGateway id="x" {default}/><userTask id="a"/><userTask id="b"/><endEvent id="e"/>'
    '<sequenceFlow id="1" sourceRef="s" targetRef="x"/><sequenceFlow id="2" sourceRef="x" targetRef="a">'
    "<conditionExpression>{condition}</conditionExpression></sequenceFlow>"
    '<sequenceFlow id="3" sourceRef="x" targetRef="b"/><sequenceFlow id="4" sourceRef="a" targetRef="e"/>'
    '<sequenceFlow id="5" sourceRef="b" targetRef="e"/>'
)


def refused(inside: str) -> ProcessRefused:
    with pytest.raises(ProcessRefused) as caught:
        compile_process(document(inside))
    assert all(refusal.element and refusal.remedy.zh and refusal.remedy.en for refusal in caught.value.refusals)
    return caught.value


def elements(inside: str) -> list[str]:
    return [refusal.element for refusal in refused(inside).refusals]


def test_a_plain_process_compiles() -> None:
    definition = compile_process(document(LINEAR, 'name="普通"'))
    assert [node.id for node in definition.nodes] == ["s", "a", "e"]
    assert definition.node("a").name == "审核"


def test_our_attributes_are_kept_and_others_left() -> None:
    definition = compile_process(
        document(LINEAR.replace('id="a"', 'id="a" tongban:department="market" xmlns:v="urn:v" v:colour="red"'))
    )
    assert definition.node("a").attributes == {"department": "market"}


@pytest.mark.parametrize(
    "element",
    ["task", "scriptTask", "sendTask", "receiveTask", "callActivity", "subProcess", "boundaryEvent", "inclusiveGateway",
     "eventBasedGateway", "complexGateway", "intermediateCatchEvent", "businessRuleTask", "dataObject", "transaction"],
)  # fmt: skip
def test_every_other_element_is_refused_by_its_id(element: str) -> None:
    first = refused(f'{LINEAR}<{element} id="strange"/>').refusals[0]
    assert (first.element, first.kind) == ("strange", element)
    assert first.line == 1


@pytest.mark.parametrize("inner", ["timerEventDefinition", "messageEventDefinition", "errorEventDefinition"])
def test_events_with_triggers_are_refused(inner: str) -> None:
    assert elements(LINEAR.replace('<endEvent id="e"/>', f'<endEvent id="e"><{inner}/></endEvent>')) == ["e"]


def test_multi_instance_is_refused() -> None:
    inside = LINEAR.replace(
        '<userTask id="a" name="审核"/>', '<userTask id="a"><multiInstanceLoopCharacteristics/></userTask>'
    )
    assert elements(inside) == ["a"]


def test_all_refusals_are_told_at_once() -> None:
    assert elements(f'{LINEAR}<scriptTask id="one"/><subProcess id="two"/>') == ["one", "two"]


def test_a_choice_needs_a_default() -> None:
    assert "x" in elements(CHOICE.format(default="", condition="a = 1"))


def test_a_condition_outside_the_language_is_refused_at_its_flow() -> None:
    assert elements(CHOICE.format(default='default="3"', condition="${approved}")) == ["2"]


def test_a_choice_with_condition_and_default_compiles() -> None:
    definition = compile_process(document(CHOICE.format(default='default="3"', condition="area_m2 &gt;= 100")))
    assert definition.names_read() == {"area_m2"}


def test_a_condition_after_a_task_is_refused() -> None:
    inside = LINEAR.replace(
        'sourceRef="a" targetRef="e"/>',
        'sourceRef="a" targetRef="e"><conditionExpression>a = 1</conditionExpression></sequenceFlow>',
    )
    assert elements(inside) == ["2"]


def test_a_step_nothing_leads_to_is_refused() -> None:
    assert elements(f'{LINEAR}<userTask id="b"/><sequenceFlow id="3" sourceRef="b" targetRef="e"/>') == ["b"]


def test_a_step_nothing_follows_is_refused() -> None:
    drawing = Drawing()
    start, split = drawing.add("startEvent"), drawing.add("parallelGateway")
    end, left, right = drawing.add("endEvent"), drawing.add("userTask", "l"), drawing.add("userTask", "r")
    for source, target in ((start, split), (split, left), (split, right), (left, end)):
        drawing.connect(source, target)
    assert elements("".join(drawing.elements)) == ["r"]


def test_a_join_after_a_choice_is_refused_because_it_waits_for_ever() -> None:
    inside = CHOICE.format(default='default="3"', condition="a = 1")
    inside = inside.replace('targetRef="e"', 'targetRef="j"')
    inside += '<parallelGateway id="j"/><sequenceFlow id="6" sourceRef="j" targetRef="e"/>'
    refusal = refused(inside).refusals[0]
    assert refusal.element == "j"
    assert "等不齐" in refusal.reason.zh


def test_branches_that_meet_without_a_join_are_refused() -> None:
    drawing = Drawing()
    start, split = drawing.add("startEvent"), drawing.add("parallelGateway")
    left, right = drawing.add("userTask", "l"), drawing.add("userTask", "r")
    after, end = drawing.add("userTask", "after"), drawing.add("endEvent")
    for ends in ((start, split), (split, left), (split, right), (left, after), (right, after), (after, end)):
        drawing.connect(*ends)
    assert "两次" in refused("".join(drawing.elements)).refusals[0].reason.zh


def test_a_circle_of_gateways_is_refused() -> None:
    drawing = Drawing()
    start, end = drawing.add("startEvent"), drawing.add("endEvent")
    one = drawing.add("exclusiveGateway", "one")
    two = drawing.add("exclusiveGateway", "two", 'default="out"')
    drawing.connect(start, one)
    drawing.connect(one, two)
    drawing.connect(two, one, "again = true")
    drawing.connect(two, end, flow_id="out")
    assert elements("".join(drawing.elements)) == ["one", "two"]


@pytest.mark.parametrize(
    "source",
    [b"", b"not xml", b"<a/>", b'<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>', b"<definitions/>",
     b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><lolz>&b;</lolz>'],
)  # fmt: skip
def test_what_is_not_bpmn_is_refused_with_a_remedy(source: bytes) -> None:
    with pytest.raises(ProcessRefused) as caught:
        compile_process(source)
    assert caught.value.remedy.zh


def test_external_entities_are_never_read() -> None:
    source = document(LINEAR).replace(b"?>", b'?><!DOCTYPE definitions [<!ENTITY f SYSTEM "file:///etc/passwd">]>', 1)
    with pytest.raises(ProcessRefused, match="DOCTYPE"):
        compile_process(source)


def test_a_second_process_is_refused_by_its_id() -> None:
    second = f'</process><process id="q">{LINEAR}'
    assert elements(LINEAR + second) == ["q"]


def test_an_id_used_twice_is_refused() -> None:
    assert "a" in elements(LINEAR + '<userTask id="a"/>')


@pytest.mark.skipif(not MIWG.is_dir(), reason="the BPMN MIWG reference models do not ship with the project")
def test_every_miwg_model_compiles_or_is_refused_by_an_element() -> None:
    models = sorted(MIWG.glob("*.bpmn"))
    assert len(models) == 21
    for model in models:
        for result in inspect_processes(model.read_bytes()):
            if not isinstance(result, Definition):
                assert all(refusal.element and refusal.kind for refusal in result.refusals), model.name
