"""Files are read with the line of every element, inside the pack's folder, within limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tongban.assembly.packs.documents import Unreadable
from tongban.assembly.packs.files import MAX_FILE_BYTES, PackFiles
from tongban.assembly.packs.json_text import parse_json
from tongban.assembly.packs.yaml_text import parse_yaml

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def faults(text: str, *, as_json: bool = False) -> list[tuple[int, str, str]]:
    with pytest.raises(Unreadable) as raised:
        (parse_json if as_json else parse_yaml)(text)
    return [(fault.line, fault.element, fault.code) for fault in raised.value.faults]


def test_yaml_tells_the_line_of_every_element() -> None:
    data, lines = parse_yaml("a: 1\nb:\n  - {c: x}\n  - d:\n      e: no\n")
    assert data == {"a": 1, "b": [{"c": "x"}, {"d": {"e": "no"}}]}
    assert (lines["a",], lines["b", 0, "c"], lines["b", 1], lines["b", 1, "d", "e"]) == (1, 3, 4, 5)


def test_json_tells_the_line_of_every_element() -> None:
    data, lines = parse_json('{"a": 1,\n "b": [\n  {"c": "x\\ud83d\\ude00"},\n  true\n ]}\n')
    assert data == {"a": 1, "b": [{"c": "x😀"}, True]}
    assert (lines["a",], lines["b",], lines["b", 0, "c"], lines["b", 1]) == (1, 2, 3, 4)


@given(VALUES)
def test_json_reads_what_the_standard_library_writes(value: Any) -> None:
    for indent in (None, 1):
        assert parse_json(json.dumps(value, indent=indent))[0] == value


@given(VALUES)
def test_yaml_reads_what_a_yaml_writer_writes(value: Any) -> None:
    assert parse_yaml(yaml.safe_dump(value, allow_unicode=False))[0] == value


@pytest.mark.parametrize("text", ["no", "yes", "on", "2026-01-01", "1_000", "0x1F", "12:30:45", "0123", "是", "1e3"])
def test_yaml_leaves_words_as_they_are_written(text: str) -> None:
    assert parse_yaml(f"a: {text}\n")[0] == {"a": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [(3, "a", "duplicate-key")]),
        ("a:\n  - {x: 1, x: 2}\nb: 1\nb: 2\n", [(2, "a[0].x", "duplicate-key"), (4, "b", "duplicate-key")]),
        ("a: [1, 2\nb: 3\n", [(2, "", "yaml-syntax")]),
        ("a: b: c\n", [(1, "", "yaml-syntax")]),
        ("a: !!python/object/apply:os.system [ls]\n", [(1, "", "tag")]),
        ("a: 1\n---\nb: 2\n", [(2, "", "one-document")]),
        ("a: &x [*x]\n", [(1, "a", "alias")]),
        ("? [a, b]\n: 1\n", [(1, "", "key-not-text")]),
    ],
)
def test_faulty_yaml_is_refused_with_its_line(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1,\n "a": 2}', [(2, "a", "duplicate-key")]),
        ('{"a": 1,\n}', [(2, "", "json-syntax")]),
        ('{"a": NaN}', [(1, "", "json-syntax")]),
        ('{"a": "x\ny"}', [(1, "", "json-syntax")]),
        ('{"a": 1} {"b": 2}', [(1, "", "json-syntax")]),
        ("", [(1, "", "json-syntax")]),
        ('{"a": 1e400}', [(1, "", "json-syntax")]),
        ('{"a": 01}', [(1, "", "json-syntax")]),
    ],
)
def test_faulty_json_is_refused_with_its_line(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert faults(text, as_json=True) == expected


def test_anchors_that_multiply_are_refused_before_they_are_walked() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    assert [code for _, _, code in faults(bomb)] == ["too-many-elements"]


def test_an_alias_stands_for_what_it_names() -> None:
    assert parse_yaml("a: &x {b: 1}\nc: *x\n")[0] == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize("depth", [50, 3000, 200_000])
def test_deep_nesting_is_refused_not_followed(depth: int) -> None:
    assert faults("[" * depth, as_json=True)[-1][2] == "too-deep"
    assert faults("[" * min(depth, 3000))[-1][2] == "too-deep"


def codes(folder: Path) -> list[tuple[str, int, str]]:
    files = PackFiles(folder)
    files.scan()
    for name in [*files.matching("*"), *files.matching("*/*")]:
        files.read_document(name)
    return [(problem.file, problem.line, problem.code) for problem in files.problems]


def test_a_link_out_of_the_pack_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("a: 1\n")
    pack = tmp_path / "pack"
    (pack / "services").mkdir(parents=True)
    (pack / "pack.yaml").symlink_to(secret)
    (pack / "services/there").symlink_to(tmp_path)
    assert codes(pack) == [("pack.yaml", 1, "link"), ("services/there", 1, "link")]


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (b"a: " + b"x" * MAX_FILE_BYTES, 1, "too-large"),
        (b"a: 1\nb: \xff\xfe\n", 2, "not-utf-8"),
        ("a: 1\nb: 云州".encode("gb18030"), 2, "not-utf-8"),
        ("a: 1\n\nb: user\u202egnp.exe\n".encode(), 3, "hidden-character"),
        (b"a: \x00\n", 1, "hidden-character"),
        ("\ufeffa: 1\n".encode(), 1, "hidden-character"),
    ],
)
def test_files_that_are_not_plain_text_are_refused(tmp_path: Path, content: bytes, line: int, code: str) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    assert codes(tmp_path) == [("a.yaml", line, code)]
