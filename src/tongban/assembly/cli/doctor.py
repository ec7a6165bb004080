"""``tongban doctor``: what is wrong with this machine, and what to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tongban.assembly.doctor import Finding, Subject, examine

_SIGNS = {"ok": "✓", "warning": "!", "problem": "✗"}


def doctor(
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="机器可读输出。For programs.")] = False,
    data: Annotated[Path, Parameter(help="数据目录。The data folder.", env_var="TONGBAN_DATA")] = Path("var"),
    port: Annotated[int, Parameter(help="门户端口。The portal's port.", env_var="TONGBAN_WEB_PORT")] = 8000,
    gateway_port: Annotated[
        int, Parameter(help="网关端口。The gateway's port.", env_var="TONGBAN_GATEWAY_PORT")
    ] = 8100,
) -> None:
    """检查机器与安装，逐项说明怎么办。Look at machine and installation; status 1 when the demo could not serve."""
    subject = Subject(data.absolute(), port, gateway_port, os.environ.get("DATABASE_URL", ""))
    findings = list(examine(subject))
    is_well = all(finding.status != "problem" for finding in findings)
    if as_json:
        print(
            json.dumps({"ok": is_well, "checks": [_row(finding) for finding in findings]}, ensure_ascii=False, indent=1)
        )
    else:
        for finding in findings:
            _print(finding)
    sys.exit(0 if is_well else 1)


def _row(finding: Finding) -> dict[str, object]:
    return {
        "name": finding.name,
        "status": finding.status,
        "found": {"zh": finding.found.zh, "en": finding.found.en},
        "remedy": {"zh": finding.remedy.zh, "en": finding.remedy.en},
    }


def _print(finding: Finding) -> None:
    found = " · ".join(dict.fromkeys((finding.found.zh, finding.found.en)))
    print(f"{_SIGNS[finding.status]} {finding.name:18} {found}")
    for remedy in dict.fromkeys((finding.remedy.zh, finding.remedy.en)):
        if remedy:
            print(f"  → {remedy}")
