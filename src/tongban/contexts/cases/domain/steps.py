"""What the `tongban:` attributes of a process mean: who does a step, what they see, what the platform does itself.

Attributes of the process: acceptance (automatic | manual).
Of a user task: department (a code, or $owner for the item's own), sees (field names, or * for all), days, reads
(`resource:field,field` …), name_en, on-reject (close | continue).
Of a service task: action (issue-licence | notify), licence, template, name_en.
Of an end: outcome (approved | rejected).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tongban.engines.bpmn import Definition, Node, NodeKind, ProcessRefused, Refusal, compile_process
from tongban.kernel.errors import Text

OWNER = "$owner"
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,59}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}")
_READ = re.compile(r"([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*):([a-z][a-z0-9_]*(?:,[a-z][a-z0-9_]*)*)")
_KNOWN = {
    NodeKind.USER_TASK: {"department", "sees", "days", "reads", "name_en", "on-reject"},
    NodeKind.SERVICE_TASK: {"action", "licence", "template", "name_en"},
    NodeKind.END: {"outcome"},
    NodeKind.TERMINATE: {"outcome"},
}
_PROCESS_KNOWN = {"acceptance", "name_en"}
_NEEDS = {"issue-licence": "licence", "notify": "template"}


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """A department's step. `sees` of None means every field (the item's own department on a standard process)."""

    node: str
    title: Text
    department: str
    sees: frozenset[str] | None
    days: int | None
    reads: tuple[tuple[str, tuple[str, ...]], ...]
    closes_on_reject: bool


@dataclass(frozen=True, slots=True)
class MachineStep:
    """A step that the platform does itself."""

    node: str
    title: Text
    action: str
    subject: str


def compile_steps(source: bytes) -> Definition:
    """A process that can be run and whose attributes mean something. Raises: ProcessRefused, with every refusal."""
    definition = compile_process(source)
    refusals = check_attributes(definition)
    if refusals:
        raise ProcessRefused(refusals)
    return definition


def review_step(definition: Definition, node_id: str, *, owner: str) -> ReviewStep:
    """A user task as a department's step; `owner` fills `$owner`."""
    node = definition.node(node_id)
    attributes = node.attributes
    sees = attributes.get("sees", "*")
    days = attributes.get("days")
    department = attributes.get("department", OWNER)
    return ReviewStep(
        node=node.id,
        title=_title(node),
        department=owner if department == OWNER else department,
        sees=None if sees.strip() == "*" else frozenset(_split(sees)),
        days=int(days) if days else None,
        reads=tuple((match[1], tuple(match[2].split(","))) for match in _READ.finditer(attributes.get("reads", ""))),
        closes_on_reject=attributes.get("on-reject", "close") == "close",
    )


def review_steps(definition: Definition, *, owner: str) -> tuple[ReviewStep, ...]:
    """Every department's step in the order of the file."""
    return tuple(review_step(definition, node.id, owner=owner) for node in definition.of_kind(NodeKind.USER_TASK))


def machine_step(definition: Definition, node_id: str) -> MachineStep:
    """A service task as a step of the platform."""
    node = definition.node(node_id)
    action = node.attributes["action"]
    return MachineStep(node.id, _title(node), action, node.attributes[_NEEDS[action]])


def issues_licences(definition: Definition) -> bool:
    """Whether the process can end with a licence."""
    return any(node.attributes.get("action") == "issue-licence" for node in definition.of_kind(NodeKind.SERVICE_TASK))


def is_accepted_automatically(definition: Definition) -> bool:
    """Whether a complete online submission is accepted at once by the intake rule."""
    return definition.attributes.get("acceptance", "automatic") == "automatic"


def ends_rejected(definition: Definition, passed: tuple[str, ...]) -> bool:
    """Whether the ends that were passed say that the application is refused."""
    return any(
        definition.node(node_id).kind.ends and definition.node(node_id).attributes.get("outcome") == "rejected"
        for node_id in passed
    )


def departments(definition: Definition, *, owner: str) -> tuple[str, ...]:
    """The departments that take part, each once, in the order of the file."""
    return tuple(dict.fromkeys(step.department for step in review_steps(definition, owner=owner)))


def check_attributes(definition: Definition) -> list[Refusal]:
    """Every `tongban:` attribute that is unknown, missing or badly written, by its element."""
    refusals = _unknown(definition.process_id, "process", definition.attributes, _PROCESS_KNOWN, None)
    if definition.attributes.get("acceptance", "automatic") not in {"automatic", "manual"}:
        refusals.append(_wrong(definition.process_id, "process", "acceptance", "automatic | manual", None))
    for node in definition.nodes:
        refusals += _unknown(node.id, node.kind.value, node.attributes, _KNOWN.get(node.kind, set()), node.line)
        if node.kind is NodeKind.USER_TASK:
            refusals += _check_review(node)
        elif node.kind is NodeKind.SERVICE_TASK:
            refusals += _check_machine(node)
        elif node.kind.ends and node.attributes.get("outcome", "approved") not in {"approved", "rejected"}:
            refusals.append(_wrong(node.id, node.kind.value, "outcome", "approved | rejected", node.line))
    return refusals


def _check_review(node: Node) -> list[Refusal]:
    found: list[Refusal] = []
    attributes = node.attributes

    def expect(name: str, form: str, holds: bool) -> None:
        if not holds:
            found.append(_wrong(node.id, node.kind.value, name, form, node.line))

    department = attributes.get("department", "")
    expect("department", "部门代码或 $owner", department == OWNER or bool(_SLUG.fullmatch(department)))
    sees = attributes.get("sees", "")
    expect("sees", "字段名，用逗号隔开；* 表示全部", sees.strip() == "*" or _are_fields(_split(sees)))
    days = attributes.get("days")
    expect("days", "0 到 365 的整数", days is None or (days.isdecimal() and int(days) <= 365))
    reads = attributes.get("reads", "")
    expect("reads", "资源代码:字段,字段", all(_READ.fullmatch(part) for part in reads.split()))
    expect("on-reject", "close | continue", attributes.get("on-reject", "close") in {"close", "continue"})
    return found


def _check_machine(node: Node) -> list[Refusal]:
    action = node.attributes.get("action", "")
    if action not in _NEEDS:
        return [_wrong(node.id, node.kind.value, "action", " | ".join(_NEEDS), node.line)]
    needed = _NEEDS[action]
    if not _SLUG.fullmatch(node.attributes.get(needed, "")):
        return [_wrong(node.id, node.kind.value, needed, "小写字母、数字和连字符的代码", node.line)]
    return []


def _unknown(
    element: str, kind: str, attributes: Mapping[str, str], known: set[str], line: int | None
) -> list[Refusal]:
    names = "、".join(sorted(known)) or "—"
    return [
        Refusal(
            element,
            kind,
            Text(zh=f"不认识的属性 tongban:{name}", en=f"The attribute tongban:{name} is not known"),
            Text(zh=f"这里可以写：{names}", en=f"Known here: {names}"),
            line,
        )
        for name in attributes
        if name not in known
    ]


def _wrong(element: str, kind: str, name: str, form: str, line: int | None) -> Refusal:
    return Refusal(
        element,
        kind,
        Text(zh=f"属性 tongban:{name} 缺少或写得不对", en=f"The attribute tongban:{name} is missing or wrong"),
        Text(zh=f"请写成：{form}", en=f"Write it as: {form}"),
        line,
    )


def _title(node: Node) -> Text:
    zh = node.name or node.id
    return Text(zh=zh, en=node.attributes.get("name_en") or zh)


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _are_fields(names: list[str]) -> bool:
    return bool(names) and all(_FIELD.fullmatch(name) for name in names)
