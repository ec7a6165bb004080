"""What a person is told about a wrong answer, for each JSON Schema keyword."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tongban.contexts.forms.domain.definition import FieldDefinition
from tongban.kernel.errors import Text

_CHOICES = frozenset({"select", "radio", "checkboxes"})
_FORMAT_WORDS: Mapping[str, Text] = {
    "date": Text(zh="请写成年-月-日，例如 2026-06-16", en="Write the date as year-month-day, for example 2026-06-16"),
    "date-time": Text(
        zh="请写明日期和时间，例如 2026-06-16 09:30", en="Write date and time, for example 2026-06-16 09:30"
    ),
    "time": Text(zh="请写成 24 小时制的时间，例如 09:30", en="Write the time in 24 hours, for example 09:30"),
    "email": Text(
        zh="邮箱地址不完整，例如 name@example.cn", en="The e-mail address is not complete, for example name@example.cn"
    ),
    "uri": Text(zh="网址不完整，要以 https:// 开头", en="The web address is not complete; it starts with https://"),
    "resident-id": Text(
        zh="身份证号不对，请核对 18 位号码", en="This is not a valid ID number; check its 18 characters"
    ),
    "credit-code": Text(
        zh="统一社会信用代码不对，请核对 18 位代码", en="This is not a valid credit code; check its 18 characters"
    ),
    "phone": Text(
        zh="电话号码不对，手机写 11 位，座机带区号",
        en="Check the phone number: 11 digits, or a landline with its area code",
    ),
    "mobile": Text(zh="手机号不对，请写 11 位号码", en="Check the mobile number: it has 11 digits"),
}
_FORMAT_OF_WIDGET = {"id-number": "resident-id", "phone": "phone", "email": "email"}
_TYPE_WORDS: Mapping[str, Text] = {
    "integer": Text(zh="请只写整数，例如 3", en="Write a whole number, for example 3"),
    "number": Text(zh="请只写数字，例如 86.5", en="Write a number, for example 86.5"),
    "boolean": Text(zh="请选“是”或“否”", en="Choose yes or no"),
}


def required(field: FieldDefinition) -> Text:
    """Words for an answer that is missing."""
    if field.widget == "checkbox":
        return Text(zh="请勾选", en="Tick this box")
    if field.widget in _CHOICES or field.kind == "boolean":
        return Text(zh="还没选", en="Choose an answer")
    if field.widget in {"date", "month", "datetime"}:
        return Text(zh="还没填日期", en="Enter the date")
    return Text(zh="还没填", en="Fill this in")


def explain(field: FieldDefinition, keyword: str, facts: Mapping[str, Any]) -> Text:
    """Words for one failed keyword; the form's own ``error`` text wins where the shape of the answer is at fault."""
    if keyword == "required":
        return required(field)
    if field.error is not None and keyword in {"pattern", "format", "type", "enum", "const"}:
        return field.error
    if keyword == "type" and field.widget == "money":
        return Text(zh="请写金额，单位元，例如 1280.50", en="Write the amount in yuan, for example 1280.50")
    if keyword == "type":
        return _TYPE_WORDS.get(field.kind, _SHAPE)
    if keyword == "format":
        return _FORMAT_WORDS.get(str(facts.get("format")), _with_example(field))
    if keyword == "pattern":
        return (
            _FORMAT_WORDS[_FORMAT_OF_WIDGET[field.widget]]
            if field.widget in _FORMAT_OF_WIDGET
            else _with_example(field)
        )
    made = _BY_KEYWORD.get(keyword)
    return made(field, facts.get("limit")) if made else _with_example(field)


_SHAPE = Text(zh="格式不对，请重新填写", en="This is not in the right form; fill it in again")
_CHOOSE = Text(zh="请从列出的选项里选", en="Choose one of the listed answers")


def _with_example(field: FieldDefinition) -> Text:
    if field.example:
        return Text(
            zh=f"格式不对，例如“{field.example}”", en=f"This is not in the right form; for example: {field.example}"
        )
    return _SHAPE


def _amount(field: FieldDefinition, limit: Any) -> str:
    return f"{limit / 100:,.2f}" if field.widget == "money" and isinstance(limit, int | float) else str(limit)


def _min_length(field: FieldDefinition, limit: Any) -> Text:
    if limit == 1:
        return required(field)
    return Text(zh=f"太短了，至少 {limit} 个字", en=f"Too short: at least {limit} characters")


def _min_items(field: FieldDefinition, limit: Any) -> Text:
    return required(field) if limit == 1 else Text(zh=f"至少选 {limit} 项", en=f"Choose at least {limit}")


_BY_KEYWORD: Mapping[str, Callable[[FieldDefinition, Any], Text]] = {
    "minLength": _min_length,
    "maxLength": lambda f, n: Text(zh=f"太长了，最多 {n} 个字", en=f"Too long: at most {n} characters"),
    "minimum": lambda f, n: Text(zh=f"不能小于 {_amount(f, n)}", en=f"Must be {_amount(f, n)} or more"),
    "maximum": lambda f, n: Text(zh=f"不能大于 {_amount(f, n)}", en=f"Must be {_amount(f, n)} or less"),
    "exclusiveMinimum": lambda f, n: Text(zh=f"要大于 {_amount(f, n)}", en=f"Must be more than {_amount(f, n)}"),
    "exclusiveMaximum": lambda f, n: Text(zh=f"要小于 {_amount(f, n)}", en=f"Must be less than {_amount(f, n)}"),
    "multipleOf": lambda f, n: Text(zh="数值的精度不对，请核对", en="Check the number: it has the wrong precision"),
    "minItems": _min_items,
    "maxItems": lambda f, n: Text(zh=f"最多选 {n} 项", en=f"Choose at most {n}"),
    "uniqueItems": lambda f, n: Text(zh="有重复，请只留一个", en="There is a repeat; keep only one"),
    "enum": lambda f, n: _CHOOSE,
    "const": lambda f, n: (
        Text(zh="要同意这一项才能办理", en="This must be agreed to go on") if f.kind == "boolean" else _CHOOSE
    ),
}
