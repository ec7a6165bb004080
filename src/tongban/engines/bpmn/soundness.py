"""Proof, before publication, that a process always ends: nothing unreachable, no dead end, no join waiting for ever.

Between two nodes of the supported subset there is no race (every flow has one reader, only a gateway's choice
branches), so it is enough to run one order of steps and to branch on choices alone: a persistent set in the sense of
partial-order reduction. Steps nearest the start go first, so that tokens which can meet do meet.
Source: W. van der Aalst, workflow-net soundness (1998); P. Godefroid, persistent sets (1996).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tongban.engines.bpmn.model import Definition, Flow, Node, NodeKind
from tongban.engines.bpmn.refusals import Refusal
from tongban.kernel.errors import Text

MAX_MARKINGS = 20_000
_Marking = frozenset[tuple[str, int]]


def prove_sound(definition: Definition) -> list[Refusal]:
    """Everything that keeps a process from being sound; empty when it is proved."""
    found = [*_wiring(definition)]
    if not found:
        found = [*_unreachable(definition), *_dead_ends(definition)]
    if not found:
        found = [*_silent_cycles(definition)]
    return found or list(_stuck(definition))


def _wiring(definition: Definition) -> Iterator[Refusal]:
    starts = definition.of_kind(NodeKind.START)
    if not starts:
        yield _refusal_of(definition.process_id, "process", _NO_START)
    for extra in starts[1:]:
        yield _refusal(
            extra, "流程只能有一个开始事件", "A process may have one start only", "请删去多余的开始", "Remove it"
        )
    if not definition.of_kind(NodeKind.END, NodeKind.TERMINATE):
        yield _refusal_of(definition.process_id, "process", _NO_END)
    for node in definition.nodes:
        yield from _wiring_of(definition, node)


def _wiring_of(definition: Definition, node: Node) -> Iterator[Refusal]:
    into, out = definition.incoming(node.id), definition.outgoing(node.id)
    if node.kind is NodeKind.START and into:
        yield _refusal(
            node,
            "开始事件不能有入口",
            "Nothing may lead into a start",
            "请改接到后面的步骤",
            "Connect the step after it",
        )
    if node.kind.ends and out:
        yield _refusal(node, "结束事件不能有出口", "Nothing may follow an end", "请删去它后面的连线", "Remove the flow")
    if not node.kind.ends and not out:
        yield _refusal(
            node,
            "后面没有步骤，办到这里就停住了",
            "Nothing follows it: work would stop here",
            "请连到下一步或结束",
            "Connect it to the next step or an end",
        )
    if node.kind is not NodeKind.START and not into:
        yield _refusal(
            node, "走不到这一步", "It cannot be reached", "请从前面的步骤连过来", "Connect it from an earlier step"
        )
    splits = node.kind in {NodeKind.EXCLUSIVE, NodeKind.PARALLEL}
    if len(out) > 1 and not splits:
        yield _refusal(
            node,
            "一个步骤只能有一个出口",
            "A step may have one way out only",
            "同时办用并行网关，选一条用排他网关",
            "Use a parallel gateway for all, an exclusive one for a choice",
        )
    if node.kind is NodeKind.EXCLUSIVE:
        yield from _choices(node, out)


def _choices(node: Node, out: tuple[Flow, ...]) -> Iterator[Refusal]:
    if node.default_flow is not None and node.default_flow not in {flow.id for flow in out}:
        yield _refusal(
            node,
            "默认出口不是它的出口",
            "Its default flow does not leave it",
            "请重选默认出口",
            "Choose the default again",
        )
    elif len(out) > 1 and node.default_flow is None:
        yield _refusal(
            node,
            "没有默认出口，条件都不满足时会停住",
            "It has no default flow: work would stop when no condition holds",
            "请把一个出口设为默认",
            "Mark one way out as the default",
        )
    for flow in out:
        if len(out) > 1 and flow.condition is None and flow.id != node.default_flow:
            yield _refusal_of(flow.id, "sequenceFlow", _NO_CONDITION)
        if flow.condition is not None and (len(out) == 1 or flow.id == node.default_flow):
            yield _refusal_of(flow.id, "sequenceFlow", _IDLE_CONDITION)


def _unreachable(definition: Definition) -> Iterator[Refusal]:
    reached = _closure([definition.start.id], lambda node_id: (flow.target for flow in definition.outgoing(node_id)))
    for node in definition.nodes:
        if node.id not in reached:
            yield _refusal(
                node, "走不到这一步", "It cannot be reached", "请从前面的步骤连过来", "Connect it from an earlier step"
            )


def _dead_ends(definition: Definition) -> Iterator[Refusal]:
    ends = [node.id for node in definition.of_kind(NodeKind.END, NodeKind.TERMINATE)]
    leading = _closure(ends, lambda node_id: (flow.source for flow in definition.incoming(node_id)))
    for node in definition.nodes:
        if node.id not in leading:
            yield _refusal(
                node,
                "从这里走不到结束",
                "No end can be reached from it",
                "请给它一条通向结束的路",
                "Give it a way to an end",
            )


def _silent_cycles(definition: Definition) -> Iterator[Refusal]:
    """A circle of gateways alone would spin for ever within one step."""
    quiet = {node.id for node in definition.of_kind(NodeKind.EXCLUSIVE, NodeKind.PARALLEL)}

    def quiet_after(node_id: str) -> Iterator[str]:
        return (flow.target for flow in definition.outgoing(node_id) if flow.target in quiet)

    for node in definition.nodes:
        if node.id in quiet and node.id in _closure(quiet_after(node.id), quiet_after):
            yield _refusal(
                node,
                "网关绕成了圈，中间没有步骤",
                "Gateways form a circle without a step in it",
                "请在圈里放一个任务",
                "Put a task in the circle",
            )


def _stuck(definition: Definition) -> Iterator[Refusal]:
    """Run every combination of choices; name the join that waits for ever or the step that would open twice."""
    rank = _ranks(definition)
    first: _Marking = frozenset((flow.id, 1) for flow in definition.outgoing(definition.start.id))
    seen, waiting = {first}, [first]
    targets = {flow.id: definition.node(flow.target) for flow in definition.flows}
    while waiting:
        if len(seen) > MAX_MARKINGS:
            yield _refusal_of(definition.process_id, "process", _TANGLED)
            return
        marking = waiting.pop()
        doubled = next((flow_id for flow_id, count in marking if count > 1), None)
        if doubled is not None:
            yield _refusal(
                targets[doubled],
                "同一步会同时开两次",
                "It could be open twice at once",
                "并行的分支先用并行网关汇合",
                "Join parallel branches with a parallel gateway first",
            )
            return
        node = _next_node(definition, dict(marking), targets, rank)
        if node is None:
            blocked = [targets[flow_id] for flow_id, _ in marking]
            if blocked:
                yield _refusal(
                    blocked[0],
                    "这个汇合可能永远等不齐",
                    "This join may wait for ever",
                    "汇合的每个入口都要来自同一个并行网关",
                    "Let each way into it come from the same parallel split",
                )
                return
            continue
        for after in _after(definition, dict(marking), node):
            if after not in seen:
                seen.add(after)
                waiting.append(after)


def _next_node(
    definition: Definition, marking: dict[str, int], targets: dict[str, Node], rank: dict[str, int]
) -> Node | None:
    able = [
        node
        for node in {targets[flow_id].id: targets[flow_id] for flow_id in marking}.values()
        if node.kind is not NodeKind.PARALLEL or all(flow.id in marking for flow in definition.incoming(node.id))
    ]
    # A terminate end is tried last, or it would hide what the other branches do.
    return min(able, key=lambda node: (node.kind is NodeKind.TERMINATE, rank[node.id]), default=None)


def _after(definition: Definition, marking: dict[str, int], node: Node) -> Iterator[_Marking]:
    if node.kind is NodeKind.TERMINATE:
        yield frozenset()
        return
    rest = Counter(marking)
    into = [flow.id for flow in definition.incoming(node.id)]
    rest.subtract(into if node.kind is NodeKind.PARALLEL else [next(flow for flow in into if marking.get(flow))])
    out = [flow.id for flow in definition.outgoing(node.id)]
    choices = [[flow] for flow in out] if node.kind is NodeKind.EXCLUSIVE else [out]
    for chosen in choices:
        after = Counter(rest)
        after.update(chosen)
        yield frozenset((+after).items())


def _ranks(definition: Definition) -> dict[str, int]:
    """Nodes in reverse postorder from the start: topological where there is no loop."""
    order: list[str] = []
    seen = {definition.start.id}
    stack = [(definition.start.id, iter(definition.outgoing(definition.start.id)))]
    while stack:
        node_id, flows = stack[-1]
        following = next((flow.target for flow in flows if flow.target not in seen), None)
        if following is None:
            order.append(node_id)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(definition.outgoing(following))))
    return {node_id: rank for rank, node_id in enumerate(reversed(order))}


def _closure(first: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(first)
    while waiting:
        node_id = waiting.pop()
        if node_id not in reached:
            reached.add(node_id)
            waiting.extend(following(node_id))
    return reached


def _refusal(node: Node, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Refusal:
    return Refusal(node.id, node.kind.value, Text(zh=zh, en=en), Text(zh=remedy_zh, en=remedy_en), node.line)


def _refusal_of(element: str, kind: str, words: tuple[Text, Text]) -> Refusal:
    return Refusal(element, kind, *words)


_NO_START = (
    Text(zh="没有开始事件", en="It has no start event"),
    Text(zh="请加一个开始事件", en="Add a start event"),
)
_NO_END = (
    Text(zh="没有结束事件", en="It has no end event"),
    Text(zh="请加一个结束事件", en="Add an end event"),
)
_NO_CONDITION = (
    Text(zh="这个出口没有条件", en="This way out has no condition"),
    Text(zh="请写条件，或把它设为默认出口", en="Write a condition or make it the default"),
)
_IDLE_CONDITION = (
    Text(zh="默认出口和唯一出口不写条件", en="A default or only way out takes no condition"),
    Text(zh="请删去条件", en="Remove the condition"),
)
_TANGLED = (
    Text(zh="分支太复杂，证明不了它总能办完", en="It branches too much to prove that it always ends"),
    Text(zh="请拆成几个流程", en="Split it into several processes"),
)
