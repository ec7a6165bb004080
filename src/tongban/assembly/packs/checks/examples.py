"""Checks of tests.yaml: an example speaks only of fields, materials, departments and records that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tongban.assembly.packs.checks.forms import FIELD, RESOURCE, field_names
from tongban.assembly.packs.checks.index import Index, unknown
from tongban.assembly.packs.checks.services import LICENCE, ORGANISATION
from tongban.assembly.packs.documents import Document, Path
from tongban.assembly.packs.pack import ServiceFolder
from tongban.assembly.packs.problems import Problem
from tongban.kernel.errors import Text

MATERIAL = Text(zh="材料", en="material")


def check_examples(folder: ServiceFolder, index: Index) -> Iterator[Problem]:
    """Every reference from an example, and that at least one example fails on purpose."""
    tests = folder.tests
    if tests is None or folder.service is None or folder.form is None:
        return
    names: set[str] = set()
    for position, example in enumerate(tests.data["examples"]):
        path: Path = ("examples", position)
        if example["name"] in names:
            yield tests.problem(
                (*path, "name"),
                "duplicate-code",
                Text(zh="两个例子同名", en="two examples have the same name"),
                Text(zh="换一个名字", en="choose another name"),
            )
        names.add(example["name"])
        for where, what, code, known in _references(folder, path, example, index):
            if code not in known:
                yield unknown(tests, where, what, code, known)
        yield from _records(tests, path, example, index)
    if all(example["expect"]["outcome"] == "approved" for example in tests.data["examples"]):
        yield tests.problem(
            ("examples",),
            "no-failing-example",
            Text(zh="没有一个不通过的例子", en="no example fails"),
            Text(
                zh="至少加一个填错、缺材料或不批准的例子",
                en="add one with a wrong value, a missing material or a refusal",
            ),
        )


def _references(
    folder: ServiceFolder, path: Path, example: dict[str, Any], index: Index
) -> Iterator[tuple[Path, Text, str, list[str]]]:
    fields = field_names(folder.form)
    materials = [m["code"] for m in folder.service.data["materials"]] if folder.service else []
    organisations, licences = list(index.organisations), list(index.licence_types)
    expect = example["expect"]
    for name in example["answers"]:
        # A value for a field that the form lacks is a fair example of a wrong declaration.
        if name not in fields and "problems" not in expect:
            yield (*path, "answers", name), FIELD, name, fields
    for position, code in enumerate(example.get("uploads", ())):
        yield (*path, "uploads", position), MATERIAL, code, materials
    for position, code in enumerate(example.get("licences", ())):
        yield (*path, "licences", position), LICENCE, code, licences
    for key in ("problems", "prefilled"):
        for position, name in enumerate(expect.get(key, ())):
            yield (*path, "expect", key, position), FIELD, name, fields
    for state, codes in expect.get("materials", {}).items():
        for position, code in enumerate(codes):
            yield (*path, "expect", "materials", state, position), MATERIAL, code, materials
    for position, code in enumerate(expect.get("departments", ())):
        yield (*path, "expect", "departments", position), ORGANISATION, code, organisations
    for position, code in enumerate(expect.get("licences", ())):
        yield (*path, "expect", "licences", position), LICENCE, code, licences


def _records(tests: Document, path: Path, example: dict[str, Any], index: Index) -> Iterator[Problem]:
    for code, records in example.get("sources", {}).items():
        here = (*path, "sources", code)
        if code not in index.resources:
            yield unknown(tests, here, RESOURCE, code, list(index.resources))
            continue
        known = [field["name"] for field in index.resources[code]["fields"]]
        for number, record in enumerate(records if isinstance(records, list) else ()):
            for name in record:
                if name not in known:
                    yield unknown(
                        tests, (*here, number, name), Text(zh=f"字段（{code}）", en=f"field of {code}"), name, known
                    )
