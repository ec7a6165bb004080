"""From a pack's resource to the interface that gateways run, with every rule that a file's shape cannot state."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tongban.contexts.resources.domain.documents import (
    ColumnPart,
    InterfacePart,
    ProviderPart,
    ResourceDocumentRefused,
    ResourcePart,
)
from tongban.kernel.errors import Text
from tongban.wire.policy import Column, CsvSource, Field, HttpSource, Interface, Parameter, Source, SqlSource
from tongban.wire.protocol import DEFAULT_OPERATION

_SQL_PLACE = re.compile(r"(?<!%)%\(([^)]*)\)s")
_TEXT_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_CODE = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
MAX_TIMEOUT_MS = 10_000


def compile_provider(provider: ProviderPart) -> dict[str, tuple[Interface, ...]]:
    """The interfaces of each resource, by resource code. Raises: ResourceDocumentRefused."""
    compiled: dict[str, tuple[Interface, ...]] = {}
    for resource in provider.resources:
        if resource.code in compiled:
            raise _refuse(resource.code, "代码重复", "the code is used twice")
        _check_catalogue_entry(provider.provider, resource)
        compiled[resource.code] = tuple(
            _compile(provider.provider, resource, operation, part) for operation, part in _operations(resource)
        )
    return compiled


def _operations(resource: ResourcePart) -> Iterator[tuple[str, InterfacePart]]:
    if resource.interface:
        yield DEFAULT_OPERATION, resource.interface
    yield from resource.interfaces.items()


def _check_catalogue_entry(provider: str, resource: ResourcePart) -> None:
    code = resource.code
    if not _CODE.fullmatch(code) or not code.startswith(f"{provider}."):
        raise _refuse(code, f"代码应以“{provider}.”开头", f"the code must start with “{provider}.”")
    names = [field.name for field in resource.fields]
    if not names or len(set(names)) != len(names):
        raise _refuse(code, "字段为空或重名", "fields are missing or named twice")
    if resource.sharing_class == "withheld" and not resource.legal_basis:
        raise _refuse(code, "不予共享必须写明法律依据", "a withheld resource needs its legal_basis")
    if resource.sharing_class == "conditional" and not resource.condition:
        raise _refuse(code, "有条件共享必须写明条件", "a conditional resource needs its condition")


def _compile(provider: str, resource: ResourcePart, operation: str, part: InterfacePart) -> Interface:
    names = {field.name for field in resource.fields}
    if unknown := sorted(part.columns.keys() - names):
        raise _refuse(
            resource.code, f"columns 里有未声明的字段 {unknown}", f"columns holds undeclared fields {unknown}"
        )
    if missing := sorted(names - part.columns.keys()):
        raise _refuse(resource.code, f"columns 缺少字段 {missing}", f"columns lacks the fields {missing}")
    parameters = {parameter.name for parameter in part.parameters}
    subject = resource.subject_parameter
    if subject and subject not in parameters and not part.subject_column:
        raise _refuse(
            resource.code,
            f"接口没有当事人参数 {subject}，须写 subject_column",
            f"the interface lacks the subject's parameter {subject}: name a subject_column",
        )
    for parameter in part.parameters:
        _check_pattern(resource.code, parameter.pattern)
    if not 0 < part.timeout_ms <= MAX_TIMEOUT_MS:
        raise _refuse(resource.code, f"timeout_ms 应在 1–{MAX_TIMEOUT_MS}", f"timeout_ms must be 1–{MAX_TIMEOUT_MS}")
    return Interface(
        resource=resource.code,
        operation=operation,
        name=resource.name,
        name_en=resource.name_en,
        provider=provider,
        sharing_class=resource.sharing_class,
        fields=tuple(Field(f.name, f.label, f.label_en, f.type, f.sensitivity) for f in resource.fields),
        parameters=tuple(Parameter(p.name, p.pattern, p.max_length) for p in part.parameters),
        source=_source(resource.code, part, parameters),
        columns={name: _column(resource.code, given) for name, given in part.columns.items()},
        subject_parameter=subject if subject in parameters else None,
        subject_column=part.subject_column,
        observed_at=None if part.observed_at is None else _column(resource.code, part.observed_at),
        record_version=part.record_version,
        timeout_ms=part.timeout_ms,
        many=part.many,
        max_records=part.max_records,
    )


def _check_pattern(code: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise _refuse(code, f"pattern {pattern} 不是正则表达式", f"the pattern {pattern} is no expression") from error


def _column(code: str, given: str | ColumnPart) -> Column:
    if isinstance(given, str):
        return Column(columns=(given,))
    if (given.column is None) == (not given.join):
        raise _refuse(code, "列要么写 column，要么写 join", "a column names either column or join")
    columns = given.join or (str(given.column),)
    return Column(columns, given.with_, given.codes, given.date, given.scale)


def _source(code: str, part: InterfacePart, parameters: set[str]) -> Source:
    if part.adapter == "sql":
        if not isinstance(part.query, str):
            raise _refuse(code, "sql 接口缺少 query", "an sql interface needs its query")
        _check_places(code, set(_SQL_PLACE.findall(part.query)), parameters)
        return SqlSource(part.connection, part.query)
    if part.adapter == "csv-drop":
        if not part.file or not part.key or part.key_parameter not in parameters:
            raise _refuse(
                code, "csv-drop 接口要写 file、key、key_parameter", "csv-drop needs file, key and key_parameter"
            )
        return CsvSource(
            connection=part.connection,
            file=part.file,
            key=part.key,
            key_parameter=str(part.key_parameter),
            encoding=part.encoding,
            delimiter=part.delimiter,
            skip=part.skip,
            trailer=part.trailer,
        )
    if isinstance(part.query, str):
        raise _refuse(code, "HTTP 接口的 query 是名称到文字的表", "the query of an HTTP interface maps names to text")
    query = part.query or {}
    used = {place for text in (part.path, *query.values()) for place in _TEXT_PLACE.findall(text)}
    used |= set(_TEXT_PLACE.findall(part.body or "")) & parameters
    _check_places(code, used, parameters)
    return HttpSource(
        connection=part.connection,
        format="json" if part.adapter == "http-json" else "xml",
        method=part.method,
        path=part.path,
        query=query,
        headers=part.headers,
        body=part.body,
        record=part.record,
        ok_path=part.ok.path if part.ok else "",
        ok_values=part.ok.values if part.ok else (),
        not_found=part.not_found,
    )


def _check_places(code: str, used: set[str], parameters: set[str]) -> None:
    if unknown := sorted(used - parameters):
        raise _refuse(code, f"用了未声明的参数 {unknown}", f"undeclared parameters are used: {unknown}")
    if unused := sorted(parameters - used):
        raise _refuse(code, f"参数没有用到 {unused}", f"parameters are not used: {unused}")


def _refuse(code: str, zh: str, en: str) -> ResourceDocumentRefused:
    return ResourceDocumentRefused(
        Text(zh=f"资源 {code}：{zh}", en=f"Resource {code}: {en}"),
        remedy=Text(zh="请修改资源文件中的这一项后重新装载", en="Correct this resource in its file and load again"),
        resource=code,
    )
