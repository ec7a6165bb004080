"""The form of an item that has none of its own, made from its material list and what the city holds of a person."""

from __future__ import annotations

from typing import Any

from tongban.contexts.services.domain.facts import Facts

_REGISTER = "police.household"
_READS = [{"resource": _REGISTER, "operation": "read", "parameters": {"id_number": "$applicant.id_number"}}]
_PROPERTIES: dict[str, dict[str, Any]] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 60},
    "id_number": {"type": "string", "pattern": "^[0-9]{17}[0-9X]$"},
    "address": {"type": "string", "maxLength": 200},
    "phone": {"type": "string", "pattern": "^1[0-9]{10}$"},
    "request": {"type": "string", "minLength": 2, "maxLength": 1000},
}
_ORGANISATION: dict[str, dict[str, Any]] = {
    "organisation_name": {"type": "string", "minLength": 2, "maxLength": 120},
    "credit_code": {"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"},
}
_IDENTITY = frozenset(
    {
        "居民身份证",
        "身份证",
        "身份证明",
        "申请人身份证",
        "身份证复印件",
        "居民身份证复印件",
        "申请人身份证明",
        "本人身份证",
        "有效身份证件",
    }
)


def generic_form(facts: Facts) -> dict[str, Any]:
    """A JSON Schema with its ui sections and reads: who applies (prefilled), for what, how to reach them."""
    is_for_organisations = "自然人" not in (facts.get("audience") or ["自然人"])
    properties = {**_PROPERTIES, **(_ORGANISATION if is_for_organisations else {})}
    sections = [_request(), *([_organisation()] if is_for_organisations else []), _applicant()]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name != "address"],
        "additionalProperties": False,
    }
    return {"schema": schema, "ui": {"sections": sections}, "reads": _READS}


def generic_materials(facts: Facts) -> list[dict[str, Any]]:
    """The item's materials as slots. An identity card is met by the household register; none is invented."""
    made = []
    for entry in facts.get("materials") or ():
        material = {"is_required": True, "originals": 1, "copies": 0, **entry}
        if entry["name"] in _IDENTITY and "replaced_by" not in entry:
            material["replaced_by"] = [{"licence": "resident-id-card"}, {"resource": _REGISTER}]
        made.append(material)
    return made


def _request() -> dict[str, Any]:
    hint = {"hint": "一两句话说清要办什么", "hint_en": "Say in a sentence or two what you need"}
    return _section(
        "要办的事", "What you apply for", {**_field("request", "申请内容", "Your request", "textarea"), **hint}
    )


def _applicant() -> dict[str, Any]:
    return _section(
        "申请人",
        "Applicant",
        _field("name", "姓名", "Name", "text", source="name"),
        _field("id_number", "身份证号", "ID number", "id-number", source="id_number"),
        _field("address", "户籍地址", "Registered address", "text", source="address"),
        _field("phone", "手机号", "Mobile number", "phone"),
    )


def _organisation() -> dict[str, Any]:
    return _section(
        "申请单位",
        "Organisation",
        {**_field("organisation_name", "单位名称", "Name of the organisation", "text"), **_own("enterprise_name")},
        {**_field("credit_code", "统一社会信用代码", "Unified credit code", "text"), **_own("credit_code")},
    )


def _own(name: str) -> dict[str, str]:
    """The source of a value that the applicant's account holds: of the enterprise, when somebody acts for one."""
    return {"source": f"applicant#{name}"}


def _section(title: str, title_en: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "title_en": title_en, "fields": list(fields)}


def _field(name: str, label: str, label_en: str, widget: str, *, source: str = "") -> dict[str, Any]:
    made = {"name": name, "label": label, "label_en": label_en, "widget": widget}
    return {**made, "source": f"{_REGISTER}#{source}"} if source else made
