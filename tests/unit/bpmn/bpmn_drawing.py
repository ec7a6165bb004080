"""Draw BPMN files for tests: an XML writer, and random block-structured processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

Block = str | tuple[str, list["Block"]]
"""A task's name, or ("seq" | "and" | "xor" | "loop", parts)."""


@dataclass
class Drawing:
    """Elements in the order in which they are drawn."""

    elements: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    serial: int = 0

    def add(self, kind: str, node_id: str = "", attributes: str = "", inner: str = "") -> str:
        self.serial += 1
        node_id = node_id or f"{kind}_{self.serial}"
        self.elements.append(f"<{kind} id={quoteattr(node_id)} {attributes}>{inner}</{kind}>")
        return node_id

    def connect(self, source: str, target: str, condition: str = "", flow_id: str = "") -> str:
        inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
        ends = f"sourceRef={quoteattr(source)} targetRef={quoteattr(target)}"
        return self.add("sequenceFlow", flow_id, ends, inner)

    def block(self, block: Block, before: str) -> str:
        """Draw a block after a node and return the node it ends in."""
        if isinstance(block, str):
            task = self.add("userTask", f"task_{self.serial}_{block}")
            self.tasks.append(task)
            self.connect(before, task)
            return task
        kind, parts = block
        if kind == "seq":
            for part in parts:
                before = self.block(part, before)
            return before
        if kind == "loop":
            return self._loop(parts[0], before)
        return self._split(kind, parts, before)

    def _split(self, kind: str, parts: Sequence[Block], before: str) -> str:
        element = {"and": "parallelGateway", "xor": "exclusiveGateway"}[kind]
        split, join = f"split_{self.serial}", f"join_{self.serial}"
        flows = [f"{split}_flow_{index}" for index in range(len(parts))]
        self.add(element, split, f'default="{flows[-1]}"' if kind == "xor" else "")
        self.add(element, join)
        self.connect(before, split)
        for index, part in enumerate(parts):
            gate = self.add("serviceTask", f"{split}_gate_{index}")
            condition = f"choice = {index}" if kind == "xor" and index < len(parts) - 1 else ""
            self.connect(split, gate, condition, flows[index])
            self.connect(self.block(part, gate), join)
        return join

    def _loop(self, part: Block, before: str) -> str:
        enter, leave = f"enter_{self.serial}", f"leave_{self.serial}"
        self.add("exclusiveGateway", enter)
        self.connect(before, enter)
        inside = self.block(part, enter)
        self.add("exclusiveGateway", leave, f'default="{leave}_out"')
        self.connect(inside, leave)
        self.connect(leave, enter, "again = true")
        after = self.add("userTask", f"{leave}_after")
        self.connect(leave, after, flow_id=f"{leave}_out")
        return after

    def xml(self) -> bytes:
        return document("".join(self.elements))


def document(process: str, attributes: str = "") -> bytes:
    """A BPMN file around the inside of one process."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:tongban="https://tongban.example/bpmn/1" targetNamespace="t">'
        f'<process id="p" {attributes}>{process}</process></definitions>'
    ).encode()


def whole(block: Block) -> Drawing:
    """A process from start to end around a block."""
    drawing = Drawing()
    start = drawing.add("startEvent", "start")
    end = drawing.add("endEvent", "end")
    drawing.connect(drawing.block(block, start), end)
    return drawing


def _bigger(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    parts = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        st.tuples(st.sampled_from(["seq", "and", "xor"]), parts),
        st.tuples(st.just("loop"), st.lists(inner, min_size=1, max_size=1)),
    )


blocks: st.SearchStrategy[Block] = st.recursive(st.just("t"), _bigger, max_leaves=12)
