"""Files and functions stay small enough to read, and public doors are documented."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "benchmarks").rglob("*.py"))
DOCUMENTED = ("kernel", "wire", "engines", "domain")
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTION))


def too_long(source: str, file_cap: int, function_cap: int = 60) -> list[str]:
    found = [f"{len(source.splitlines())} lines"] if len(source.splitlines()) > file_cap else []
    for function in functions(ast.parse(source)):
        size = (function.end_lineno or function.lineno) - function.lineno + 1
        if size > function_cap:
            found.append(f"{function.name} has {size} lines")
    return found


def undocumented(source: str) -> list[str]:
    tree = ast.parse(source)
    holders: list[ast.AST] = [
        tree,
        *(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_"),
    ]
    return [
        function.name
        for holder in holders
        for function in holder.body  # type: ignore[attr-defined]
        if isinstance(function, FUNCTION) and not function.name.startswith("_") and not ast.get_docstring(function)
    ]


def test_no_file_or_function_exceeds_its_cap() -> None:
    found = {str(path.relative_to(ROOT)): too_long(path.read_text(encoding="utf-8"), 400) for path in SOURCES}
    found |= {str(path.relative_to(ROOT)): too_long(path.read_text(encoding="utf-8"), 500, 500) for path in TESTS}
    assert {place: what for place, what in found.items() if what} == {}


def test_a_long_function_is_found() -> None:
    assert too_long("def f():\n" + "    x = 1\n" * 61, 400) == ["f has 62 lines"]
    assert too_long("x = 1\n" * 401, 400) == ["401 lines"]


def is_door(path: Path) -> bool:
    return path.name in ("api.py", "events.py") or "api" in path.parts or any(part in DOCUMENTED for part in path.parts)


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if is_door(path)], ids=lambda path: str(path.relative_to(ROOT))
)
def test_public_functions_are_documented(path: Path) -> None:
    assert undocumented(path.read_text(encoding="utf-8")) == []


def test_a_missing_docstring_is_found() -> None:
    assert undocumented('"""Module."""\ndef open_case():\n    return 1\n') == ["open_case"]


@pytest.mark.parametrize("word", ["manager", "helper", "helpers", "utils", "misc", "common"])
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    assert [str(path) for path in SOURCES if path.stem == word or path.parent.name == word] == []
