"""From rows to facts: all are mapped or reported, odd codes are kept, nothing is invented."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.services.domain.facts import SECTIONS, missing_sections
from tongban.contexts.services.importing.city import Authority, City, Department
from tongban.contexts.services.importing.derive import Derived, derive
from tongban.contexts.services.importing.mapping import Mapping, parse_mapping
from tongban.contexts.services.importing.readers import Row

COLUMNS = ("code", "name", "authority", "materials", "promised_limit", "place", "enquiry_phone", "visits", "audience")
MAPPING: Mapping = parse_mapping(
    {"fields": {name: name for name in COLUMNS}, "no_place": ["无线下办理窗口"]}, name="test"
)
CITY = City(
    name="云州市",
    departments={"police": Department("police", "云州市公安局", "公安局", "Police", "0600-5501000")},
    authorities={"广州市公安局": Authority("police", "city")},
)
GOOD = {"code": "11440100007483172Q3440106043008", "name": "办理甲事", "authority": "广州市公安局"}


def run(*records: dict[str, Any]) -> Derived:
    return derive([Row(number, record) for number, record in enumerate(records, 1)], MAPPING, CITY)


def test_authorities_become_city_departments_at_their_level() -> None:
    facts = run(GOOD).facts[0]
    assert (facts["department"], facts["authority"], facts["exercise_level"]) == ("police", "云州市公安局", "市级")


def test_the_end_of_a_departments_name_is_enough() -> None:
    assert run({**GOOD, "authority": "市公安局"}).facts[0]["department"] == "police"


def test_an_unknown_authority_is_loaded_and_flagged() -> None:
    derived = run({**GOOD, "authority": "某某局"})
    assert derived.facts[0]["department"] == "unassigned"
    assert [warning.code for warning in derived.warnings] == ["unknown-authority"]


def test_telephone_numbers_and_places_are_the_citys() -> None:
    facts = run({**GOOD, "enquiry_phone": "020-83133642", "place": "广州市越秀区东风中路305号"}).facts[0]
    assert facts["enquiry_phone"] == "0600-5501000"
    assert facts["place"] == "云州市政务服务中心公安局窗口"


def test_no_window_is_a_statement_not_a_gap() -> None:
    facts = run({**GOOD, "place": "无线下办理窗口"}).facts[0]
    assert facts["has_window"] is False
    assert "place" not in missing_sections(facts)


def test_what_is_not_published_is_absent() -> None:
    facts = run({**GOOD, "materials": "无", "promised_limit": "无", "enquiry_phone": "无"}).facts[0]
    assert not {"materials", "promised_limit", "enquiry_phone"} & set(facts)
    assert {"materials", "promised_limit", "enquiry_phone", "legal_basis"} <= set(missing_sections(facts))
    assert set(missing_sections(facts)) <= set(SECTIONS)


def test_codes_of_every_form_are_kept_as_given() -> None:
    codes = ["440106043008", "11440100007483172Q3440106043008", "11440100007483172Q344010604300801", "YZ-2020/7", "a1"]
    derived = run(*({**GOOD, "code": code} for code in codes))
    assert [facts["code"] for facts in derived.facts] == codes
    assert {warning.code for warning in derived.warnings} == {"unknown-code-form"}


def test_a_failed_check_character_is_reported_not_rejected() -> None:
    derived = run({**GOOD, "code": "11440100007483172A3440106043008"})
    assert not derived.rejected
    assert [warning.code for warning in derived.warnings] == ["credit-code-check-failed"]


def test_rows_without_code_name_or_authority_and_repeats_are_rejected_with_a_reason() -> None:
    derived = run(GOOD, GOOD, {**GOOD, "code": ""}, {**GOOD, "code": "X2", "name": "无"}, {"code": "X3", "name": "a"})
    assert [finding.row for finding in derived.rejected] == [2, 3, 4, 5]
    assert "1" in derived.rejected[0].reason.zh
    assert all(finding.reason.zh and finding.reason.en for finding in derived.rejected)


cells = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.lists(st.text(max_size=8), max_size=3)
)


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), cells, max_size=9), max_size=12))
def test_no_row_is_ever_lost(records: list[dict[str, Any]]) -> None:
    derived = run(*records)
    assert derived.read == len(records) == len(derived.facts) + len(derived.rejected)
    assert len({facts["code"] for facts in derived.facts}) == len(derived.facts)
