"""Machines in halls: enrolled once by a code typed on them, known by a token afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tongban.contexts.halls import api as halls
from tongban.contexts.halls import models
from tongban.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
NOW = utc_now()
HALL: dict[str, Any] = {
    "code": "lakeside",
    **dict.fromkeys(("name", "district", "address", "hours", "transport"), "湖滨大厅"),
    **{f"{key}_en": "Lakeside Hall" for key in ("name", "district", "address", "hours", "transport")},
    "windows": [{"code": "A03", "name": "综合窗口", "name_en": "General"}],
    "devices": [{"code": "K01", "kind": "kiosk", "name": "1 号自助机", "name_en": "Kiosk 1"}],
}


@pytest.fixture(autouse=True)
def hall(db: None) -> None:
    halls.load_halls(rows=[HALL])


def offer() -> str:
    return halls.offer_enrolment(hall="lakeside", device="K01", now=NOW)


def test_a_machine_is_known_by_what_enrolment_gave_it_and_says_its_place() -> None:
    enrolled = halls.enrol_device(code=offer(), now=NOW)
    found = halls.find_device(enrolled.token)
    assert found is not None
    assert (found.place.zh, found.place.en) == ("湖滨大厅 1 号自助机", "Kiosk 1, Lakeside Hall")
    assert halls.find_device("") is None
    assert halls.find_device("another") is None


def test_a_code_is_typed_as_people_type_it() -> None:
    code = offer()
    assert halls.enrol_device(code=f" {code[:4].lower()}-{code[4:]} ", now=NOW).device.code == "K01"


def test_a_code_enrols_once_and_for_a_quarter_of_an_hour() -> None:
    late = offer()
    with pytest.raises(halls.EnrolmentRefused):
        halls.enrol_device(code=late, now=NOW + timedelta(minutes=15))
    halls.enrol_device(code=late, now=NOW)
    with pytest.raises(halls.EnrolmentRefused):
        halls.enrol_device(code=late, now=NOW)


def test_a_later_code_voids_the_earlier() -> None:
    first = offer()
    offer()
    with pytest.raises(halls.EnrolmentRefused):
        halls.enrol_device(code=first, now=NOW)


def test_an_empty_code_enrols_nothing() -> None:
    with pytest.raises(halls.EnrolmentRefused):
        halls.enrol_device(code="", now=NOW)


def test_enrolling_another_browser_or_retiring_ends_the_old_one() -> None:
    first = halls.enrol_device(code=offer(), now=NOW).token
    second = halls.enrol_device(code=offer(), now=NOW).token
    assert halls.find_device(first) is None
    assert halls.find_device(second) is not None
    halls.retire_device(hall="lakeside", device="K01")
    assert halls.find_device(second) is None


def test_loading_the_halls_again_keeps_enrolled_machines_and_drops_unlisted_ones() -> None:
    token = halls.enrol_device(code=offer(), now=NOW).token
    halls.load_halls(rows=[HALL])
    assert halls.find_device(token) is not None
    halls.load_halls(rows=[{**HALL, "devices": []}])
    assert halls.find_device(token) is None


@pytest.mark.parametrize("change", [{"kind": "robot"}, {"name_en": ""}, {"code": ""}])
def test_a_machine_that_is_listed_badly_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(halls.HallRefused):
        halls.load_halls(rows=[{**HALL, "devices": [{**HALL["devices"][0], **change}]}])


def test_an_unlisted_machine_is_refused_by_name() -> None:
    with pytest.raises(halls.DeviceUnknown, match="K09"):
        halls.offer_enrolment(hall="lakeside", device="K09", now=NOW)


def test_a_window_s_place_is_what_the_pack_says_and_never_guessed() -> None:
    place = halls.find_window_place(hall="lakeside", window="A03")
    assert place is not None
    assert place.zh == "湖滨大厅 A03 综合窗口"
    assert halls.find_window_place(hall="lakeside", window="A99") is None
    assert halls.find_window_place(hall="nowhere", window="A03") is None


def test_neither_token_nor_code_is_stored() -> None:
    code = offer()
    stored = str(models.Device.objects.values_list())
    token = halls.enrol_device(code=code, now=NOW).token
    assert code not in stored
    assert token not in str(models.Device.objects.values_list())
