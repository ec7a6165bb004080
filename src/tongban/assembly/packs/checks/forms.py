"""Checks of form.json: every field is asked once, in both languages, and every source can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from tongban.assembly.packs.checks.index import Index, unknown
from tongban.assembly.packs.documents import Document, Path
from tongban.assembly.packs.problems import Problem
from tongban.kernel.errors import Text

RESOURCE = Text(zh="数据资源", en="resource")
FIELD = Text(zh="字段", en="field")
ACCOUNT_FIELDS = ("name", "id_number", "phone", "email", "enterprise_name", "credit_code", "legal_representative")


def check_form(form: Document, index: Index) -> Iterator[Problem]:
    """Every cross-reference inside a form and from it to resources."""
    properties: dict[str, Any] = form.data["schema"]["properties"]
    yield from _schema(form)
    for position, name in enumerate(form.data["schema"].get("required", ())):
        if name not in properties:
            yield unknown(form, ("schema", "required", position), FIELD, name, list(properties))
    asked: dict[str, Path] = {}
    for path, row in fields_of(form):
        name = row["name"]
        if name not in properties:
            yield unknown(form, (*path, "name"), FIELD, name, list(properties))
        elif name in asked:
            yield form.problem(
                (*path, "name"),
                "asked-twice",
                Text(zh=f"“{name}”已经问过一次", en=f'"{name}" is asked already'),
                Text(zh="删掉一处", en="remove one of the two"),
            )
        else:
            asked[name] = path
            yield from _options(form, path, row, properties[name])
            yield from check_when(form, (*path, "when"), row.get("when"), form)
    for name in properties:
        if name not in asked:
            yield form.problem(
                ("schema", "properties", name),
                "never-asked",
                Text(zh=f"“{name}”没有放进 ui 的任何一节", en=f'"{name}" stands in no section of ui'),
                Text(
                    zh="在 ui.sections 里加上，或从 schema 删掉",
                    en="add it to a section of ui or remove it from the schema",
                ),
            )
    yield from _sources(form, index)


def fields_of(form: Document) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each ui field with its path."""
    for s, section in enumerate(form.data["ui"]["sections"]):
        for f, row in enumerate(section["fields"]):
            yield ("ui", "sections", s, "fields", f), row


def field_names(form: Document | None) -> list[str]:
    """The names of the form's values."""
    return list(form.data["schema"]["properties"]) if form else []


def check_when(document: Document, path: Path, when: dict[str, Any] | None, form: Document | None) -> Iterator[Problem]:
    """A condition names a field of the form and values that the field can hold."""
    if when is None or form is None:
        return
    properties = form.data["schema"]["properties"]
    name = when["field"]
    if name not in properties:
        yield unknown(document, (*path, "field"), FIELD, name, list(properties))
        return
    choices = properties[name].get("enum")
    for position, value in enumerate(when["in"]):
        if choices is not None and value not in choices:
            yield document.problem(
                (*path, "in", position),
                "never-true",
                Text(zh=f"“{name}”不会是“{value}”", en=f'"{name}" can never be "{value}"'),
                Text(
                    zh=f"从这些里选：{'、'.join(map(str, choices))}", en=f"choose from: {', '.join(map(str, choices))}"
                ),
            )


def _schema(form: Document) -> Iterator[Problem]:
    """The value schema itself is sound: a wrong keyword or pattern would surface in front of a resident."""
    schema = form.data["schema"]
    for name, rule in schema["properties"].items():
        try:
            jsonschema_rs.Draft202012Validator(rule, validate_formats=True)
        except (ValueError, jsonschema_rs.ValidationError) as error:
            reason = str(error).splitlines()[0][:160]
            yield form.problem(
                ("schema", "properties", name),
                "bad-schema",
                Text(
                    zh=f"这个字段的 JSON Schema 不成立：{reason}",
                    en=f"the JSON Schema of this field does not hold: {reason}",
                ),
                Text(zh="照 JSON Schema 2020-12 改正", en="correct it after JSON Schema 2020-12"),
            )
    try:
        jsonschema_rs.Draft202012Validator({**schema, "properties": {}}, validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        reason = str(error).splitlines()[0][:160]
        yield form.problem(
            ("schema",),
            "bad-schema",
            Text(zh=f"JSON Schema 不成立：{reason}", en=f"the JSON Schema does not hold: {reason}"),
            Text(zh="照 JSON Schema 2020-12 改正", en="correct it after JSON Schema 2020-12"),
        )


def _options(form: Document, path: Path, row: dict[str, Any], rule: dict[str, Any]) -> Iterator[Problem]:
    if "options" not in row:
        return
    choices = rule.get("items", {}).get("enum") if rule["type"] == "array" else rule.get("enum")
    values = [option["value"] for option in row["options"]]
    if choices is None or sorted(map(str, choices)) != sorted(map(str, values)):
        yield form.problem(
            (*path, "options"),
            "options-differ",
            Text(
                zh=f"选项和 schema 里“{row['name']}”的 enum 不一样",
                en=f'the options differ from the enum of "{row["name"]}" in the schema',
            ),
            Text(zh="两处写成同样的值", en="write the same values in both"),
        )


def _sources(form: Document, index: Index) -> Iterator[Problem]:
    read = {row["resource"] for row in form.data["reads"]}
    used: set[str] = set()
    for path, row in fields_of(form):
        if "source" not in row:
            continue
        resource, _, field = row["source"].partition("#")
        used.add(resource)
        here = (*path, "source")
        if resource == "applicant":
            if field not in ACCOUNT_FIELDS:
                yield unknown(form, here, FIELD, field, list(ACCOUNT_FIELDS))
            continue
        if resource not in index.resources:
            yield unknown(form, here, RESOURCE, resource, list(index.resources))
            continue
        known = [f["name"] for f in index.resources[resource]["fields"]]
        if field.split(".")[0] not in known:
            yield unknown(form, here, Text(zh=f"字段（{resource}）", en=f"field of {resource}"), field, known)
        if resource not in read:
            yield form.problem(
                here,
                "not-read",
                Text(zh=f"reads 里没有 {resource}", en=f"{resource} is not among the reads"),
                Text(zh="在 reads 里加上这个资源", en="add this resource to reads"),
            )
    for position, row in enumerate(form.data["reads"]):
        yield from _read(form, ("reads", position), row, index)


def _read(form: Document, path: Path, row: dict[str, Any], index: Index) -> Iterator[Problem]:
    resource = index.resources.get(row["resource"])
    if resource is None:
        yield unknown(form, (*path, "resource"), RESOURCE, row["resource"], list(index.resources))
        return
    interface = resource.get("interface") or {}
    wanted = [p["name"] for p in interface.get("parameters", ())]
    for name in row["parameters"]:
        if wanted and name not in wanted:
            yield unknown(form, (*path, "parameters", name), Text(zh="参数", en="parameter"), name, wanted)
    lacking = [name for name in wanted if name not in row["parameters"]]
    if lacking:
        yield form.problem(
            (*path, "parameters"),
            "missing-parameter",
            Text(
                zh=f"{row['resource']} 还要参数：{'、'.join(lacking)}",
                en=f"{row['resource']} also needs: {', '.join(lacking)}",
            ),
            Text(zh="补上参数", en="add the parameter"),
        )
