"""Checking a file's shape against its JSON Schema, with errors a department's clerk can act on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from tongban.assembly.packs.documents import Document, Path
from tongban.assembly.packs.problems import Problem
from tongban.kernel.errors import Text

_BASE = "https://tongban.example/packs/1/"

_TYPES = {
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "array": ("列表", "a list"),
    "object": ("一组“键: 值”", "a set of `key: value`"),
    "null": ("空", "nothing"),
}


def check_shape(document: Document, schema: str) -> list[Problem]:
    """Every way in which the file departs from its schema."""
    problems = []
    for error in _validator(schema).iter_errors(document.data):
        problems += list(_explain(document, error))
    return problems


@cache
def _validator(schema: str) -> Any:
    folder = resources.files("tongban.assembly.packs") / "schemas"
    schemas = {
        file.name: json.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".json")
    }
    registry = jsonschema_rs.Registry([(_BASE + name, content) for name, content in schemas.items()])
    return jsonschema_rs.Draft202012Validator(schemas[f"{schema}.json"], registry=registry, validate_formats=True)


def _explain(document: Document, error: Any) -> Iterator[Problem]:
    path: Path = tuple(error.instance_path)
    kind = error.kind
    name: str = kind.name
    if name == "additionalProperties":
        for key in kind.unexpected:
            yield _unknown(document, (*path, key))
    elif name == "required":
        yield document.problem(
            path,
            "missing",
            Text(zh=f"缺“{kind.property}”", en=f'"{kind.property}" is missing'),
            Text(zh=f"加上“{kind.property}: …”", en=f'add "{kind.property}: …"'),
        )
    elif name == "type":
        yield _wrong_type(document, path, kind.types, _at(document.data, path))
    elif name == "propertyNames":
        key = _name_in(error)
        yield document.problem(
            (*path, key),
            "bad-name",
            Text(zh=f"名字“{key}”不合规则", en=f'the name "{key}" is not allowed'),
            Text(
                zh="看格式说明里名字的写法（小写字母、数字、下划线或连字符）",
                en="the format reference says how names are written: lower-case letters, digits, _ or -",
            ),
        )
    else:
        message, remedy = _constraint(name, kind, _at(document.data, path))
        yield document.problem(path, f"not-{name.lower()}", message, remedy)


def _unknown(document: Document, path: Path) -> Problem:
    return document.problem(
        path,
        "unknown-element",
        Text(zh=f"不认识“{path[-1]}”", en=f'"{path[-1]}" is not known here'),
        Text(
            zh="改正拼写，或者删掉；能写的见格式说明",
            en="correct the spelling or remove it; the format reference lists what may stand here",
        ),
    )


def _wrong_type(document: Document, path: Path, types: list[str], value: Any) -> Problem:
    wanted_zh = "或".join(_TYPES[t][0] for t in types)
    wanted_en = " or ".join(_TYPES[t][1] for t in types)
    found = _TYPES[_type_name(value)]
    quotes = "string" in types and isinstance(value, int | float)
    return document.problem(
        path,
        "wrong-type",
        Text(zh=f"这里应是{wanted_zh}，写的是{found[0]}", en=f"{wanted_en} is expected here, but it is {found[1]}"),
        Text(
            zh="给它加引号" if quotes else f"改成{wanted_zh}", en="put it in quotes" if quotes else f"write {wanted_en}"
        ),
    )


def _constraint(name: str, kind: Any, value: Any) -> tuple[Text, Text]:
    shown = _short(value)
    if name in ("enum", "const"):
        options = [str(o) for o in kind.options] if name == "enum" else [str(kind.expected_value)]
        return Text(zh=f"“{shown}”不在可选范围", en=f'"{shown}" is not one of the choices'), Text(
            zh=f"从这些里选：{'、'.join(options)}", en=f"choose one of: {', '.join(options)}"
        )
    if name == "pattern":
        unnamed = Text(zh=f"应符合 {kind.pattern}", en=f"it should match {kind.pattern}")
        wrong = Text(zh=f"“{shown}”的写法不对", en=f'"{shown}" is not written as it should be')
        return wrong, _WRITTEN.get(kind.pattern, unnamed)
    if name == "format":
        return Text(zh=f"“{shown}”不是合法的 {kind.format}", en=f'"{shown}" is not a valid {kind.format}'), Text(
            zh="日期写成 2026-01-31" if kind.format == "date" else "改正写法",
            en="write a date as 2026-01-31" if kind.format == "date" else "correct it",
        )
    if name in _LIMITS:
        zh, en = _LIMITS[name]
        return Text(zh=zh.format(kind.limit), en=en.format(kind.limit)), Text(
            zh="改到范围之内", en="bring it within the limit"
        )
    if name == "uniqueItems":
        return Text(zh="列表里有重复", en="the list holds the same thing twice"), Text(
            zh="删掉重复的", en="remove the repetition"
        )
    return Text(zh=f"不符合规则 {name}", en=f"breaks the rule {name}"), Text(
        zh="看格式说明里这一项的写法", en="see how this element is written in the format reference"
    )


_WRITTEN = {
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$": Text(
        zh="用小写字母、数字和连字符，如 housing-fund", en="use lower-case letters, digits and hyphens: housing-fund"
    ),
    "^[a-z][a-z0-9_]*$": Text(
        zh="用小写字母、数字和下划线，如 id_number", en="use lower-case letters, digits and underscores: id_number"
    ),
    "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$": Text(
        zh="写成“部门.资源”，如 police.household", en="write department.resource: police.household"
    ),
    "^([a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*|applicant)#[a-z][a-z0-9_.]*$": Text(
        zh="写成“部门.资源#字段”，如 police.household#name", en="write department.resource#field: police.household#name"
    ),
    "^[0-9]{17}[0-9X]$": Text(zh="身份证号是 18 位", en="an ID number has 18 characters"),
    "^[0-9][0-9-]{3,19}$": Text(zh="电话写成 0600-5501000", en="write a telephone number as 0600-5501000"),
    "^[0-9A-Z]{18}$": Text(zh="统一社会信用代码是 18 位", en="a credit code has 18 characters"),
}
"""Patterns of the schemas in words."""

_LIMITS = {
    "minimum": ("小于 {}", "smaller than {}"),
    "maximum": ("大于 {}", "greater than {}"),
    "minLength": ("少于 {} 个字", "shorter than {} characters"),
    "maxLength": ("超过 {} 个字", "longer than {} characters"),
    "minItems": ("少于 {} 项", "fewer than {} items"),
    "maxItems": ("超过 {} 项", "more than {} items"),
    "minProperties": ("少于 {} 项", "fewer than {} entries"),
    "maxProperties": ("超过 {} 项", "more than {} entries"),
}


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return names.get(type(value), "null")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:40] + "…"


def _name_in(error: Any) -> str:
    inner = error.kind.error
    return str(inner.instance) if hasattr(inner, "instance") else "?"
