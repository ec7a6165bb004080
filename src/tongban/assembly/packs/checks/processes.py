"""Checks of process drawings: they compile, every task has a department, and no department sees an unknown field."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.assembly.packs.checks.forms import field_names
from tongban.assembly.packs.checks.index import Index
from tongban.assembly.packs.documents import TextDocument
from tongban.assembly.packs.pack import Pack, ServiceFolder
from tongban.assembly.packs.problems import Problem
from tongban.engines.bpmn import Definition, Node, NodeKind, ProcessRefused, compile_process
from tongban.kernel.errors import Text

ACTIONS = ("issue-licence",)
APPLICANT_DEPARTMENT = "$department"
"""In a shared process: the department of the service that runs on it."""


def compile_text(document: TextDocument) -> tuple[Definition | None, list[Problem]]:
    """The compiled drawing, or the refusals of the engine as problems."""
    try:
        return compile_process(document.text.encode()), []
    except ProcessRefused as refused:
        return None, [
            document.problem(r.line or 1, f"{r.kind} {r.element}".strip(), "process-refused", r.reason, r.remedy)
            for r in refused.refusals
        ]


def check_shared_processes(pack: Pack, index: Index) -> Iterator[Problem]:
    """The standard processes of the pack."""
    for document in pack.processes:
        definition, problems = compile_text(document)
        yield from problems
        if definition is None:
            continue
        if definition.process_id in index.processes:
            yield _at(
                document,
                None,
                definition.process_id,
                "duplicate-code",
                f"流程“{definition.process_id}”已经在 {index.processes[definition.process_id]} 定义过",
                f'the process "{definition.process_id}" is already defined in {index.processes[definition.process_id]}',
                "换一个流程 id",
                "choose another process id",
            )
        index.processes.setdefault(definition.process_id, document.file)


def check_service_process(folder: ServiceFolder, index: Index) -> Iterator[Problem]:
    """A service's own drawing, or the shared process that it names."""
    if folder.service is None:
        return
    wanted = folder.service.data["process"]
    if folder.process is None:
        if wanted not in index.processes:
            yield folder.service.problem(
                ("process",),
                "unknown-process",
                Text(zh=f"没有流程“{wanted}”", en=f'no such process: "{wanted}"'),
                Text(zh="加上 process.bpmn，或写一个公用流程的 id", en="add process.bpmn, or name a shared process"),
            )
        return
    definition, problems = compile_text(folder.process)
    yield from problems
    if definition is None:
        return
    if definition.process_id != wanted:
        yield folder.service.problem(
            ("process",),
            "process-differs",
            Text(
                zh=f"process.bpmn 里的流程 id 是“{definition.process_id}”",
                en=f'the process in process.bpmn is called "{definition.process_id}"',
            ),
            Text(zh="两处写成同一个", en="write the same in both"),
        )
    elif definition.process_id in index.processes:
        yield folder.service.problem(
            ("process",),
            "duplicate-code",
            Text(
                zh=f"流程“{wanted}”已经在 {index.processes[wanted]} 定义过",
                en=f'the process "{wanted}" is already defined in {index.processes[wanted]}',
            ),
            Text(zh="换一个流程 id", en="choose another process id"),
        )
    index.processes.setdefault(definition.process_id, folder.process.file)
    names = field_names(folder.form)
    for node in definition.of_kind(NodeKind.USER_TASK):
        yield from _user_task(folder.process, node, names, index)
    for node in definition.of_kind(NodeKind.SERVICE_TASK):
        yield from _service_task(folder, folder.process, node)
    yield from _conditions(folder.process, definition, names)
    yield from _issued(folder, definition)


def _user_task(document: TextDocument, node: Node, names: list[str], index: Index) -> Iterator[Problem]:
    department = node.attributes.get("department")
    if not department:
        yield _at(
            document,
            node,
            node.id,
            "no-department",
            "这一步没写由哪个部门办",
            "this step names no department",
            '加上 tongban:department="…"',
            'add tongban:department="…"',
        )
    elif department not in index.organisations:
        yield _at(
            document,
            node,
            node.id,
            "unknown-organisation",
            f"没有这个部门：“{department}”",
            f'no such organisation: "{department}"',
            "用 organisations.yaml 里的代码",
            "use a code of organisations.yaml",
        )
    seen = [name.strip() for name in node.attributes.get("sees", "").split(",") if name.strip()]
    if not seen:
        yield _at(
            document,
            node,
            node.id,
            "sees-nothing",
            "这一步没写能看哪些字段",
            "this step says no field that it may see",
            '加上 tongban:sees="…"，只写办这件事必需的',
            'add tongban:sees="…" with only the fields that are needed',
        )
    for name in seen:
        if names and name not in names:
            yield _at(
                document,
                node,
                node.id,
                "unknown-field",
                f"表单里没有“{name}”",
                f'the form has no "{name}"',
                "改正 tongban:sees",
                "correct tongban:sees",
            )
    days = node.attributes.get("days", "")
    if not days.isdecimal() or int(days) > 3650:
        yield _at(
            document,
            node,
            node.id,
            "no-days",
            "这一步没写几个工作日",
            "this step says not how many working days it takes",
            '加上 tongban:days="2"',
            'add tongban:days="2"',
        )


def _service_task(folder: ServiceFolder, document: TextDocument, node: Node) -> Iterator[Problem]:
    action = node.attributes.get("action", "")
    if action not in ACTIONS:
        yield _at(
            document,
            node,
            node.id,
            "unknown-action",
            f"不认识的动作“{action}”",
            f'unknown action "{action}"',
            f"能写的：{'、'.join(ACTIONS)}",
            f"known: {', '.join(ACTIONS)}",
        )
        return
    licence = node.attributes.get("licence", "")
    issued = [row["type"] for row in folder.service.data.get("licences", ())] if folder.service else []
    if licence not in issued:
        yield _at(
            document,
            node,
            node.id,
            "unknown-licence-type",
            f"service.yaml 的 licences 里没有“{licence}”",
            f'"{licence}" is not under licences of service.yaml',
            "在 licences 里加上，或改正 tongban:licence",
            "add it there, or correct tongban:licence",
        )


def _conditions(document: TextDocument, definition: Definition, names: list[str]) -> Iterator[Problem]:
    tasks = {node.id for node in definition.nodes}
    for name in sorted(definition.names_read()):
        head, _, rest = name.partition(".")
        known = rest in tasks if head == "decision" else name in names
        if not known:
            yield _at(
                document,
                None,
                name,
                "unknown-field",
                f"条件里的“{name}”既不是表单字段，也不是某一步的结论",
                f'"{name}" in a condition is neither a form field nor the decision of a step',
                "改正条件",
                "correct the condition",
            )


def _issued(folder: ServiceFolder, definition: Definition) -> Iterator[Problem]:
    drawn = {node.attributes.get("licence") for node in definition.of_kind(NodeKind.SERVICE_TASK)}
    service = folder.service
    for position, row in enumerate(service.data.get("licences", ()) if service else ()):
        if service and row["type"] not in drawn:
            yield service.problem(
                ("licences", position, "type"),
                "never-issued",
                Text(zh=f"流程里没有签发“{row['type']}”的一步", en=f'no step of the process issues "{row["type"]}"'),
                Text(
                    zh="在 process.bpmn 里加 serviceTask，或删掉这一项",
                    en="add a serviceTask to process.bpmn or remove this entry",
                ),
            )


def _at(
    document: TextDocument, node: Node | None, element: str, code: str, zh: str, en: str, do_zh: str, do_en: str
) -> Problem:
    line = (node.line if node else None) or 1
    return document.problem(line, element, code, Text(zh=zh, en=en), Text(zh=do_zh, en=do_en))
