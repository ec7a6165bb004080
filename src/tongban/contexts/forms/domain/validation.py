"""Which answers are wrong, in words a resident understands: at most one problem for each field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import jsonschema_rs

from tongban.contexts.forms.domain import messages
from tongban.contexts.forms.domain.coercion import show
from tongban.contexts.forms.domain.definition import FieldDefinition, FormDefinition, Option
from tongban.contexts.forms.domain.formats import is_phone
from tongban.contexts.forms.domain.values import FieldProblem, Json, is_blank
from tongban.kernel import resident_id
from tongban.kernel.errors import Text

DEFAULT_MAX_LENGTH = 4000
"""Characters a text may have where its schema sets no maxLength."""
_FIRST = {"required": 0, "type": 1, "enum": 2, "format": 3}
_WHOLE_FORM = Text(zh="有几项答案互相不一致，请核对", en="Some answers do not fit together; check them")


def find_problems(definition: FormDefinition, values: Mapping[str, Json]) -> tuple[FieldProblem, ...]:
    """Every field that is missing or wrong, in the order asked, then what concerns the whole form."""
    asked = {field.name for field in definition.applicable(values)}
    answered = {name: value for name, value in values.items() if name in asked and not is_blank(value)}
    found: dict[str, FieldProblem] = {}
    whole: list[FieldProblem] = []
    errors = sorted(definition.validator.iter_errors(answered), key=lambda error: _FIRST.get(_keyword(error), 9))
    for error in errors:
        names = _names(error, definition)
        for name in names:
            if name not in asked:
                continue
            field = definition.by_name[name]
            keyword = "required" if name not in answered else _keyword(error)
            problem = FieldProblem(name, _in_row(error, messages.explain(field, keyword, _facts(error))), keyword)
            found.setdefault(name, problem)
        if not names and not whole:
            whole.append(FieldProblem("", _WHOLE_FORM, _keyword(error)))
    for name, value in answered.items():
        extra = _extra(definition.by_name[name], value)
        if extra and name not in found:
            found[name] = extra
    ordered = [found[field.name] for field in definition.fields if field.name in found]
    return (*ordered, *whole)


def in_words(field: FieldDefinition, value: Json, language: str = "zh") -> str:
    """A value as a person reads it: option labels, yes or no, yuan, items joined."""
    if is_blank(value):
        return ""
    items = value if isinstance(value, list | tuple) else [value]
    return ("、" if language.startswith("zh") else ", ").join(_one_in_words(field, item, language) for item in items)


def _one_in_words(field: FieldDefinition, value: Json, language: str) -> str:
    option = _option(field, value)
    if option is not None:
        return option.label.in_language(language)
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values())
    if field.widget == "money" and isinstance(value, int):
        return f"¥{value / 100:,.2f}"
    if isinstance(value, str) and (field.widget == "date" or field.schema.get("format") == "date"):
        return _day_in_words(value, language)
    words = show(field, value)
    return f"{words} {field.unit.in_language(language)}" if field.unit else words


def _day_in_words(text: str, language: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    if language.startswith("zh"):
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.day} {day:%B} {day.year}"


def _option(field: FieldDefinition, value: Json) -> Option | None:
    same = (o for o in field.options if o.value == value and isinstance(o.value, bool) == isinstance(value, bool))
    return next(same, None)


def _keyword(error: jsonschema_rs.ValidationError) -> str:
    return str(error.kind.name)


def _facts(error: jsonschema_rs.ValidationError) -> Mapping[str, Any]:
    return {key: getattr(error.kind, key) for key in ("limit", "format", "property") if hasattr(error.kind, key)}


def _names(error: jsonschema_rs.ValidationError, definition: FormDefinition) -> tuple[str, ...]:
    """The fields an error is about: its place, or for a missing or unexpected property, that property."""
    path = list(error.instance_path)
    if path:
        return (str(path[0]),) if str(path[0]) in definition.by_name else ()
    missing = getattr(error.kind, "property", None)
    return (missing,) if isinstance(missing, str) and missing in definition.by_name else ()


def _in_row(error: jsonschema_rs.ValidationError, words: Text) -> Text:
    rows = [step for step in error.instance_path if isinstance(step, int)]
    if not rows:
        return words
    return Text(zh=f"第 {rows[0] + 1} 项：{words.zh}", en=f"Item {rows[0] + 1}: {words.en}")


def _extra(field: FieldDefinition, value: Json) -> FieldProblem | None:
    """Rules a widget carries by itself, where the schema says nothing."""
    if not isinstance(value, str):
        return None
    if len(value) > DEFAULT_MAX_LENGTH and "maxLength" not in field.schema:
        return FieldProblem(
            field.name, messages.explain(field, "maxLength", {"limit": DEFAULT_MAX_LENGTH}), "maxLength"
        )
    if field.widget == "id-number" and "format" not in field.schema and not resident_id.is_valid(value):
        return FieldProblem(field.name, messages.explain(field, "format", {"format": "resident-id"}), "format")
    if field.widget == "phone" and not {"format", "pattern"} & field.schema.keys() and not is_phone(value):
        return FieldProblem(field.name, messages.explain(field, "format", {"format": "phone"}), "format")
    return None
