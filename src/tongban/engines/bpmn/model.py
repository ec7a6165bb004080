"""A compiled process: plain tables of nodes and flows, ready to be stored as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tongban.engines.bpmn.conditions import Condition

FORMAT = 1


class NodeKind(StrEnum):
    """The elements that can be run."""

    START = "startEvent"
    END = "endEvent"
    TERMINATE = "terminateEndEvent"
    USER_TASK = "userTask"
    SERVICE_TASK = "serviceTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"

    @property
    def waits(self) -> bool:
        """Whether a token rests here until somebody or something completes it."""
        return self in {NodeKind.USER_TASK, NodeKind.SERVICE_TASK}

    @property
    def ends(self) -> bool:
        """Whether a token ends here."""
        return self in {NodeKind.END, NodeKind.TERMINATE}


@dataclass(frozen=True, slots=True)
class Node:
    """One element. `attributes` are the extension attributes, by local name, as written."""

    id: str
    kind: NodeKind
    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    default_flow: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """One sequence flow; a condition only leaves an exclusive gateway."""

    id: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True)
class Definition:
    """A process that can be run: nodes and flows in the order of the file.

    Invariant: it passed every check of the compiler; `from_json` trusts what `as_json` wrote.
    """

    process_id: str
    name: str
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        incoming: dict[str, list[Flow]] = {node.id: [] for node in self.nodes}
        outgoing: dict[str, list[Flow]] = {node.id: [] for node in self.nodes}
        for flow in self.flows:
            incoming[flow.target].append(flow)
            outgoing[flow.source].append(flow)
        object.__setattr__(self, "_by_id", {node.id: node for node in self.nodes})
        object.__setattr__(self, "_incoming", {key: tuple(rows) for key, rows in incoming.items()})
        object.__setattr__(self, "_outgoing", {key: tuple(rows) for key, rows in outgoing.items()})

    def node(self, node_id: str) -> Node:
        """The node with this id. Raises: KeyError."""
        found: Node = self._by_id[node_id]  # type: ignore[attr-defined]  # set once in __post_init__, frozen
        return found

    def incoming(self, node_id: str) -> tuple[Flow, ...]:
        """The flows into a node."""
        found: tuple[Flow, ...] = self._incoming[node_id]  # type: ignore[attr-defined]  # as above
        return found

    def outgoing(self, node_id: str) -> tuple[Flow, ...]:
        """The flows out of a node, in the order in which their conditions are tried."""
        found: tuple[Flow, ...] = self._outgoing[node_id]  # type: ignore[attr-defined]  # as above
        return found

    @property
    def start(self) -> Node:
        """The one start event."""
        return next(node for node in self.nodes if node.kind is NodeKind.START)

    def of_kind(self, *kinds: NodeKind) -> tuple[Node, ...]:
        """The nodes of some kinds, in the order of the file."""
        return tuple(node for node in self.nodes if node.kind in kinds)

    def ahead_of(self, node_ids: Iterable[str]) -> frozenset[str]:
        """Every node that tokens resting at some nodes may still come to, whatever is chosen; those nodes too."""
        reached: set[str] = set()
        waiting = list(node_ids)
        while waiting:
            node_id = waiting.pop()
            if node_id not in reached:
                reached.add(node_id)
                waiting.extend(flow.target for flow in self.outgoing(node_id))
        return frozenset(reached)

    def names_read(self) -> frozenset[str]:
        """Every name that a condition reads."""
        return frozenset(
            name for flow in self.flows if flow.condition for name in Condition.parse(flow.condition).names()
        )

    def as_json(self) -> dict[str, Any]:
        """The definition as JSON tables. Shape: `{format, process_id, name, attributes, nodes: [], flows: []}`."""
        return {
            "format": FORMAT,
            "process_id": self.process_id,
            "name": self.name,
            "attributes": dict(self.attributes),
            "nodes": [
                {
                    "id": node.id,
                    "kind": node.kind.value,
                    "name": node.name,
                    "attributes": dict(node.attributes),
                    "default_flow": node.default_flow,
                    "line": node.line,
                }
                for node in self.nodes
            ],
            "flows": [
                {"id": flow.id, "source": flow.source, "target": flow.target, "condition": flow.condition}
                for flow in self.flows
            ],
        }

    @classmethod
    def from_json(cls, tables: Mapping[str, Any]) -> Definition:
        """The definition behind stored tables. Raises: ValueError for a format written by another version."""
        if tables.get("format") != FORMAT:
            raise ValueError(f"compiled process of format {tables.get('format')!r}, this version reads {FORMAT}")
        return cls(
            process_id=tables["process_id"],
            name=tables["name"],
            attributes=tables["attributes"],
            nodes=tuple(Node(**{**row, "kind": NodeKind(row["kind"])}) for row in tables["nodes"]),
            flows=tuple(Flow(**row) for row in tables["flows"]),
        )
