"""Checks of process drawings: they compile, every task has a department, and no department sees an unknown field."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.assembly.packs.checks.forms import field_names
from tongban.assembly.packs.checks.index import Index
from tongban.assembly.packs.documents import TextDocument
from tongban.assembly.packs.pack import Pack, ServiceFolder
from tongban.assembly.packs.problems import Problem
from tongban.contexts.cases import api as cases
from tongban.engines.bpmn import Definition, Node, NodeKind, compile_process
from tongban.kernel.errors import Text

OWNER = "$owner"
"""In a process: the department of the service that runs on it."""


def compile_text(document: TextDocument) -> tuple[Definition | None, list[Problem]]:
    """The compiled drawing, or as problems why it cannot be published."""
    source = document.text.encode()
    refusals = cases.check_process(source)
    if not refusals:
        return compile_process(source), []
    return None, [
        document.problem(r.line or 1, f"{r.kind} {r.element}".strip(), "process-refused", r.reason, r.remedy)
        for r in refusals
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


def check_service_process(folder: ServiceFolder, index: Index, languages: list[str]) -> Iterator[Problem]:
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
    for node in definition.of_kind(NodeKind.USER_TASK, NodeKind.SERVICE_TASK) if "en" in languages else ():
        yield from _untranslated(folder.process, node)
    if folder.form:
        yield from _conditions(folder.process, definition, names)
    yield from _issued(folder, definition)


def _user_task(document: TextDocument, node: Node, names: list[str], index: Index) -> Iterator[Problem]:
    def wrong(code: str, zh: str, en: str, do_zh: str, do_en: str) -> Problem:
        return _at(document, node, node.id, code, zh, en, do_zh, do_en)

    department = node.attributes["department"]
    if department != OWNER and department not in index.organisations:
        zh, en = f"没有这个部门：“{department}”", f'no such organisation: "{department}"'
        yield wrong(
            "unknown-organisation", zh, en, "用 organisations.yaml 里的代码", "use a code of organisations.yaml"
        )
    seen = [name.strip() for name in node.attributes["sees"].split(",")]
    if "*" in seen:
        zh, en = "“*”让部门看到全部字段", '"*" shows the department every field'
        yield wrong("sees-everything", zh, en, "只写办这一步必需的字段", "name only the fields that the step needs")
    for name in seen:
        if names and name not in names and name != "*":
            zh, en = f"表单里没有“{name}”", f'the form has no "{name}"'
            yield wrong("unknown-field", zh, en, "改正 tongban:sees", "correct tongban:sees")
    if "days" not in node.attributes:
        zh, en = "这一步没写几个工作日", "this step says not how many working days it takes"
        yield wrong("no-days", zh, en, '加上 tongban:days="2"', 'add tongban:days="2"')
    for part in node.attributes.get("reads", "").split():
        resource, _, fields = part.partition(":")
        known = {field["name"] for field in index.resources.get(resource, {}).get("fields", ())}
        for name in fields.split(","):
            if name not in known:
                zh, en = f"没有这个数据：{resource}#{name}", f"no such data: {resource}#{name}"
                yield wrong("unknown-field", zh, en, "改正 tongban:reads", "correct tongban:reads")


def _service_task(folder: ServiceFolder, document: TextDocument, node: Node) -> Iterator[Problem]:
    licence = node.attributes.get("licence")
    issued = [row["type"] for row in folder.service.data.get("licences", ())] if folder.service else []
    if licence and licence not in issued:
        zh, en = f"service.yaml 的 licences 里没有“{licence}”", f'"{licence}" is not under licences of service.yaml'
        do_zh, do_en = "在 licences 里加上，或改正 tongban:licence", "add it there, or correct tongban:licence"
        yield _at(document, node, node.id, "unknown-licence-type", zh, en, do_zh, do_en)


def _untranslated(document: TextDocument, node: Node) -> Iterator[Problem]:
    if not node.attributes.get("name_en"):
        zh, en = "这一步没有英文名", "this step has no English name"
        yield _at(document, node, node.id, "no-english", zh, en, '加上 tongban:name_en="…"', 'add tongban:name_en="…"')


def _conditions(document: TextDocument, definition: Definition, names: list[str]) -> Iterator[Problem]:
    tasks = {node.id for node in definition.nodes}
    for name in sorted(definition.names_read()):
        head, _, rest = name.partition(".")
        known = rest in tasks if head == "decision" else name in (*names, "channel")
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
