"""Themes by reviewed rules; processes and clocks chosen from facts; generic forms that forms can open."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tongban.contexts.forms.domain.definition import parse as parse_form
from tongban.contexts.services.domain.facts import clock_budget, digest_of, is_published, standard_process
from tongban.contexts.services.domain.generic import generic_form, generic_materials
from tongban.contexts.services.domain.reading import definition_of
from tongban.contexts.services.domain.themes import ThemeRules, parse_theme_rules
from tongban.kernel.errors import Invalid

CATALOGUE = Path(__file__).resolve().parents[3] / "packs" / "yunzhou" / "catalogue"
RULES = {
    "themes": [
        {
            "slug": "legal",
            "name": "法律",
            "en": "Law",
            "groups": [{"name": "律师", "en": "L", "match": "律师"}, {"name": "余", "en": "R"}],
        },
        {"slug": "other", "name": "其他", "en": "Other", "groups": [{"name": "其他", "en": "Other"}]},
    ],
    "rules": [{"theme": "legal", "department": ["justice"], "match": "律师|公证", "except": "培训"}],
}


def place(rules: ThemeRules, name: str, department: str = "justice", source: tuple[str, ...] = ()) -> tuple[str, int]:
    return rules.place(
        code="1", name=name, catalogue_name="", department=department, authority="", source_themes=source
    )


def test_the_first_rule_that_fits_decides_theme_and_group() -> None:
    rules = parse_theme_rules(RULES)
    assert place(rules, "律师执业") == ("legal", 0)
    assert place(rules, "公证员任职") == ("legal", 1)
    assert place(rules, "律师培训") == ("other", 0)
    assert place(rules, "律师执业", department="police") == ("other", 0)
    assert place(rules, "x", department="police", source=("法律",)) == ("legal", 1)


@pytest.mark.parametrize(
    "data",
    [
        {"themes": [{"slug": "a"}]},
        {"themes": [], "rules": [{"theme": "nope"}]},
        {**RULES, "rules": [{"theme": "legal", "match": "("}]},
        {**RULES, "rules": [{"theme": "legal", "colour": "red"}]},
        [],
    ],
)
def test_wrong_theme_rules_are_refused(data: Any) -> None:
    with pytest.raises(Invalid):
        parse_theme_rules(data)


def test_the_shipped_rules_name_only_themes_and_groups_that_exist() -> None:
    rules = parse_theme_rules(yaml.safe_load((CATALOGUE / "themes.yaml").read_text("utf-8")))
    assert len({theme.slug for theme in rules.themes}) == len(rules.themes)
    assert all(theme.groups[-1].match is None for theme in rules.themes)


@pytest.mark.parametrize(
    ("facts", "process"),
    [
        ({"promised_limit": {"days": 1, "unit": "working-day"}}, "instant"),
        ({"promised_limit": {"days": 0, "unit": "working-day"}}, "instant"),
        ({"promised_limit": {"days": 7, "unit": "working-day"}}, "promised"),
        ({}, "promised"),
        ({"co_departments": [{"level": "省级", "name": "司法"}, {"level": "市级", "name": "司法"}]}, "parallel"),
    ],
)
def test_the_standard_process_follows_from_the_facts(facts: dict[str, Any], process: str) -> None:
    assert standard_process(facts) == process


def test_a_clock_without_a_published_limit_runs_on_the_laws_and_says_so() -> None:
    assert clock_budget({}) == (20, "working-day", True)
    assert clock_budget({"promised_limit": {"days": 3, "unit": "calendar-day"}}) == (3, "calendar-day", False)
    assert (
        clock_budget({"promised_limit": {"note": "x"}, "statutory_limit": {"days": 9, "unit": "working-day"}})[0] == 9
    )


def test_a_moved_theme_makes_no_new_version() -> None:
    facts = {"code": "1", "name": "甲", "theme": "a", "group": 1}
    assert digest_of(facts, None) == digest_of({**facts, "theme": "b", "group": 2}, None)
    assert digest_of(facts, None) != digest_of({**facts, "name": "乙"}, None)


def test_a_pack_may_state_that_no_material_is_needed() -> None:
    assert is_published({"is_modelled": True, "materials": []}, "materials")
    assert not is_published({"materials": []}, "materials")


@pytest.mark.parametrize("audience", [["自然人"], ["企业法人"], [], ["自然人", "企业法人"]])
def test_every_generic_form_can_be_opened(audience: list[str]) -> None:
    form = parse_form(generic_form({"audience": audience}))
    assert {"name", "id_number", "phone", "request"} <= set(form.by_name)
    assert ("credit_code" in form.by_name) == (audience == ["企业法人"])


def test_generic_materials_are_the_published_ones_and_an_identity_card_is_held() -> None:
    made = generic_materials({"materials": [{"code": "m1", "name": "居民身份证"}, {"code": "m2", "name": "申请表"}]})
    assert [material["name"] for material in made] == ["居民身份证", "申请表"]
    assert made[0]["replaced_by"]
    assert "replaced_by" not in made[1]


def test_an_item_without_a_definition_gets_one_from_its_facts() -> None:
    facts = {"code": "1", "name": "甲", "department": "police", "channels": ["counter"]}
    definition = definition_of(facts, None, version=3)
    assert (definition.process, definition.is_generic, definition.version) == ("standard-promised", True, 3)
    assert definition.reads[0]["resource"] == "police.household"
