"""Materials the city holds are never asked for; a declaration says where everything came from."""

from datetime import UTC, date, datetime

from tongban.contexts.forms.domain.declarations import Failure, Pins, build, digest
from tongban.contexts.forms.domain.materials import (
    HeldLicence,
    HeldRecord,
    MaterialRule,
    UploadedFile,
    fill_slots,
    find_lacking,
    read_rules,
)
from tongban.contexts.forms.domain.values import StoredValue
from tongban.kernel.errors import Text

NOW = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
RULES = (
    MaterialRule("id-card", Text("身份证", "ID card"), True, licences=("resident-id",)),
    MaterialRule("flat", Text("房屋证明", "Proof of the flat"), True, resources=("natural-resources.property",)),
    MaterialRule("plan", Text("布局图", "Plan"), True),
    MaterialRule("photo", Text("照片", "Photo"), False),
)
FILE = UploadedFile("u1", "图.jpg", "image/jpeg", 1000, "ab" * 32, NOW)


def slots(**uploads: tuple[UploadedFile, ...]):
    licence = HeldLicence("resident-id", "1.2.156", "police", "公安局", date(2020, 1, 1))
    return fill_slots(
        RULES, [licence], {"natural-resources.property": HeldRecord("natural-resources", "ZS-1", NOW)}, uploads, {}
    )


def test_what_the_city_holds_is_not_asked_for() -> None:
    assert [(slot.name, slot.state, slot.trust) for slot in slots(plan=(FILE,))] == [
        ("id-card", "held", "A"),
        ("flat", "held", "A"),
        ("plan", "uploaded", "C"),
        ("photo", "missing", ""),
    ]


def test_a_material_that_the_answers_do_not_call_for_has_no_slot() -> None:
    rules = read_rules(
        [
            {
                "code": "lease",
                "name": "租赁合同",
                "name_en": "Lease",
                "is_required": True,
                "max_mb": 10,
                "accept": ["pdf"],
                "when": {"field": "reason", "in": ["rent"]},
                "replaced_by": [{"resource": "housing.lease"}],
                "use": "核对租金",
            },
            {"name": "申请表"},
        ]
    )
    assert [rule.name for rule in rules] == ["lease", "申请表"]
    assert (rules[0].max_bytes, rules[0].accept, rules[0].hint.zh) == (10 * 1024 * 1024, frozenset({"pdf"}), "核对租金")
    assert [slot.name for slot in fill_slots(rules, [], {}, {}, {"reason": "buy"})] == ["申请表"]
    assert [slot.name for slot in fill_slots(rules, [], {}, {}, {"reason": "rent"})] == ["lease", "申请表"]


def test_only_a_required_material_is_lacking() -> None:
    assert [problem.field for problem in find_lacking(slots())] == ["material:plan"]


def test_a_declaration_pins_values_origins_materials_and_failures() -> None:
    values = [
        StoredValue(
            "name", "王小明", "source", source="police", resource="police.household", observed_at=NOW, fetched_at=NOW
        ),
        StoredValue(
            "home", "新址", "override", source="police", resource="police.household", replaced="旧址", reason="刚搬家"
        ),
        StoredValue("shop", "小明面馆", "applicant"),
        StoredValue("blank", "", "applicant"),
    ]
    failure = Failure("natural-resources", "natural-resources.property", "timeout", NOW)
    made = build(
        Pins("a1", "p1", "open-restaurant", 3, "online"),
        values,
        slots(plan=(FILE,)),
        [failure],
        ["police", "police"],
        NOW,
    )
    assert made["values"] == {"home": "新址", "name": "王小明", "shop": "小明面馆"}
    assert made["provenance"]["home"]["replaced"] == "旧址"
    assert made["provenance"]["shop"] == {"origin": "applicant", "trust": "D"}
    assert made["failures"][0]["department"] == "natural-resources"
    assert made["consents"] == ["police"]
    assert digest(made) == digest(dict(reversed(list(made.items()))))
