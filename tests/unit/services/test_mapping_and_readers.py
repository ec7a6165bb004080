"""Mapping files and file formats: precise refusals, and no row lost."""

import io
import json

import openpyxl
import pytest

from tongban.contexts.services.importing.mapping import choose, parse_mapping
from tongban.contexts.services.importing.readers import columns_of, read_rows
from tongban.kernel.errors import Invalid

FIELDS = {"code": "编号", "name": "事项", "authority": "单位"}
TABLE = "编号,事项,单位\nA-1,办理甲事,甲局\nB-2,办理乙事,乙局\n"


@pytest.mark.parametrize(
    ("data", "element"),
    [
        (None, "fields"),
        ([], "fields"),
        ({"fields": {"code": "a", "name": "b"}}, "fields.authority"),
        ({"fields": {**FIELDS, "colour": "颜色"}}, "fields.colour"),
        ({"fields": {**FIELDS, "name": 3}}, "fields.name"),
        ({"fields": {**FIELDS, "name": {"column": "a", "values": "x"}}}, "fields.name.values"),
        ({"fields": FIELDS, "no_place": "无"}, "no_place"),
    ],
)
def test_a_wrong_mapping_names_its_element(data: object, element: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_mapping(data, name="m.yaml")
    assert refused.value.details["element"] == element
    assert refused.value.remedy.zh


def test_the_mapping_that_fills_most_is_chosen() -> None:
    small = parse_mapping({"fields": FIELDS}, name="small")
    large = parse_mapping({"fields": {**FIELDS, "materials": "材料"}}, name="large")
    assert choose([small, large], ["编号", "事项", "单位", "材料"]).name == "large"


def test_no_fitting_mapping_says_what_to_do() -> None:
    with pytest.raises(Invalid) as refused:
        choose([parse_mapping({"fields": FIELDS}, name="m")], ["x", "y"])
    assert "--mapping" in refused.value.remedy.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_reads_in_both_encodings(encoding: str) -> None:
    rows = read_rows(TABLE.encode(encoding), filename="a.csv")
    assert [row.values["事项"] for row in rows] == ["办理甲事", "办理乙事"]
    assert columns_of(rows) == ("编号", "事项", "单位")


def test_excel_reads_numbers_and_texts() -> None:
    book = openpyxl.Workbook()
    for line in (["编号", "事项", "次数"], ["A-1", "办理甲事", 2]):
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    assert read_rows(content.getvalue(), filename="a.xlsx")[0].values == {
        "编号": "A-1",
        "事项": "办理甲事",
        "次数": 2.0,
    }


def test_json_reads_as_list_object_and_lines() -> None:
    records = [{"编号": "A"}, {"编号": "B"}]
    lines = "\n".join(json.dumps(record) for record in records).encode()
    assert [r.values for r in read_rows(json.dumps(records).encode(), filename="a.json")] == records
    assert [r.values for r in read_rows(json.dumps({"items": records}).encode(), filename="a.json")] == records
    assert [r.values for r in read_rows(lines, filename="a.jsonl")] == records
    assert [r.values for r in read_rows(lines, filename="export")] == records


def test_a_broken_line_is_a_row_with_a_problem() -> None:
    rows = read_rows(b'{"a": 1}\n{"a": \n[3]\n{"a": 2}', filename="a.jsonl")
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.problem is None for row in rows] == [True, False, False, True]


def test_a_line_with_more_cells_than_columns_is_a_row_with_a_problem() -> None:
    rows = read_rows(b"a,b\n1,2\n1,2,3\n", filename="a.csv")
    assert [row.problem is None for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("name", "content"), [("a.xlsx", b"no"), ("a.json", b"{"), ("a.csv", b""), ("a.csv", b"\xff\x00\xff")]
)
def test_a_file_that_cannot_be_read_is_refused_with_a_remedy(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_rows(content, filename=name)
    assert refused.value.remedy.zh
