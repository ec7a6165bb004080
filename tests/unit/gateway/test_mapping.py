"""Declared fields are made from a source's columns, and only those that were asked for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.policy import interface
from tongban.gateway.mapping import Projector, look_up, to_moment
from tongban.wire.policy import Column, Field
from tongban.wire.protocol import FieldProblem


def made(kind: str, value: Any, **column: Any) -> Any:
    one = interface(fields=(Field("f", "字段", type=kind),), columns={"f": Column(("C",), **column)})
    record, problems = Projector(one).project({"C": value}, ("f",), 0)
    return problems[0].code if problems else record["f"]


CASES: list[tuple[str, Any, dict[str, Any], Any]] = [
    ("string", " 王小明 ", {}, "王小明"),
    ("string", "", {}, None),
    ("string", None, {}, None),
    ("string", Decimal("1.50"), {}, "1.50"),
    ("string", {"a": 1}, {}, "string"),
    ("string", "1", {"codes": {"1": "男"}}, "男"),
    ("string", "7", {"codes": {"1": "男"}}, "unknown-code"),
    ("integer", "12", {}, 12),
    ("integer", "12.5", {}, "integer"),
    ("integer", "38261.55", {"scale": 100}, 3826155),
    ("integer", "12a", {}, "number"),
    ("integer", "1e400", {}, "number"),
    ("integer", "NaN", {}, "number"),
    ("decimal", "0012.50", {}, "12.50"),
    ("number", Decimal("88.5"), {}, 88.5),
    ("boolean", "Y", {}, True),
    ("boolean", 0, {}, False),
    ("boolean", "perhaps", {}, "boolean"),
    ("date", "19880307", {"date": "%Y%m%d"}, "1988-03-07"),
    ("date", "19880307", {}, "1988-03-07"),
    ("date", date(1988, 3, 7), {}, "1988-03-07"),
    ("date", "1988年3月7日", {"date": "%Y年%m月%d日"}, "1988-03-07"),
    ("date", "19880231", {"date": "%Y%m%d"}, "date"),
    ("datetime", "2026-05-02 07:12", {"date": "%Y-%m-%d %H:%M"}, "2026-05-02T07:12:00+08:00"),
    ("list", "x", {}, ["x"]),
    ("object", "x", {}, "object"),
]


@pytest.mark.parametrize(("kind", "value", "column", "expected"), CASES)
def test_a_value_takes_the_declared_form_or_is_named_a_problem(
    kind: str, value: Any, column: dict[str, Any], expected: Any
) -> None:
    assert made(kind, value, **column) == expected


def test_split_columns_are_joined_without_the_empty_ones() -> None:
    projector = Projector(interface(columns={"address": Column(("A", "B", "C"), separator=" ")}))
    assert projector.project({"A": "湖滨区 ", "B": None, "C": "12 号"}, ("address",), 0)[0] == {
        "address": "湖滨区 12 号"
    }


def test_a_problem_names_record_and_field_and_never_the_value() -> None:
    record, problems = Projector(interface()).project({"XM": "王", "XBDM": "机密"}, ("name", "sex"), 3)
    assert record == {"name": "王", "sex": None}
    assert problems == [FieldProblem(3, "sex", "unknown-code")]


@given(st.sets(st.sampled_from(["name", "sex", "address"])))
def test_only_wanted_fields_are_made(wanted: set[str]) -> None:
    raw = {"XM": "王", "XBDM": "1", "LU": "路", "HAO": "1", "MIMA": "x"}
    record, _ = Projector(interface()).project(raw, tuple(wanted), 0)
    assert set(record) == wanted


@given(
    st.dictionaries(st.sampled_from(["XM", "XBDM", "LU", "HAO"]), st.none() | st.text() | st.integers() | st.floats())
)
def test_no_source_record_breaks_the_projection(raw: dict[str, Any]) -> None:
    record, _ = Projector(interface()).project(raw, ("name", "sex", "address"), 0)
    assert set(record) == {"name", "sex", "address"}


def test_paths_reach_into_nested_records_in_either_case() -> None:
    raw = {"data": {"list": [{"xm": "王"}]}, "a.b": 1, "XM": 2}
    assert look_up(raw, "data.list.0.xm") == look_up(raw, "data/list/0/xm") == "王"
    assert (look_up(raw, "a.b"), look_up({"xm": 2}, "XM"), look_up(raw, "data.none.x")) == (1, 2, None)


def test_a_moment_without_zone_is_the_citys() -> None:
    moment = to_moment("20260601090000")
    assert moment is not None
    assert moment.isoformat() == "2026-06-01T09:00:00+08:00"
    assert to_moment(datetime(2026, 6, 1)) == to_moment("2026-06-01")  # noqa: DTZ001
