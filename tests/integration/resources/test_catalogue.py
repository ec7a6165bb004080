"""A pack's resources are loaded whole or not at all, and a repeat changes nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.unit.resources.test_documents import DOCUMENT
from tongban.contexts.resources import api
from tongban.infra.models import OutboxEvent
from tongban.kernel.clock import utc_now


def load(*documents: dict[str, Any]) -> api.LoadSummary:
    return api.load_resources(documents, pack="test", now=utc_now())


def changed(**facts: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    document["resources"][0].update(facts)
    return document


def test_a_load_is_repeatable_and_tells_only_of_changes(db: None) -> None:
    assert load(DOCUMENT) == api.LoadSummary(1, 0, 0)
    assert load(DOCUMENT) == api.LoadSummary(0, 1, 0)
    assert load(changed(name="户籍信息")) == api.LoadSummary(1, 0, 0)
    assert OutboxEvent.objects.filter(topic="resources.catalogue-changed").count() == 2
    assert api.get_resource("police.household").name == "户籍信息"


def test_a_resource_no_longer_named_is_retired_but_still_has_a_name(db: None) -> None:
    load(DOCUMENT)
    assert load() == api.LoadSummary(0, 0, 1)
    assert api.compile_interfaces() == ()
    assert api.list_resources().items == ()
    assert api.find_labels(["police.household"])["police.household"].name.zh == "户籍人口信息"
    assert load(DOCUMENT) == api.LoadSummary(1, 0, 0)


def test_one_wrong_file_loads_nothing(db: None) -> None:
    wrong = copy.deepcopy(DOCUMENT)
    wrong["provider"] = "health"
    with pytest.raises(api.ResourceDocumentRefused):
        load(DOCUMENT, wrong)
    assert api.find_resource("police.household") is None


def test_an_unknown_resource_is_named(db: None) -> None:
    with pytest.raises(api.ResourceUnknown) as caught:
        api.get_resource("police.nothing")
    assert "police.nothing" in caught.value.message.zh


def test_the_catalogue_is_paged_by_code(db: None) -> None:
    document = copy.deepcopy(DOCUMENT)
    part = document["resources"][0]
    document["resources"] = [{**part, "code": f"police.r{letter}"} for letter in "cab"]
    load(document)
    first = api.list_resources(limit=2)
    second = api.list_resources(limit=2, cursor=first.next)
    assert [entry.code for entry in (*first.items, *second.items)] == ["police.ra", "police.rb", "police.rc"]
    assert second.next is None
