"""The ``tongban`` command: quick to start, clear when it fails."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path


def tongban(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tongban.assembly.cli", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_imports_no_group_and_no_django() -> None:
    code = (
        "import sys\n"
        "from tongban.assembly.cli import build\n"
        "try:\n    build()(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'django', 'psycopg', 'granian', 'yaml'} & set(sys.modules)\n"
        "groups = {name for name in sys.modules if name.startswith('tongban.assembly.cli.')}\n"
        "assert not heavy and not groups, (heavy, groups)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    for group in ("serve", "demo", "doctor", "migrate", "database", "pack", "identity"):
        assert group in done.stdout


def test_doctor_tells_programs_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = str(taken.getsockname()[1])
        done = tongban("doctor", "--json", "--data", str(tmp_path), "--port", port)
    report = json.loads(done.stdout)
    findings = {check["name"]: check for check in report["checks"]}
    assert done.returncode == 1
    assert report["ok"] is False
    assert findings[f"port-{port}"]["status"] == "problem"
    assert "--port" in findings[f"port-{port}"]["remedy"]["en"]
    assert {"memory", "disk", "clock", "time-zone", "locale", "database", "licence-font", "browser"} <= set(findings)
    assert all(check["remedy"]["zh"] for check in report["checks"] if check["status"] != "ok")
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_a_database_that_does_not_answer(tmp_path: Path) -> None:
    done = tongban("doctor", "--json", "--data", str(tmp_path), DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    findings = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert findings["database"]["status"] == "problem"


def test_a_demo_on_a_taken_port_says_which_option_to_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = str(taken.getsockname()[1])
        done = tongban("demo", "--data", str(tmp_path), "--port", port)
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
