"""``tongban process``: whether drawings can be run, before anybody publishes them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from tongban.contexts.cases.domain.steps import check_attributes
from tongban.engines.bpmn import ProcessRefused, Refusal, inspect_processes

app = App(name="process", help="流程定义。Process definitions.")

AsJson = Annotated[bool, Parameter(name="--json", negative="", help="机器可读输出。For programs.")]
Language = Annotated[str, Parameter(name="--lang", help="zh 或 en。Language of what is said.", env_var="TONGBAN_LANG")]


@app.command
def check(*files: Path, as_json: AsJson = False, lang: Language = "zh") -> None:
    """检查 BPMN 文件能不能运行，逐个说明不能的元素。Check BPMN files; status 1 when one cannot be run."""
    results = [(file, refusals_of(file)) for file in files]
    if as_json:
        print(json.dumps([_as_json(file, refusals) for file, refusals in results], ensure_ascii=False, indent=2))
    else:
        for file, refusals in results:
            print(f"{file}: {_verdict(refusals, lang)}")
            for refusal in refusals:
                line = f":{refusal.line}" if refusal.line else ""
                reason, remedy = refusal.reason.in_language(lang), refusal.remedy.in_language(lang)
                print(f"  {refusal.element}{line} {refusal.kind}: {reason} → {remedy}")
    sys.exit(1 if not results or any(refusals for _file, refusals in results) else 0)


def refusals_of(file: Path) -> tuple[Refusal, ...]:
    """Every reason why the processes of a file cannot be run."""
    try:
        found = inspect_processes(file.read_bytes())
    except ProcessRefused as refused:
        return refused.refusals
    refusals: list[Refusal] = []
    for result in found:
        refusals += result.refusals if isinstance(result, ProcessRefused) else check_attributes(result)
    return tuple(refusals)


def _verdict(refusals: tuple[Refusal, ...], lang: str) -> str:
    if not refusals:
        return "can be run" if lang.startswith("en") else "可以运行"
    return f"refused, {len(refusals)} problem(s)" if lang.startswith("en") else f"不能运行，{len(refusals)} 处"


def _as_json(file: Path, refusals: tuple[Refusal, ...]) -> dict[str, Any]:
    return {"file": str(file), "loads": not refusals, "refused": [refusal.as_json() for refusal in refusals]}
