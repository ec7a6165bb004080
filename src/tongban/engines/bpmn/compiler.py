"""BPMN 2.0 XML to a definition that can be run, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from tongban.engines.bpmn.conditions import Condition, ConditionRefused
from tongban.engines.bpmn.model import Definition, Flow, Node, NodeKind
from tongban.engines.bpmn.reading import extension_attributes, is_bpmn, local_name, read_definitions
from tongban.engines.bpmn.refusals import ProcessRefused, Refusal
from tongban.engines.bpmn.soundness import prove_sound
from tongban.kernel.errors import Text

# Drawing and description: they say nothing about how the process runs.
_DRAWN = {"documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "category"}
_KINDS = {kind.value: kind for kind in NodeKind if kind is not NodeKind.TERMINATE}
_MAX_ELEMENTS = 2000


def compile_process(source: bytes) -> Definition:
    """The one process of a BPMN file. Raises: ProcessRefused, with every refusal found."""
    processes = list(_processes(read_definitions(source)))
    if not processes:
        raise ProcessRefused([_no_process()])
    if len(processes) > 1:
        raise ProcessRefused([_second_process(other) for other in processes[1:]])
    return _compile(processes[0])


def inspect_processes(source: bytes) -> list[Definition | ProcessRefused]:
    """Every process of a file, each compiled by itself or refused. Raises: ProcessRefused for an unreadable file."""
    results: list[Definition | ProcessRefused] = []
    for process in _processes(read_definitions(source)):
        try:
            results.append(_compile(process))
        except ProcessRefused as refused:
            results.append(refused)
    return results or [ProcessRefused([_no_process()])]


def _processes(root: etree._Element) -> Iterator[etree._Element]:
    # A process without flow elements is a black-box pool or a drawing frame.
    for process in root:
        if is_bpmn(process) and local_name(process) == "process" and next(_flow_elements(process), None) is not None:
            yield process


def _flow_elements(process: etree._Element) -> Iterator[etree._Element]:
    for element in process:
        if is_bpmn(element) and local_name(element) not in _DRAWN:
            yield element


def _compile(process: etree._Element) -> Definition:
    reader = _Reader(process)
    reader.read()
    if reader.refusals:
        raise ProcessRefused(reader.refusals)
    definition = Definition(
        process_id=process.get("id", ""),
        name=process.get("name", ""),
        nodes=tuple(reader.nodes),
        flows=tuple(reader.flows),
        attributes=extension_attributes(process),
    )
    unsound = prove_sound(definition)
    if unsound:
        raise ProcessRefused(unsound)
    return definition


@dataclass
class _Reader:
    """One pass over a process; what cannot be run is collected, not raised."""

    process: etree._Element
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def read(self) -> None:
        """Read nodes first and flows after them, since a flow may be written before its ends."""
        elements = list(_flow_elements(self.process))
        if len(elements) > _MAX_ELEMENTS:
            self._refuse(
                self.process, "流程元素太多", "The process has too many elements", "请拆成几个流程", "Split it"
            )
            return
        for element in elements:
            if local_name(element) != "sequenceFlow":
                self._node(element)
        for element in elements:
            if local_name(element) == "sequenceFlow":
                self._flow(element)
        self._check_ids()

    def _node(self, element: etree._Element) -> None:
        kind: NodeKind | None = _KINDS.get(local_name(element))
        if kind is None:
            self._unsupported(element)
            return
        for child in element:
            if not is_bpmn(child) or local_name(child) in {"incoming", "outgoing", *_DRAWN}:
                continue
            if kind is NodeKind.END and local_name(child) == "terminateEventDefinition":
                kind = NodeKind.TERMINATE
            else:
                self._unsupported(child, within=element)
        if element.get("isForCompensation") == "true":
            self._unsupported(element)
        self.nodes.append(
            Node(
                id=element.get("id", ""),
                kind=kind,
                name=" ".join(element.get("name", "").split()),
                attributes=extension_attributes(element),
                default_flow=element.get("default"),
                line=_line(element),
            )
        )

    def _flow(self, element: etree._Element) -> None:
        ends = {node.id: node for node in self.nodes}
        source, target = element.get("sourceRef", ""), element.get("targetRef", "")
        if source not in ends or target not in ends:
            # The missing end has been refused by itself when it is an element that is not supported.
            if not self.refusals:
                self._refuse(
                    element,
                    "顺序流的一端不存在",
                    "An end of the sequence flow does not exist",
                    "请重新连线",
                    "Connect it again",
                )
            return
        condition = self._condition(element, ends[source])
        self.flows.append(Flow(element.get("id", ""), source, target, condition))

    def _condition(self, element: etree._Element, source: Node) -> str | None:
        expression = next((child for child in element if local_name(child) == "conditionExpression"), None)
        text = "".join(str(part) for part in expression.itertext()).strip() if expression is not None else ""
        if not text:
            return None
        if source.kind is not NodeKind.EXCLUSIVE:
            self._refuse(
                element,
                "条件只能写在排他网关的出口",
                "A condition may only leave an exclusive gateway",
                "请先接一个排他网关",
                "Put an exclusive gateway before it",
            )
            return None
        try:
            Condition.parse(text)
        except ConditionRefused as refused:
            self.refusals.append(
                Refusal(element.get("id", ""), "condition", refused.message, refused.remedy, _line(element))
            )
            return None
        return text

    def _check_ids(self) -> None:
        seen: set[str] = set()
        for identifier in [*(node.id for node in self.nodes), *(flow.id for flow in self.flows)]:
            if not identifier or identifier in seen:
                reason = Text(zh=f"编号“{identifier}”空着或重复", en=f"The id “{identifier}” is empty or used twice")
                remedy = Text(zh="请给每个元素一个唯一的编号", en="Give each element an id of its own")
                self.refusals.append(Refusal(identifier or "?", "id", reason, remedy))
            seen.add(identifier)

    def _unsupported(self, element: etree._Element, within: etree._Element | None = None) -> None:
        name = local_name(element)
        owner = within if within is not None else element
        self._refuse(
            owner,
            f"还不能运行 {name}",
            f"{name} cannot be run yet",
            "请改用：开始、结束、终止结束、用户任务、服务任务、排他网关、并行网关和顺序流",
            "Use start, end and terminate end events, user and service tasks, exclusive and parallel gateways",
            kind=name,
        )

    def _refuse(
        self, element: etree._Element, zh: str, en: str, remedy_zh: str, remedy_en: str, *, kind: str = ""
    ) -> None:
        reason, remedy = Text(zh=zh, en=en), Text(zh=remedy_zh, en=remedy_en)
        place = element.get("id") or local_name(element)
        self.refusals.append(Refusal(place, kind or local_name(element), reason, remedy, _line(element)))


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None


def _no_process() -> Refusal:
    return Refusal(
        "definitions",
        "process",
        Text(zh="文件里没有可运行的流程", en="The file holds no process to run"),
        Text(zh="请画一个有开始、任务和结束的流程", en="Draw a process with a start, tasks and an end"),
    )


def _second_process(process: etree._Element) -> Refusal:
    return Refusal(
        process.get("id", "process"),
        "process",
        Text(zh="一个文件只能有一个流程", en="A file may hold one process only"),
        Text(zh="请把另一个流程放到自己的文件里", en="Move the other process to a file of its own"),
        _line(process),
    )
