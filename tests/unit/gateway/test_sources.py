"""Sources are read safely: files whole or not at all, XML without tricks, templates with escaped values."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.gateway.adapters.csv_drop import Incomplete, read_drop
from tongban.gateway.adapters.http import fill, parsed, records_in
from tongban.gateway.limits import CircuitBreaker, RateLimits
from tongban.wire.policy import CsvSource, HttpSource

SOURCE = CsvSource("fund", "*.csv", "号码", "id_number", skip=1, trailer="#END")
STAMP = ("GJJ_20260601", 1, 1)


def drop(tmp_path: Path, *lines: str, encoding: str = "gb18030") -> Path:
    path = tmp_path / "GJJ_20260601.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def test_a_whole_file_is_indexed_by_its_key(tmp_path: Path) -> None:
    path = drop(tmp_path, "公积金账户", "号码,姓名", "1,王小明", "2,李晴㐀", "1,王小明二", "#END,3")
    found = read_drop(path, SOURCE, STAMP)
    assert [row["姓名"] for row in found.records("1")] == ["王小明", "王小明二"]
    assert found.records("2") == [{"号码": "2", "姓名": "李晴㐀", "@file": "GJJ_20260601"}]
    assert found.records("3") == []


@pytest.mark.parametrize(
    "lines",
    [
        ("x", "号码,姓名", "1,王小明"),
        ("x", "号码,姓名", "1,王小明", "#END,2"),
        ("x", "号码,姓名", "1,王小明", "#END,1", "2,李晴"),
        ("x", "号码,姓名", "1,王", "2", "#END,2"),
        ("x", "号码,姓名", "1,王小明", "#END"),
        ("x", "号,姓名", "#END,0"),
        (),
    ],
    ids=["no trailer", "short", "lines after", "cut line", "no number", "no key", "empty"],
)
def test_an_unfinished_file_is_passed_over(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(Incomplete):
        read_drop(drop(tmp_path, *lines), SOURCE, STAMP)


def test_a_file_cut_inside_a_character_is_passed_over(tmp_path: Path) -> None:
    path = drop(tmp_path, "x", "号码,姓名", "1,王")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Incomplete):
        read_drop(path, SOURCE, STAMP)


XML = HttpSource("civil", "xml", record="Envelope/Body/R/HY")
JSON = HttpSource("medical", "json", record="data.list")


def test_xml_is_read_by_local_names_with_repeats_as_lists() -> None:
    rows = b'<HY id="1"><A>x</A></HY><HY><A/></HY>'
    document = b'<s:Envelope xmlns:s="a"><s:Body><R xmlns="b">' + rows + b"</R></s:Body></s:Envelope>"
    assert records_in(parsed(document, XML), XML) == [{"@id": "1", "A": "x"}, {"A": ""}]


def test_gb18030_xml_is_read() -> None:
    document = '<?xml version="1.0" encoding="GB18030"?><Envelope><Body><R><HY><A>已婚</A></HY></R></Body></Envelope>'
    assert records_in(parsed(document.encode("gb18030"), XML), XML) == [{"A": "已婚"}]


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/evil.dtd"><a/>',
        b"<a>&undefined;</a>",
        b"<a><b></a>",
        b"",
        b"not xml",
    ],
)
def test_hostile_or_broken_xml_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(document, XML)


@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b"\xff"])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(content, JSON)


def test_an_absent_record_is_no_record_and_a_scalar_is_an_error() -> None:
    assert records_in({"data": {"list": None}}, JSON) == ()
    assert records_in({"data": {}}, JSON) == ()
    with pytest.raises(ValueError):
        records_in({"data": {"list": ["x"]}}, JSON)


@given(st.text())
def test_a_value_cannot_leave_its_place_in_a_json_body(value: str) -> None:
    import json

    from tongban.gateway.adapters.http import _in_json

    if any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        return
    body = fill('{"infno": "1101", "input": {"certno": "{id}"}}', {"id": value}, _in_json)
    assert json.loads(body) == {"infno": "1101", "input": {"certno": value}}


def test_braces_that_name_no_parameter_stay() -> None:
    assert fill('{"a": {"b": "{x}"}}', {"y": "1"}, str) == '{"a": {"b": "{x}"}}'


def test_a_breaker_opens_after_failures_probes_once_and_closes_on_success() -> None:
    breaker = CircuitBreaker(threshold=3, pause_s=5)
    for _ in range(3):
        assert breaker.may_try(0)
        breaker.report(succeeded=False, now=0)
    assert not breaker.may_try(4.9)
    assert breaker.may_try(5)
    assert not breaker.may_try(5.1)
    breaker.report(succeeded=False, now=5.2)
    assert not breaker.may_try(10)
    assert breaker.may_try(10.3)
    breaker.report(succeeded=True, now=10.4)
    assert breaker.may_try(10.5)
    assert breaker.state == "closed"


def test_a_success_forgets_earlier_failures() -> None:
    breaker = CircuitBreaker(threshold=2)
    for succeeded in (False, True, False):
        breaker.report(succeeded=succeeded, now=0)
    assert breaker.state == "closed"


def test_a_rate_is_a_bucket_of_a_minute() -> None:
    rates = RateLimits()
    assert [rates.take("g", 2, 0) for _ in range(3)] == [True, True, False]
    assert not rates.take("g", 2, 29)
    assert rates.take("g", 2, 30)
    assert rates.take("other", 2, 30)
