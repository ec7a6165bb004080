"""``tongban pack test``: each service's examples through form, materials and process, with nothing stored.

Prefill, validation and materials are the forms context's own; routing is the process engine's token run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongban.assembly.packs.check import Report
from tongban.assembly.packs.pack import Pack, ServiceFolder
from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.engines.bpmn import Definition, NodeKind, Token, compile_process, complete, start
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

_MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise than the example says."""

    what: Text
    expected: object
    found: object

    def render(self, language: str) -> str:
        """The difference in one line."""
        wanted, came = ("应为", "得到") if not language.startswith("en") else ("expected", "found")
        return f"{self.what.in_language(language)}: {wanted} {self.expected}, {came} {self.found}"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one example."""

    service: str
    folder: str
    example: str
    line: int
    outcome: str
    differences: tuple[Difference, ...]

    @property
    def is_passed(self) -> bool:
        """Whether everything came out as the example says."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """The result for ``--json``."""
        return {
            "service": self.service,
            "example": self.example,
            "file": f"{self.folder}/tests.yaml",
            "line": self.line,
            "passed": self.is_passed,
            "outcome": self.outcome,
            "differences": [{"what": d.what.en, "expected": d.expected, "found": d.found} for d in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Run:
    """A token run: who was asked, in which steps, how it ended, which licences were issued."""

    departments: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    outcome: str = "approved"
    licences: tuple[str, ...] = ()


def try_pack(report: Report, *, only: str | None = None, now: datetime | None = None) -> Iterator[Result]:
    """Run the examples of every service, or of the one whose folder or code is ``only``. The pack must be sound."""
    moment = now or utc_now()
    shared = {compile_process(d.text.encode()).process_id: d.text.encode() for d in report.pack.processes}
    for folder in report.pack.services:
        if only is None or only in (folder.code, folder.folder.rpartition("/")[2]):
            yield from _try_service(report.pack, folder, shared, moment)


def _try_service(pack: Pack, folder: ServiceFolder, shared: Mapping[str, bytes], now: datetime) -> Iterator[Result]:
    service, tests = folder.service, folder.tests
    if service is None or tests is None:
        return
    source = folder.process.text.encode() if folder.process else shared[service.data["process"]]
    for position, example in enumerate(tests.data["examples"]):
        outcome, differences = _try_example(folder, source, example, now)
        line = tests.line_of(("examples", position))
        yield Result(folder.code, folder.folder, example["name"], line, outcome, tuple(differences))


def _try_example(
    folder: ServiceFolder, source: bytes, example: Mapping[str, Any], now: datetime
) -> tuple[str, list[Difference]]:
    assert folder.service
    assert folder.form
    answered = {code: rows for code, rows in example.get("sources", {}).items() if rows != "unavailable"}
    trial = forms.try_declaration(
        form=folder.form.data,
        materials=folder.service.data["materials"],
        records=answered,
        licences=example.get("licences", ()),
        answers=example["answers"],
        uploads=example.get("uploads", ()),
        now=now,
    )
    run = Run()
    if trial.problems:
        run = Run(outcome="invalid")
    elif trial.lacking:
        run = Run(outcome="incomplete")
    else:
        run = run_process(
            source, values=trial.values, owner=folder.service.data["department"], decisions=example.get("decisions", {})
        )
    return run.outcome, list(_compare(example["expect"], trial, run))


def run_process(source: bytes, *, values: Mapping[str, Any], owner: str, decisions: Mapping[str, str]) -> Run:
    """Run a process to its end. ``decisions``: by step id or department; who is not named approves.

    A refusal ends the case unless its step says that the process goes on.
    """
    definition = compile_process(source)
    steps = {step.node: step for step in cases.read_process(source, owner=owner).steps}
    decided: dict[str, str] = {}
    variables: dict[str, Any] = {**values, "decision": decided, "channel": "online"}
    moves = start(definition, variables)
    state: Counter[Token] = moves.apply(Counter())
    departments: list[str] = []
    tasks: list[str] = []
    licences: list[str] = []
    for _ in range(_MOST_STEPS):
        if not state:
            break
        token = _next(definition, state)
        node = definition.node(token.node)
        if node.kind is NodeKind.USER_TASK:
            step = steps[node.id]
            tasks.append(node.id)
            departments.append(step.department)
            decision = decisions.get(node.id, decisions.get(step.department, "approve"))
            decided[node.id] = decision
            if decision == "reject" and step.closes_on_reject:
                return Run(_each(departments), _each(tasks), "rejected", _each(licences))
        elif node.attributes.get("action") == "issue-licence":
            licences.append(node.attributes["licence"])
        state = complete(definition, state, token, variables).apply(state)
    return Run(_each(departments), _each(tasks), "approved", _each(licences))


def _next(definition: Definition, state: Mapping[Token, int]) -> Token:
    """Departments before the platform's own steps: a licence is only issued when nobody can refuse any more first."""
    order = {node.id: place for place, node in enumerate(definition.nodes)}
    return min(state, key=lambda t: (definition.node(t.node).kind is not NodeKind.USER_TASK, order[t.node]))


def _each(items: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _compare(expect: Mapping[str, Any], trial: forms.Trial, run: Run) -> Iterator[Difference]:
    if run.outcome != expect["outcome"]:
        yield Difference(Text(zh="结果", en="outcome"), expect["outcome"], run.outcome)
    states = trial.materials
    of_state = {
        "held": [name for name, state in states.items() if state == "held"],
        "needed": [name for name, state in states.items() if state != "held"],
        "missing": list(trial.lacking),
    }
    found: dict[str, tuple[Text, list[str]]] = {
        "problems": (
            Text(zh="有问题的字段", en="fields with a problem"),
            [problem.field for problem in trial.problems],
        ),
        "departments": (Text(zh="经办部门", en="departments"), list(run.departments)),
        "tasks": (Text(zh="步骤", en="steps"), list(run.tasks)),
        "licences": (Text(zh="签发的证照", en="licences issued"), list(run.licences)),
    }
    for key, (what, came) in found.items():
        if key in expect and sorted(expect[key]) != sorted(set(came)):
            yield Difference(what, sorted(expect[key]), sorted(set(came)))
    lacking = [name for name in expect.get("prefilled", ()) if name not in trial.prefilled]
    if lacking:
        yield Difference(Text(zh="已预填的字段", en="fields prefilled"), lacking, [])
    for key, wanted in expect.get("materials", {}).items():
        if sorted(wanted) != sorted(of_state[key]):
            words = {
                "held": Text(zh="免交的材料", en="materials held"),
                "needed": Text(zh="要交的材料", en="materials needed"),
                "missing": Text(zh="还缺的材料", en="materials missing"),
            }
            yield Difference(words[key], sorted(wanted), sorted(of_state[key]))
