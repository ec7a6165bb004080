"""The form of an item that has none of its own, made from its material list and what the city holds of a person."""

from __future__ import annotations

from typing import Any

from tongban.contexts.services.domain.facts import Facts

_READS = [
    {"resource": "police.household", "operation": "read", "parameters": {"id_number": "$applicant.id_number"}},
]


def generic_form(facts: Facts) -> dict[str, Any]:
    """A JSON Schema with its ui sections and reads: who applies (prefilled), for what, how to reach them."""
    properties: dict[str, Any] = {
        "name": {"type": "string", "minLength": 1, "maxLength": 60},
        "id_number": {"type": "string", "pattern": "^[0-9]{17}[0-9X]$"},
        "address": {"type": "string", "maxLength": 200},
        "phone": {"type": "string", "pattern": "^1[0-9]{10}$"},
        "request": {"type": "string", "minLength": 2, "maxLength": 1000},
    }
    required = ["name", "id_number", "phone", "request"]
    sections: list[dict[str, Any]] = [
        {
            "title": "要办的事",
            "title_en": "What you apply for",
            "fields": [
                {
                    "name": "request",
                    "label": "申请内容",
                    "label_en": "Your request",
                    "widget": "textarea",
                    "hint": "一两句话说清要办什么",
                    "hint_en": "Say in a sentence or two what you need",
                }
            ],
        },
        {
            "title": "申请人",
            "title_en": "Applicant",
            "fields": [
                {"name": "name", "label": "姓名", "label_en": "Name", "widget": "text", "source": "police.household#name"},
                {
                    "name": "id_number",
                    "label": "身份证号",
                    "label_en": "ID number",
                    "widget": "id-number",
                    "source": "police.household#id_number",
                },
                {
                    "name": "address",
                    "label": "户籍地址",
                    "label_en": "Registered address",
                    "widget": "text",
                    "source": "police.household#address",
                },
                {"name": "phone", "label": "手机号", "label_en": "Mobile number", "widget": "phone"},
            ],
        },
    ]
    if "自然人" not in (facts.get("audience") or ["自然人"]):
        properties["organisation_name"] = {"type": "string", "minLength": 2, "maxLength": 120}
        properties["credit_code"] = {"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"}
        required += ["organisation_name", "credit_code"]
        sections.insert(
            1,
            {
                "title": "申请单位",
                "title_en": "Organisation",
                "fields": [
                    {"name": "organisation_name", "label": "单位名称", "label_en": "Name of the organisation", "widget": "text"},
                    {"name": "credit_code", "label": "统一社会信用代码", "label_en": "Unified credit code", "widget": "text"},
                ],
            },
        )
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return {"schema": schema, "ui": {"sections": sections}, "reads": _READS}


def generic_materials(facts: Facts) -> list[dict[str, Any]]:
    """The item's materials as slots. An identity card is met by the household register; none is invented."""
    made = []
    for entry in facts.get("materials") or ():
        material = {"is_required": True, "originals": 1, "copies": 0, **entry}
        if entry["name"] in _IDENTITY and "replaced_by" not in entry:
            material["replaced_by"] = [{"licence": "resident-id-card"}, {"resource": "police.household"}]
        made.append(material)
    return made


_IDENTITY = frozenset(
    {"居民身份证", "身份证", "身份证明", "申请人身份证", "身份证复印件", "居民身份证复印件", "申请人身份证明", "本人身份证", "有效身份证件"}
)
