"""Departments' records are laid into the form; what the resident said is never lost."""

from datetime import UTC, datetime

from tests.unit.forms.form_fixture import RESTAURANT
from tongban.contexts.forms.domain.definition import parse
from tongban.contexts.forms.domain.prefill import NONE_OF_THEM, SourceRecords, choices, merge
from tongban.contexts.forms.domain.values import StoredValue

FORM = parse(RESTAURANT)
NOW = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
SEEN = datetime(2026, 5, 1, tzinfo=UTC)


def answer(resource: str, *records: dict, chosen: int | None = None) -> SourceRecords:
    return SourceRecords(
        resource, resource.split(".")[0], records, (SEEN,) * len(records), ("7",) * len(records), NOW, chosen
    )


HOUSEHOLD = answer("police.household", {"name": "王小明", "address": "湖滨区柳浪路 26 号"})


def test_a_record_fills_its_fields_with_source_date_and_version() -> None:
    name = merge(FORM, {}, [HOUSEHOLD], {}, NOW).values["name"]
    assert (name.value, name.origin, name.source, name.observed_at, name.record_version) == (
        "王小明",
        "source",
        "police",
        SEEN,
        "7",
    )


def test_the_account_fills_what_it_holds() -> None:
    phone = merge(FORM, {}, [], {"phone": "13800138000"}, NOW).values["phone"]
    assert (phone.value, phone.origin) == ("13800138000", "account")


def test_the_proven_name_stands_in_while_the_police_cannot_answer() -> None:
    account = {"name": "王小明", "id_number": "990102199105140236", "phone": "12000000001"}
    assert merge(FORM, {}, [], account, NOW).values["name"].origin == "account"
    assert merge(FORM, {}, [HOUSEHOLD], account, NOW).values["name"].origin == "source"
    typed = {"name": StoredValue("name", "王大明", "applicant")}
    assert merge(FORM, typed, [], account, NOW).values["name"].value == "王大明"


def test_nothing_is_invented_where_nothing_was_found() -> None:
    merged = merge(FORM, {}, [answer("police.household"), answer("housing-fund.account", {"balance": None})], {}, NOW)
    assert merged.values == {}


def test_an_override_stays_and_a_differing_typed_answer_is_kept_aside() -> None:
    override = StoredValue("name", "王晓明", "override", replaced="王小明", reason="错字")
    typed = StoredValue("home", "别处 1 号", "applicant")
    merged = merge(FORM, {"name": override, "home": typed}, [HOUSEHOLD], {}, NOW)
    assert merged.values["name"] is override
    assert merged.values["home"].value == "湖滨区柳浪路 26 号"
    assert merged.displaced == (typed,)


def test_a_typed_answer_equal_to_the_record_becomes_the_record_s() -> None:
    merged = merge(FORM, {"name": StoredValue("name", "王小明", "applicant")}, [HOUSEHOLD], {}, NOW)
    assert merged.values["name"].origin == "source"
    assert merged.displaced == ()


def test_several_records_wait_for_a_choice() -> None:
    flats = answer("natural-resources.property", {"usage": "住宅"}, {"usage": "商业"})
    assert choices(FORM, [flats, HOUSEHOLD]) == (flats,)
    assert "usage" not in merge(FORM, {}, [flats], {}, NOW).values
    chosen = answer("natural-resources.property", {"usage": "住宅"}, {"usage": "商业"}, chosen=1)
    assert merge(FORM, {}, [chosen], {}, NOW).values["usage"].value == "商业"


def test_money_from_a_department_is_in_fen_and_text_numbers_are_read() -> None:
    assert (
        merge(FORM, {}, [answer("housing-fund.account", {"balance": 1234567})], {}, NOW).values["deposit"].value
        == 1234567
    )
    assert (
        merge(FORM, {}, [answer("housing-fund.account", {"balance": "1234567"})], {}, NOW).values["deposit"].value
        == 1234567
    )


def test_none_of_the_records_is_a_choice_too() -> None:
    flats = answer("natural-resources.property", {"usage": "住宅"}, {"usage": "商业"}, chosen=NONE_OF_THEM)
    assert not flats.waits_for_choice
    assert "usage" not in merge(FORM, {}, [flats], {}, NOW).values
