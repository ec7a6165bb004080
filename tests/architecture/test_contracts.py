"""The contracts in .importlinter hold, and each of them can fail."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = {
    "Floors": ("tongban/kernel/errors.py", "import tongban.wire.records"),
    "Contexts": ("tongban/contexts/identity/ports.py", "import tongban.contexts.services.api"),
    "Engines": ("tongban/engines/clock/__init__.py", "import tongban.engines.bpmn"),
    "Purity: no Django": ("tongban/gateway/__init__.py", "import django"),
    "Purity: kernel": ("tongban/wire/__init__.py", "import psycopg"),
    "Data plane": ("tongban/ledger/__init__.py", "import tongban.infra.outbox"),
    "Departments: their": ("yunzhou_departments/__init__.py", "import tongban.runtime.logs"),
    "Departments: the": ("tongban/runtime/logs.py", "import yunzhou_departments"),
}
OPEN = {"__init__", "api", "events", "ports", "urls", "apps", "migrations", "management"}


def built_contexts() -> dict[str, list[str]]:
    """Contexts that hold more than their charter, with the modules that are their own."""
    found = {}
    for folder in sorted((ROOT / "src" / "tongban" / "contexts").iterdir()):
        names = {path.stem for path in folder.glob("*.py")} | {
            path.parent.name for path in folder.glob("*/__init__.py")
        }
        if own := sorted(names - OPEN):
            found[folder.name] = own
    return found


SEEDS = VIOLATIONS | {
    f"Doors: {name}": ("tongban/surfaces/shared/context.py", f"import tongban.contexts.{name}.{own[-1]}")
    for name, own in built_contexts().items()
}


def run_linter(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [LINTER, "--config", str(folder / ".importlinter"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def contract_names() -> list[str]:
    return re.findall(r"^name = (.+)$", (ROOT / ".importlinter").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_contract_holds() -> None:
    code, output = run_linter(ROOT)
    assert code == 0, output
    assert f"{len(contract_names())} kept, 0 broken" in output


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("seeded")
    shutil.copy(ROOT / ".importlinter", folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.html", "*.json", "__pycache__"))
    for place, line in SEEDS.values():
        file = folder / "src" / place
        file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    return run_linter(folder)[1]


@pytest.mark.parametrize("name", contract_names())
def test_each_contract_can_fail(name: str, seeded: str) -> None:
    assert any(name.startswith(start) for start in SEEDS), f"no violation is seeded for: {name}"
    assert re.search(rf"{re.escape(name)}\s+BROKEN", seeded), seeded


def test_every_module_of_a_context_is_behind_its_doors() -> None:
    rules = (ROOT / ".importlinter").read_text(encoding="utf-8")
    behind = {f"tongban.contexts.{name}.{module}" for name, own in built_contexts().items() for module in own}
    assert sorted(module for module in behind if f"    {module}\n" not in rules) == []
