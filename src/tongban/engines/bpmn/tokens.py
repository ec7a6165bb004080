"""The token rules: what rests where after a process starts and after a step completes.

A token is a place: a node and the flow it came along. Tokens rest at tasks and at parallel joins; everything else is
passed within the step. The rules say which tokens go and which come, so that a store touches only those rows.
Source: BPMN 2.0.2, clause 13.2-13.4.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tongban.engines.bpmn.conditions import Condition
from tongban.engines.bpmn.model import Definition, Flow, Node, NodeKind
from tongban.kernel.errors import Conflict, Text


class NotHere(Conflict):
    """A step was completed where no token rests."""

    code = "token-not-here"


@dataclass(frozen=True, slots=True, order=True)
class Token:
    """A place where a token rests: a node, and the flow along which it came."""

    node: str
    flow: str


State = Counter[Token]
"""How many tokens rest at each place."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What one step does: tokens that go, tokens that come, nodes passed in order, and whether nothing is left."""

    consumed: tuple[Token, ...]
    produced: tuple[Token, ...]
    passed: tuple[str, ...]
    is_finished: bool
    is_terminated: bool = False

    def apply(self, state: Mapping[Token, int]) -> State:
        """The state after the step."""
        after = Counter(state)
        after.subtract(self.consumed)
        after.update(self.produced)
        return +after


def start(definition: Definition, variables: Mapping[str, object]) -> Moves:
    """Begin the process: the moves from the start event to the first places of rest."""
    run = _Run(definition, Counter(), variables)
    run.leave(definition.start)
    return run.moves()


def complete(
    definition: Definition, state: Mapping[Token, int], token: Token, variables: Mapping[str, object]
) -> Moves:
    """Complete the task at which a token rests. Raises: NotHere when none rests there."""
    node = definition.node(token.node)
    if state.get(token, 0) < 1 or not node.kind.waits:
        raise NotHere(
            Text(
                zh=f"步骤“{node.name or node.id}”现在没有在办", en=f"The step “{node.name or node.id}” is not open now"
            ),
            remedy=Text(zh="请刷新页面看最新进度", en="Reload the page to see the present state"),
        )
    run = _Run(definition, state, variables)
    run.take(token)
    run.leave(node)
    return run.moves()


class _Run:
    """The bookkeeping of one step. A token that came in this step and goes in it leaves no trace."""

    def __init__(self, definition: Definition, state: Mapping[Token, int], variables: Mapping[str, object]) -> None:
        self._definition = definition
        self._variables = variables
        self._resting: State = Counter(state)
        self._consumed: State = Counter()
        self._produced: State = Counter()
        self._passed: list[str] = []
        self._is_terminated = False

    def take(self, token: Token) -> None:
        """Remove one token from where it rests."""
        self._resting[token] -= 1
        if self._produced[token] > 0:
            self._produced[token] -= 1
        else:
            self._consumed[token] += 1

    def leave(self, node: Node) -> None:
        """Pass a node, and follow every token that comes of it until it rests or ends."""
        flows = deque(self._taken(node))
        while flows and not self._is_terminated:
            flow = flows.popleft()
            flows.extend(self._enter(flow, self._definition.node(flow.target)))

    def moves(self) -> Moves:
        """What the step did."""
        return Moves(
            consumed=tuple(sorted(self._consumed.elements())),
            produced=tuple(self._produced.elements()),
            passed=tuple(self._passed),
            is_finished=not +self._resting,
            is_terminated=self._is_terminated,
        )

    def _rest(self, token: Token) -> None:
        self._resting[token] += 1
        self._produced[token] += 1

    def _enter(self, flow: Flow, node: Node) -> Iterable[Flow]:
        if node.kind.waits:
            self._rest(Token(node.id, flow.id))
            return ()
        if node.kind is NodeKind.PARALLEL:
            self._rest(Token(node.id, flow.id))
            places = [Token(node.id, into.id) for into in self._definition.incoming(node.id)]
            if any(self._resting[place] < 1 for place in places):
                return ()
            for place in places:
                self.take(place)
        if node.kind is NodeKind.TERMINATE:
            for place in list((+self._resting).elements()):
                self.take(place)
            self._is_terminated = True
        return self._taken(node)

    def _taken(self, node: Node) -> tuple[Flow, ...]:
        self._passed.append(node.id)
        outgoing = self._definition.outgoing(node.id)
        if node.kind is not NodeKind.EXCLUSIVE or len(outgoing) < 2:
            return outgoing
        for flow in outgoing:
            if flow.condition is not None and Condition.parse(flow.condition).holds(self._variables):
                return (flow,)
        return tuple(flow for flow in outgoing if flow.id == node.default_flow)
