"""Checks of service.yaml: departments, codes, limits, materials, licences, bundles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tongban.assembly.packs.checks.forms import check_when, field_names
from tongban.assembly.packs.checks.index import Index, unknown
from tongban.assembly.packs.documents import Document, Path
from tongban.assembly.packs.pack import ServiceFolder
from tongban.assembly.packs.problems import Problem
from tongban.kernel.errors import Text
from tongban.kernel.service_codes import parse_implementation_code

ORGANISATION = Text(zh="部门", en="organisation")
LICENCE = Text(zh="证照类型", en="licence type")
_LEVELS = {"国家级": "1", "省级": "2", "市级": "3", "县级": "4"}


def check_service(folder: ServiceFolder, index: Index) -> Iterator[Problem]:
    """Every cross-reference from a service to the rest of the pack."""
    service = folder.service
    if service is None:
        return
    data = service.data
    for path, code in _organisations(data):
        if code not in index.organisations:
            yield unknown(service, path, ORGANISATION, code, list(index.organisations))
    yield from _code(service, index)
    yield from _limits(service)
    yield from _materials(folder, service, index)
    yield from _licences(folder, service, index)
    for position, item in enumerate(data.get("bundle_items", ())):
        path = ("bundle_items", position)
        if "service" in item and item["service"] not in index.services:
            yield unknown(
                service, (*path, "service"), Text(zh="事项", en="service"), item["service"], list(index.services)
            )
        yield from check_when(service, (*path, "when"), item.get("when"), folder.form)


def _organisations(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    yield ("department",), data["department"]
    for position, code in enumerate(data.get("co_departments", ())):
        yield ("co_departments", position), code
    for position, item in enumerate(data.get("bundle_items", ())):
        yield ("bundle_items", position, "department"), item["department"]


def _code(service: Document, index: Index) -> Iterator[Problem]:
    data = service.data
    code = parse_implementation_code(data["code"])
    if code.form not in ("implementation", "handling-item"):
        return
    organisation = index.organisations.get(data["department"])
    if organisation and organisation["credit_code"] != code.credit_code:
        yield service.problem(
            ("code",),
            "code-of-other-department",
            Text(
                zh=f"实施编码的前 18 位不是“{data['department']}”的统一社会信用代码",
                en=f'the first 18 characters are not the credit code of "{data["department"]}"',
            ),
            Text(zh=f"写成 {organisation['credit_code']} 开头", en=f"begin it with {organisation['credit_code']}"),
        )
    if code.basic != data["basic_code"]:
        yield service.problem(
            ("basic_code",),
            "basic-code-differs",
            Text(
                zh="基本编码和实施编码里的不一样",
                en="the basic code differs from the one inside the implementation code",
            ),
            Text(
                zh=f"两处写成同一个，实施编码里是 {code.basic}",
                en=f"write the same; the implementation code holds {code.basic}",
            ),
        )
    level = _LEVELS.get(data["exercise_level"])
    if level and code.level != level:
        yield service.problem(
            ("exercise_level",),
            "level-differs",
            Text(
                zh=f"行使层级和实施编码第 19 位（{code.level}）不一样",
                en=f"the level differs from character 19 of the implementation code ({code.level})",
            ),
            Text(zh=f"第 19 位应是 {level}", en=f"character 19 should be {level}"),
        )


def _limits(service: Document) -> Iterator[Problem]:
    statutory, promised = service.data["statutory_limit"], service.data["promised_limit"]
    same_unit = statutory["unit"] == promised["unit"]
    if same_unit and promised["days"] > statutory.get("days", promised["days"]):
        yield service.problem(
            ("promised_limit", "days"),
            "promise-beyond-law",
            Text(
                zh=f"承诺 {promised['days']} 天，比法定 {statutory['days']} 天还长",
                en=f"{promised['days']} days are promised, but the law allows {statutory['days']}",
            ),
            Text(zh="承诺时限不能超过法定时限", en="promise no more than the statutory limit"),
        )
    start, end = service.data["effective_from"], service.data.get("effective_to")
    if end and end <= start:
        yield service.problem(
            ("effective_to",),
            "ends-before-start",
            Text(zh=f"{end} 不晚于生效日 {start}", en=f"{end} is not after {start}"),
            Text(zh="改正日期", en="correct the dates"),
        )


def _materials(folder: ServiceFolder, service: Document, index: Index) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, material in enumerate(service.data["materials"]):
        path: Path = ("materials", position)
        if material["code"] in seen:
            yield service.problem(
                (*path, "code"),
                "duplicate-code",
                Text(zh=f"材料“{material['code']}”写了两次", en=f'the material "{material["code"]}" is listed twice'),
                Text(zh="换一个代码", en="choose another code"),
            )
        seen.add(material["code"])
        yield from check_when(service, (*path, "when"), material.get("when"), folder.form)
        for number, other in enumerate(material.get("replaced_by", ())):
            yield from _replacement(folder, service, (*path, "replaced_by", number), other, index)


def _replacement(
    folder: ServiceFolder, service: Document, path: Path, other: dict[str, str], index: Index
) -> Iterator[Problem]:
    licence, resource = other.get("licence"), other.get("resource")
    if licence and licence not in index.licence_types:
        yield unknown(service, (*path, "licence"), LICENCE, licence, list(index.licence_types))
    if resource and resource not in index.resources:
        yield unknown(service, (*path, "resource"), Text(zh="数据资源", en="resource"), resource, list(index.resources))
    elif resource and folder.form and resource not in {row["resource"] for row in folder.form.data["reads"]}:
        yield service.problem(
            (*path, "resource"),
            "not-read",
            Text(
                zh=f"form.json 的 reads 里没有 {resource}，无从核对",
                en=f"{resource} is not among the reads of form.json, so nothing would be checked",
            ),
            Text(zh="在 form.json 的 reads 里加上", en="add it to the reads of form.json"),
        )


def _licences(folder: ServiceFolder, service: Document, index: Index) -> Iterator[Problem]:
    declared = {row["type"] for row in service.data.get("licences", ())}
    for position, result in enumerate(service.data["results"]):
        code = result.get("licence")
        if code and code not in declared:
            yield unknown(
                service,
                ("results", position, "licence"),
                Text(zh="签发证照（licences 里）", en="issued licence"),
                code,
                sorted(declared),
            )
    names = field_names(folder.form)
    for position, row in enumerate(service.data.get("licences", ())):
        path: Path = ("licences", position)
        kind = index.licence_types.get(row["type"])
        if kind is None:
            yield unknown(service, (*path, "type"), LICENCE, row["type"], list(index.licence_types))
            continue
        mapping = row.get("values", {})
        fields = [field["name"] for field in kind["fields"]]
        for target, source in mapping.items():
            if target not in fields:
                yield unknown(
                    service, (*path, "values", target), Text(zh="证照字段", en="licence field"), target, fields
                )
            if folder.form and source not in names:
                yield unknown(service, (*path, "values", target), Text(zh="表单字段", en="form field"), source, names)
        if folder.form:
            yield from _unfilled(service, path, kind, mapping, folder.form)


def _unfilled(
    service: Document, path: Path, kind: dict[str, Any], mapping: dict[str, str], form: Document
) -> Iterator[Problem]:
    """A required field of a licence must be filled by a form field that cannot stay empty, or issuing would fail."""
    names, needed = field_names(form), _required(form)
    for field in kind["fields"]:
        source = mapping.get(field["name"], field["name"])
        if not field.get("is_required") or (source in names and source in needed):
            continue
        licence, licence_en, label, label_en = kind["name"], kind["name_en"], field["label"], field["label_en"]
        if source not in names:
            zh, en = "没有来处", "nothing fills it"
            remedy = Text(
                zh=f"在 values 里写“{field['name']}: 表单字段”",
                en=f'write "{field["name"]}: <form field>" under values',
            )
        else:
            zh, en = f"来自可以不填的“{source}”", f'it comes from "{source}", which may stay empty'
            remedy = Text(zh=f"在 form.json 里把“{source}”列为必填", en=f'make "{source}" required in form.json')
        message = Text(
            zh=f"证照“{licence}”必填的“{label}”{zh}", en=f'"{label_en}" of "{licence_en}" is required but {en}'
        )
        yield service.problem(path, "licence-field-empty", message, remedy)


def _required(form: Document) -> set[str]:
    """Fields required always or under a condition."""
    schema = form.data["schema"]
    conditional = [name for rule in schema.get("allOf", ()) for name in rule.get("then", {}).get("required", ())]
    return {*schema.get("required", ()), *conditional}
