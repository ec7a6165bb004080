"""A form that uses every widget, for the unit tests of the rules."""

from typing import Any

RESTAURANT: dict[str, Any] = {
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["shop", "address", "cold", "name", "id_number", "usage"],
        "properties": {
            "shop": {"type": "string", "minLength": 2, "maxLength": 30},
            "address": {"type": "string", "pattern": "号"},
            "cold": {"type": "boolean"},
            "fee": {"type": "integer", "minimum": 100},
            "area": {"type": "number", "exclusiveMinimum": 0},
            "seats": {"type": "integer", "maximum": 500},
            "opened": {"type": "string", "format": "date"},
            "kinds": {"type": "array", "items": {"enum": ["面", "饭"]}, "minItems": 1, "uniqueItems": True},
            "scale": {"type": "string", "enum": ["small", "large"]},
            "name": {"type": "string"},
            "id_number": {"type": "string"},
            "phone": {"type": "string"},
            "home": {"type": "string"},
            "usage": {"type": "string"},
            "deposit": {"type": "integer"},
            "knives": {"type": "integer", "minimum": 1},
            "visit_at": {"type": "string", "format": "date-time"},
        },
        "if": {"properties": {"cold": {"const": True}}, "required": ["cold"]},
        "then": {"required": ["area"]},
    },
    "ui": {
        "sections": [
            {
                "title": "店面",
                "title_en": "Shop",
                "fields": [
                    {"name": "shop", "label": "店名", "label_en": "Name of the shop", "hint": "执照上的名字"},
                    {
                        "name": "address",
                        "label": "店面地址",
                        "widget": "textarea",
                        "error": "还没写门牌号",
                        "error_en": "No number",
                    },
                    {"name": "cold", "label": "有没有凉菜"},
                    {"name": "fee", "label": "注册资本", "widget": "money"},
                    {"name": "area", "label": "面积", "unit": "平方米", "unit_en": "m²"},
                    {"name": "seats", "label": "座位"},
                    {"name": "opened", "label": "开业日期"},
                    {"name": "kinds", "label": "品类"},
                    {"name": "knives", "label": "刀具套数", "when": {"field": "cold", "in": [True]}},
                    {"name": "visit_at", "label": "上门时间", "widget": "datetime"},
                    {
                        "name": "scale",
                        "label": "规模",
                        "options": [{"value": "small", "label": "小", "label_en": "Small"}],
                    },
                ],
            },
            {
                "title": "经营者",
                "fields": [
                    {"name": "name", "label": "姓名", "source": "police.household#name"},
                    {"name": "id_number", "label": "身份证号", "widget": "id-number", "source": "applicant#id_number"},
                    {"name": "phone", "label": "手机", "widget": "phone", "source": "applicant#phone"},
                    {"name": "home", "label": "户籍地址", "source": "police.household#address"},
                    {"name": "usage", "label": "房屋用途", "source": "natural-resources.property#usage"},
                    {
                        "name": "deposit",
                        "label": "公积金余额",
                        "widget": "money",
                        "source": "housing-fund.account#balance",
                    },
                ],
            },
        ]
    },
    "reads": [
        {"resource": "police.household", "parameters": {"id_number": "$applicant.id_number"}},
        {"resource": "natural-resources.property", "parameters": {"id_number": "$applicant.id_number"}},
        {
            "resource": "housing-fund.account",
            "parameters": {"id_number": "$applicant.id_number"},
            "fields": ["balance"],
        },
    ],
}
