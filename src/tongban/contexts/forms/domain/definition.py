"""A form as data: JSON Schema 2020-12 for the values, ui sections for how they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import jsonschema_rs

from tongban.contexts.forms.domain.formats import FORMATS
from tongban.contexts.forms.domain.values import Json
from tongban.kernel import canonical_json
from tongban.kernel.errors import Invalid, Text

_TYPED = {"text", "textarea", "number", "money", "phone", "email", "id-number", "address"}
_CHOSEN = {"date", "month", "time", "datetime", "select", "radio", "checkbox", "checkboxes"}
WIDGETS = frozenset(_TYPED | _CHOSEN)
KINDS = frozenset({"string", "integer", "number", "boolean", "array"})
_WIDGET_BY_KIND = {"integer": "number", "number": "number", "boolean": "radio", "array": "checkboxes"}
ACCOUNT = "applicant"
"""Source name of what the signed-in person's own account holds: ``applicant#name``."""
YES_NO = ((True, Text(zh="是", en="Yes")), (False, Text(zh="否", en="No")))


class MalformedForm(Invalid):
    """A form definition that cannot be used; ``faults`` lists each (JSON pointer, what is wrong)."""

    code = "malformed-form"

    def __init__(self, faults: Sequence[tuple[str, Text]]) -> None:
        first = faults[0]
        super().__init__(
            Text(
                zh=f"表单定义有误：{first[0]}：{first[1].zh}",
                en=f"The form definition is wrong at {first[0]}: {first[1].en}",
            ),
            remedy=Text(
                zh="请修改服务包里的 form.json 后重新发布。",
                en="Correct form.json in the service pack and publish it again.",
            ),
            faults=[[pointer, text.zh, text.en] for pointer, text in faults],
        )
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, radio or checkboxes field."""

    value: str | int | bool
    label: Text


@dataclass(frozen=True, slots=True)
class SourcePath:
    """Where a value is fetched from: a resource and the path inside its record."""

    resource: str
    path: tuple[str, ...]

    @property
    def is_account(self) -> bool:
        """True when the value is the account's own (name, ID number, phone), not a department's record."""
        return self.resource == ACCOUNT


@dataclass(frozen=True, slots=True)
class Condition:
    """What a field or a material hangs on: another field holding one of these values."""

    field: str
    values: tuple[Json, ...]

    def holds(self, answers: Mapping[str, Json]) -> bool:
        """Whether it holds for these answers; a number never equals a yes or no."""
        given = answers.get(self.field)
        items = given if isinstance(given, list | tuple) else [given]
        return any(
            item == value and isinstance(item, bool) == isinstance(value, bool)
            for item in items
            for value in self.values
        )


def read_condition(raw: object) -> Condition | None:
    """The condition of a ``when`` entry, None without one. Shape: {"field": name, "in": [values]}."""
    spec = _mapping(raw)
    return Condition(str(spec.get("field", "")), tuple(_list(spec.get("in")))) if spec else None


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field: how it is asked, what it may hold, where it may be fetched from."""

    name: str
    label: Text
    widget: str
    kind: str
    is_required: bool
    section: int
    hint: Text | None = None
    source: SourcePath | None = None
    options: tuple[Option, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)
    error: Text | None = None
    example: str = ""
    autocomplete: str = ""
    unit: Text | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields, in the order asked."""

    title: Text
    fields: tuple[FieldDefinition, ...]


@dataclass(frozen=True, slots=True)
class ReadSpec:
    """One read of a department's data that prefills the form; parameters may name ``$applicant.*``."""

    resource: str
    operation: str
    parameters: Mapping[str, str]
    fields: tuple[str, ...]

    def bind(self, applicant: Mapping[str, str]) -> dict[str, str]:
        """The parameters with every ``$applicant.x`` replaced. Raises: KeyError naming an unknown ``$…``."""
        bound: dict[str, str] = {}
        for name, value in self.parameters.items():
            if value.startswith("$"):
                holder, _, key = value[1:].partition(".")
                if holder != ACCOUNT or key not in applicant:
                    raise KeyError(value)
                bound[name] = applicant[key]
            else:
                bound[name] = value
        return bound


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A parsed form: sections, reads, and the compiled validator of all its values."""

    sections: tuple[Section, ...]
    reads: tuple[ReadSpec, ...]
    validator: jsonschema_rs.Draft202012Validator = field(compare=False, repr=False)
    by_name: Mapping[str, FieldDefinition] = field(default_factory=dict, compare=False, repr=False)

    @property
    def fields(self) -> Iterator[FieldDefinition]:
        """Every field in the order asked."""
        return (item for section in self.sections for item in section.fields)

    def applicable(self, answers: Mapping[str, Json]) -> tuple[FieldDefinition, ...]:
        """The fields that these answers leave to be asked."""
        return tuple(item for item in self.fields if item.when is None or item.when.holds(answers))


def parse(form: Mapping[str, Any]) -> FormDefinition:
    """Read ``{"schema", "ui", "reads"}`` into a form. Raises: MalformedForm with every fault found."""
    return _parse_cached(canonical_json.dumps(form))


@lru_cache(maxsize=512)
def _parse_cached(document: bytes) -> FormDefinition:
    import json

    return _Parser(cast("dict[str, Any]", json.loads(document))).run()


class _Parser:
    def __init__(self, form: Mapping[str, Any]) -> None:
        self.form = form
        self.faults: list[tuple[str, Text]] = []
        schema = form.get("schema")
        self.schema: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
        self.properties = _mapping(self.schema.get("properties"))
        self.required = frozenset(r for r in _list(self.schema.get("required")) if isinstance(r, str))
        self.seen: dict[str, FieldDefinition] = {}

    def run(self) -> FormDefinition:
        if self.schema.get("type") != "object":
            self.fault("/schema/type", "必须是 object", "must be object")
        validator = self.compile()
        sections = tuple(self.section(i, s) for i, s in enumerate(_list(_mapping(self.form.get("ui")).get("sections"))))
        if not sections:
            self.fault("/ui/sections", "至少要有一节", "needs at least one section")
        for name in sorted(set(self.properties) - set(self.seen)):
            self.fault(f"/schema/properties/{name}", "界面里没有这一项", "is asked in no ui section")
        for name in sorted(self.required - set(self.properties)):
            self.fault("/schema/required", f"没有定义 {name}", f"{name} is not among the properties")
        reads = self.reads()
        if self.faults or validator is None:
            raise MalformedForm(self.faults)
        return FormDefinition(sections=sections, reads=reads, validator=validator, by_name=dict(self.seen))

    def fault(self, pointer: str, zh: str, en: str) -> None:
        self.faults.append((pointer, Text(zh=zh, en=en)))

    def compile(self) -> jsonschema_rs.Draft202012Validator | None:
        try:
            return jsonschema_rs.Draft202012Validator(
                dict(self.schema),
                formats=dict(FORMATS),
                validate_formats=True,
                offline=True,
                pattern_options=jsonschema_rs.RegexOptions(),
            )
        except (jsonschema_rs.ValidationError, ValueError, TypeError) as error:
            words = str(error).splitlines()[0][:200]
            self.fault("/schema", f"不是有效的 JSON Schema：{words}", f"is not a valid JSON Schema: {words}")
            return None

    def section(self, index: int, raw: object) -> Section:
        pointer = f"/ui/sections/{index}"
        spec = _mapping(raw)
        if not spec.get("title"):
            self.fault(f"{pointer}/title", "缺少标题", "has no title")
        fields = tuple(
            item
            for i, f in enumerate(_list(spec.get("fields")))
            if (item := self.field(index, f"{pointer}/fields/{i}", _mapping(f))) is not None
        )
        return Section(title=_text(spec, "title"), fields=fields)

    def field(self, section: int, pointer: str, spec: Mapping[str, Any]) -> FieldDefinition | None:
        name = spec.get("name")
        if not isinstance(name, str) or name not in self.properties:
            self.fault(f"{pointer}/name", f"schema 里没有 {name!r}", f"{name!r} is not a property of the schema")
            return None
        if name in self.seen:
            self.fault(f"{pointer}/name", f"{name} 出现了两次", f"{name} is asked twice")
            return None
        schema = _mapping(self.properties[name])
        kind = _kind(schema)
        if kind not in KINDS:
            self.fault(
                f"/schema/properties/{name}/type",
                f"不支持 {kind or '空类型'}",
                f"type {kind or '(none)'} is not supported",
            )
            return None
        options = _options(schema, spec, kind)
        widget = str(spec.get("widget") or _default_widget(kind, schema, options))
        if widget not in WIDGETS:
            self.fault(f"{pointer}/widget", f"不认识的控件 {widget}", f"unknown widget {widget}")
        if widget in {"select", "radio", "checkboxes"} and not options:
            self.fault(pointer, f"{name} 没有可选项（enum）", f"{name} has no choices (enum)")
        if not spec.get("label"):
            self.fault(f"{pointer}/label", "缺少标签", "has no label")
        made = FieldDefinition(
            name=name,
            label=_text(spec, "label"),
            widget=widget,
            kind=kind,
            is_required=name in self.required,
            section=section,
            hint=_text(spec, "hint") if spec.get("hint") else None,
            source=self.source(pointer, spec.get("source")),
            options=options,
            schema=dict(schema),
            error=_text(spec, "error") if spec.get("error") else None,
            example=str(spec.get("example", "")),
            autocomplete=str(spec.get("autocomplete", "")),
            unit=_text(spec, "unit") if spec.get("unit") else None,
            when=read_condition(spec.get("when")),
        )
        self.seen[name] = made
        return made

    def source(self, pointer: str, raw: object) -> SourcePath | None:
        if raw is None:
            return None
        resource, mark, path = str(raw).removeprefix("$").partition("#")
        if not mark and resource.startswith(f"{ACCOUNT}."):
            resource, _, path = resource.partition(".")
        steps = tuple(step for step in path.split(".") if step)
        if not resource or not steps:
            self.fault(f"{pointer}/source", "要写成 资源#字段", "must read resource#field")
            return None
        return SourcePath(resource=resource, path=steps)

    def reads(self) -> tuple[ReadSpec, ...]:
        made: list[ReadSpec] = []
        wanted: dict[str, list[str]] = {}
        for item in self.seen.values():
            if item.source and not item.source.is_account:
                wanted.setdefault(item.source.resource, []).append(next(s for s in item.source.path if not s.isdigit()))
        for i, raw in enumerate(_list(self.form.get("reads"))):
            spec = _mapping(raw)
            resource = spec.get("resource")
            if not isinstance(resource, str) or not resource:
                self.fault(f"/reads/{i}/resource", "缺少资源代码", "has no resource code")
                continue
            fields = [str(f) for f in _list(spec.get("fields"))] or wanted.get(resource, [])
            made.append(
                ReadSpec(
                    resource=resource,
                    operation=str(spec.get("operation", "read")),
                    parameters={str(k): str(v) for k, v in _mapping(spec.get("parameters")).items()},
                    fields=tuple(dict.fromkeys(fields)),
                )
            )
        for item in self.seen.values():
            if item.when and item.when.field not in self.seen:
                self.fault(f"/ui/{item.name}/when", f"没有 {item.when.field} 这一项", f"{item.when.field} is not asked")
        for resource in wanted.keys() - {read.resource for read in made}:
            self.fault("/reads", f"没有读取 {resource}，但有字段来自它", f"{resource} fills a field but is not read")
        return tuple(made)


def _kind(schema: Mapping[str, Any]) -> str:
    raw = schema.get("type")
    if isinstance(raw, list):
        raw = next((t for t in raw if t != "null"), None)
    if raw is None and ("enum" in schema or "oneOf" in schema):
        return "string"
    return raw if isinstance(raw, str) else ""


def _default_widget(kind: str, schema: Mapping[str, Any], options: Sequence[Option]) -> str:
    if kind == "string" and options:
        return "radio" if len(options) <= 4 else "select"
    if kind == "string" and schema.get("format") in {"date", "email"}:
        return str(schema["format"])
    return _WIDGET_BY_KIND.get(kind, "text")


def _options(schema: Mapping[str, Any], spec: Mapping[str, Any], kind: str) -> tuple[Option, ...]:
    """Choices from ui ``options``, else ``oneOf`` const/title, else ``enum``; yes and no for a boolean."""
    holder = _mapping(schema.get("items")) if kind == "array" else schema
    named: dict[Json, Text] = {}
    for item in _list(spec.get("options")):
        choice = _mapping(item)
        if "value" in choice:
            named[choice["value"]] = _text(choice, "label") if choice.get("label") else _plain(choice["value"])
    for item in _list(holder.get("oneOf")):
        choice = _mapping(item)
        if "const" in choice:
            named.setdefault(
                choice["const"], _text(choice, "title") if choice.get("title") else _plain(choice["const"])
            )
    values = _list(holder.get("enum")) or list(named)
    english = _list(spec.get("enum_en"))
    made = []
    for i, value in enumerate(v for v in values if isinstance(v, str | int | bool)):
        fallback = Text(zh=str(value), en=str(english[i]) if i < len(english) else str(value))
        made.append(Option(value=value, label=named.get(value, fallback)))
    if not made and kind == "boolean":
        made = [Option(value=value, label=label) for value, label in YES_NO]
    return tuple(made)


def _plain(value: object) -> Text:
    return Text(zh=str(value), en=str(value))


def _text(spec: Mapping[str, Any], key: str) -> Text:
    zh = str(spec.get(key, ""))
    return Text(zh=zh, en=str(spec.get(f"{key}_en") or zh))


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else {}


def _list(raw: object) -> list[Any]:
    return list(raw) if isinstance(raw, list | tuple) else []
