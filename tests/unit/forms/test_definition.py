"""A form definition is understood whole or refused with every fault named."""

import copy

import pytest

from tests.unit.forms.form_fixture import RESTAURANT
from tongban.contexts.forms.domain.definition import MalformedForm, parse


def faults(change) -> list[str]:
    form = copy.deepcopy(RESTAURANT)
    change(form)
    with pytest.raises(MalformedForm) as caught:
        parse(form)
    return [pointer for pointer, _ in caught.value.faults]


def test_sections_fields_and_reads_are_understood() -> None:
    form = parse(RESTAURANT)
    assert [section.title.zh for section in form.sections] == ["店面", "经营者"]
    assert form.by_name["name"].source.resource == "police.household"
    assert form.by_name["cold"].widget == "radio"
    assert form.by_name["phone"].source.is_account
    assert [option.label.en for option in form.by_name["scale"].options] == ["Small", "large"]


def test_a_read_asks_for_the_fields_that_it_fills_and_binds_the_applicant() -> None:
    read = parse(RESTAURANT).reads[0]
    assert read.fields == ("name", "address")
    assert read.bind({"id_number": "990101"}) == {"id_number": "990101"}
    with pytest.raises(KeyError, match="id_number"):
        read.bind({})


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda f: f["schema"]["properties"]["shop"].update(type="object"), "/schema/properties/shop/type"),
        (lambda f: f["schema"]["properties"]["shop"].update(pattern="("), "/schema"),
        (lambda f: f["schema"]["properties"]["shop"].update({"$ref": "http://example.test/x"}), "/schema"),
        (lambda f: f["schema"]["required"].append("ghost"), "/schema/required"),
        (lambda f: f["schema"]["properties"].update(orphan={"type": "string"}), "/schema/properties/orphan"),
        (lambda f: f["ui"]["sections"][0]["fields"][0].update(name="ghost"), "/ui/sections/0/fields/0/name"),
        (lambda f: f["ui"]["sections"][0]["fields"][1].update(name="shop"), "/ui/sections/0/fields/1/name"),
        (lambda f: f["ui"]["sections"][0]["fields"][0].update(widget="hologram"), "/ui/sections/0/fields/0/widget"),
        (lambda f: f["ui"]["sections"][0]["fields"][0].update(source="police"), "/ui/sections/0/fields/0/source"),
        (lambda f: f["ui"]["sections"][0]["fields"][0].pop("label"), "/ui/sections/0/fields/0/label"),
        (lambda f: f["reads"].pop(0), "/reads"),
        (lambda f: f["ui"].update(sections=[]), "/ui/sections"),
    ],
)
def test_every_fault_is_named_by_its_place(change, pointer: str) -> None:
    assert pointer in faults(change)
