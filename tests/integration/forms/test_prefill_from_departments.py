"""Prefill through the gateway from departments' own systems, one of them down or slow at times."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.forms.conftest import SERVICE, LiveCity, resident
from tongban.contexts.exchange import api as exchange
from tongban.contexts.forms import api as forms
from tongban.contexts.forms import models
from tongban.infra.authorisation import Actor
from yunzhou_departments.demo_persons import CHEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def whole_city(live_city: LiveCity) -> Iterator[None]:
    yield
    if live_city.broken or "nobody" in live_city.connections_file.read_text("utf-8"):
        live_city.mend()


def begin(actor: Actor) -> forms.Application:
    assert actor.person_id is not None
    started = forms.start_application(
        party=actor.party, service_code=SERVICE, channel="online", actor=actor, idempotency_key="k"
    )
    return forms.refresh_prefill(started.id, actor=actor)


def test_values_come_with_department_and_date(live_city: LiveCity) -> None:
    actor = resident(phone="12000000001")
    application = begin(actor)
    assert application.source_failures == ()
    name, balance, phone = (application.value_of(field) for field in ("name", "balance", "phone"))
    assert name is not None
    assert (name.value, name.origin, name.source_name.zh) == ("王小明", "source", "公安局")
    assert name.observed_at is not None
    assert balance is not None
    assert balance.words.zh.startswith("¥")
    assert phone is not None
    assert (phone.value, phone.source_name.zh) == ("12000000001", "你的账号")
    spouse = application.value_of("spouse_name")
    assert spouse is not None
    assert spouse.value == "李晴"
    held = {slot.name: slot.state for slot in application.materials}
    assert held == {"id-card": "held", "marriage-proof": "held", "property-record": "held"}
    assert {consent.source for consent in application.consents} == {
        "police", "civil-affairs", "natural-resources", "housing-fund",
    }  # fmt: skip


def test_values_are_encrypted_in_the_database(live_city: LiveCity) -> None:
    application = begin(resident())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(value, ' ') FROM forms_field_value WHERE application_id = %s", [application.id]
        )
        stored = str(cursor.fetchone()[0])
        cursor.execute("SELECT records FROM forms_source_reading WHERE application_id = %s", [application.id])
        stored += " ".join(row[0] for row in cursor.fetchall())
    assert "王小明" not in stored
    assert "990102" not in stored


def test_a_department_that_is_down_is_named_and_the_form_still_opens(live_city: LiveCity) -> None:
    live_city.take_down("estate")
    actor = resident()
    application = begin(actor)
    [failure] = application.source_failures
    assert failure.department == "natural-resources"
    assert "应答" in failure.message.zh
    assert {label.zh for label in failure.labels} == {"不动产权证号", "房屋坐落", "建筑面积（平方米）"}
    area = application.value_of("property_area")
    assert area is not None
    assert area.origin == "applicant"
    assert application.value_of("name").value == "王小明"  # type: ignore[union-attr]

    live_city.mend()
    saved = forms.save_answers(
        application_id=application.id, answers={"property_area": "12"}, revision=application.revision, actor=actor
    )
    again = forms.refresh_prefill(application.id, actor=actor)
    assert again.source_failures == ()
    assert again.value_of("property_area").origin == "source"  # type: ignore[union-attr]
    assert again.revision > saved.revision
    assert models.KeptAnswers.objects.filter(application=application.id, kind="displaced").count() == 1
    assert models.SourceFailure.objects.filter(application=application.id).count() == 1


def test_a_slow_department_does_not_hold_up_the_others(live_city: LiveCity) -> None:
    live_city.make_slow("civil-affairs")
    began = time.monotonic()
    application = begin(resident())
    assert time.monotonic() - began < 4
    [failure] = application.source_failures
    assert (failure.department, failure.code) == ("civil-affairs", "timeout")
    assert application.value_of("balance").value is not None  # type: ignore[union-attr]


def test_without_the_gateway_every_department_is_named(live_city: LiveCity, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from tongban.runtime import settings

    gone = replace(settings.current(), gateway_url="http://127.0.0.1:9")
    monkeypatch.setattr(settings, "current", lambda: gone)
    application = begin(resident())
    assert {failure.department for failure in application.source_failures} == {
        "police", "civil-affairs", "natural-resources", "housing-fund",
    }  # fmt: skip
    assert application.value_of("name").origin == "account"  # type: ignore[union-attr]


def test_a_person_no_department_knows_types_everything(live_city: LiveCity) -> None:
    seventeen = "99000019900101001"
    from tongban.kernel import resident_id

    application = begin(resident("周新", seventeen + resident_id.check_character(seventeen)))
    assert application.source_failures == ()
    assert application.value_of("balance").origin == "applicant"  # type: ignore[union-attr]
    assert application.value_of("name").origin == "account"  # type: ignore[union-attr]


def test_an_override_keeps_both_values_and_needs_a_reason(live_city: LiveCity) -> None:
    actor = resident()
    application = begin(actor)
    was = application.value_of("home_address")
    assert was is not None
    with pytest.raises(forms.ReasonMissing):
        forms.override_value(
            application_id=application.id, field="home_address", value="新址 1 号", reason=" ", actor=actor
        )
    changed = forms.override_value(
        application_id=application.id, field="home_address", value="新址 1 号", reason="刚搬家", actor=actor
    )
    now = changed.value_of("home_address")
    assert now is not None
    assert (now.value, now.origin, now.reason, now.source) == ("新址 1 号", "override", "刚搬家", "police")
    assert now.replaced is not None
    assert now.replaced.zh == was.value
    refreshed = forms.refresh_prefill(application.id, only=["police.household"], actor=actor)
    assert refreshed.value_of("home_address").value == "新址 1 号"  # type: ignore[union-attr]
    back = forms.restore_value(application_id=application.id, field="home_address", actor=actor)
    assert back.value_of("home_address").origin == "source"  # type: ignore[union-attr]


def test_reads_stand_in_the_person_s_access_log_under_this_application(live_city: LiveCity) -> None:
    actor = resident()
    application = begin(actor)
    from tongban.contexts.identity import api as identity

    assert actor.person_id is not None
    number = identity.reveal_id_number(person_id=actor.person_id, reason="test")
    seen = exchange.list_accesses(subject_id_number=number).items
    mine = [access for access in seen if access.reference == str(application.id)]
    assert {access.provider for access in mine} == {"police", "civil-affairs", "natural-resources", "housing-fund"}


def test_opening_the_form_takes_few_queries(live_city: LiveCity) -> None:
    actor = resident()
    application = begin(actor)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        forms.get_application(application.id, actor)
    assert len(queries) <= 10, [query["sql"][:80] for query in queries]


def test_one_of_several_records_is_chosen_before_it_fills(live_city: LiveCity) -> None:
    actor = resident(CHEN.name, CHEN.id_number)
    application = begin(actor)
    [choice] = application.choices
    assert len(choice.records) == 2
    assert f"choose:{choice.resource}" in {problem.field for problem in application.problems}
    chosen = forms.choose_record(application_id=application.id, resource=choice.resource, index=1, actor=actor)
    certificate = chosen.value_of("property_certificate")
    assert certificate is not None
    assert certificate.words.zh == choice.records[1][0][1]
    none = forms.choose_record(application_id=application.id, resource=choice.resource, index=9999, actor=actor)
    assert none.value_of("property_certificate").value is None  # type: ignore[union-attr]
    assert not {problem.field for problem in none.problems} & {f"choose:{choice.resource}"}
    with pytest.raises(forms.FieldUnknown):
        forms.choose_record(application_id=application.id, resource=choice.resource, index=2, actor=actor)
