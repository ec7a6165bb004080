"""A resource file is taken whole or refused with the element named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tongban.contexts.resources.domain.compilation import compile_provider
from tongban.contexts.resources.domain.documents import ResourceDocumentRefused, read_document
from tongban.wire.policy import Interface, SqlSource

DOCUMENT: dict[str, Any] = {
    "provider": "police",
    "resources": [
        {
            "code": "police.household",
            "name": "户籍人口信息",
            "class": "人口/户籍",
            "sharing_class": "conditional",
            "condition": "经本人同意",
            "subject_parameter": "id_number",
            "fields": [{"name": "name", "label": "姓名"}, {"name": "address", "label": "地址"}],
            "interface": {
                "adapter": "sql",
                "connection": "police",
                "parameters": [{"name": "id_number", "pattern": "^[0-9X]{18}$"}],
                "query": "SELECT * FROM t WHERE id = %(id_number)s AND n LIKE '%%x'",
                "columns": {"name": "XM", "address": {"join": ["LU", "HAO"], "with": " "}},
                "observed_at": {"column": "GXSJ", "date": "%Y%m%d"},
            },
        }
    ],
}


def compiled(document: dict[str, Any]) -> Interface:
    return compile_provider(read_document(document))["police.household"][0]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The document with one element set, or removed when the value is ``...``."""
    document = copy.deepcopy(DOCUMENT)
    place: Any = document["resources"][0]
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


def test_a_resource_becomes_the_interface_that_gateways_run() -> None:
    interface = compiled(DOCUMENT)
    assert isinstance(interface.source, SqlSource)
    assert interface.columns["address"].separator == " "
    assert (interface.operation, interface.subject_parameter) == ("read", "id_number")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("code", "health.household", "health.household"),
        ("code", "police.HOUSE", "police.HOUSE"),
        ("sharing_class", "sometimes", "sharing_class"),
        ("condition", ..., "condition"),
        ("interface.columns.address", ..., "address"),
        ("interface.columns.extra", "X", "extra"),
        ("interface.columns.address", {"with": ""}, "column"),
        ("interface.parameters.0.pattern", "[", "["),
        ("interface.query", "SELECT %(other)s", "other"),
        ("interface.query", "SELECT 1", "id_number"),
        ("interface.query", ..., "query"),
        ("interface.adapter", "ftp", "adapter"),
        ("interface.timeout_ms", 60_000, "timeout_ms"),
        ("interface.timout_ms", 1, "timout_ms"),
        ("subject_parameter", "citizen", "citizen"),
        ("fields", [], "fields"),
    ],
)
def test_what_cannot_be_is_refused_by_name(path: str, value: Any, says: str) -> None:
    with pytest.raises(ResourceDocumentRefused) as caught:
        compiled(changed(path, value))
    assert says in caught.value.message.en
    assert caught.value.remedy.zh


def test_withholding_needs_a_legal_basis() -> None:
    document = changed("sharing_class", "withheld")
    with pytest.raises(ResourceDocumentRefused, match="legal_basis"):
        compiled(document)


def test_a_code_used_twice_is_refused() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["resources"] *= 2
    with pytest.raises(ResourceDocumentRefused, match="twice"):
        compile_provider(read_document(document))
