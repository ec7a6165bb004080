"""Whoever has no resident ID applies all the same: nothing is asked in vain, and they type what nobody knows."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.test import Client

from tests.integration.forms.conftest import SERVICE, LiveCity
from tests.integration.forms.test_apply_pages import ANSWERS, photo
from tongban.contexts.cases import api as cases
from tongban.contexts.exchange import api as exchange
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.contexts.licences.models import Licence
from tongban.infra.authorisation import Actor
from tongban.kernel.ids import new_id
from yunzhou_departments.demo_persons import CHAN, KIM, MARTIN

pytestmark = pytest.mark.django_db
NUMBER = "99ZZ00017"


@pytest.fixture
def martin(live_city: LiveCity) -> Actor:
    found = identity.register_person(
        name="Martin Claire",
        id_number=NUMBER,
        document_type="passport",
        issuing_country="FRA",
        birth_date=MARTIN.birth_date,
        sex="female",
        level="in-person",
        phone="12000000099",
    )
    return Actor(kind="resident", account_id=new_id(), person_id=found.id, name=found.name)


def reads_of(actor: Actor) -> list[str]:
    assert actor.person_id is not None
    subject = identity.reveal_subject(person_id=actor.person_id, reason="t")
    return [access.resource for access in exchange.list_accesses(subject_id_number=subject).items]


def begin(actor: Actor) -> forms.Application:
    assert actor.person_id is not None
    started = forms.start_application(
        party=actor.party, service_code=SERVICE, channel="online", actor=actor, idempotency_key="k"
    )
    return forms.refresh_prefill(started.id, actor=actor)


def filled(actor: Actor) -> forms.Application:
    application = begin(actor)
    application = forms.save_answers(
        application_id=application.id,
        answers={**ANSWERS, "account_number": "YZ00099"},
        revision=application.revision,
        actor=actor,
    )
    for slot in application.materials:
        application = forms.attach(
            application_id=application.id, slot=slot.name, filename="a.jpg", content_type="", stream=photo(),
            actor=actor,
        )  # fmt: skip
    return application


def approver(department: str) -> Actor:
    return Actor(kind="staff", account_id=new_id(), name="赵敏", organisation=department, roles=frozenset({"approver"}))


def test_departments_are_not_asked_about_somebody_they_know_by_no_number(martin: Actor) -> None:
    application = begin(martin)
    assert application.source_failures == ()
    assert reads_of(martin) == []
    assert {slot.state for slot in application.materials} == {"missing"}
    number = application.value_of("id_number")
    assert number is not None
    assert (number.value, number.origin, number.words.zh) == (NUMBER, "account", "99*****17")
    assert not [problem for problem in application.problems if problem.field in ("id_number", "name")]


@pytest.mark.parametrize(("number", "is_wrong"), [("99zz 00017", False), ("99ZZ00018", True)])
def test_where_an_id_number_is_asked_only_one_s_own_document_does(martin: Actor, number: str, is_wrong: bool) -> None:
    application = forms.override_value(
        application_id=begin(martin).id, field="id_number", value=number, reason="照护照", actor=martin
    )
    assert ("id_number" in {problem.field for problem in application.problems}) == is_wrong


def test_a_passport_holder_s_case_goes_all_the_way(martin: Actor) -> None:
    application = filled(martin)
    assert application.problems == ()
    cases.open_case(application_id=application.id, consents=(), channel="online", actor=martin, idempotency_key="k")
    for department in ("housing-fund", "natural-resources", "housing"):
        [task] = cases.list_tasks(organisation=department, state="open", actor=approver(department)).items
        view = cases.get_task(task.id, approver(department))
        if department == "housing-fund":
            answers = cases.read_at_source(task_id=task.id, actor=approver(department))
            assert [answer.problem is not None for answer in answers] == [True, True]
        cases.decide_task(
            task_id=task.id, revision=view.revision, outcome="approve", comment="符合条件",
            actor=approver(department), idempotency_key="d",
        )  # fmt: skip
    assert reads_of(martin) == []


def test_a_licence_names_the_document_of_its_holder(martin: Actor) -> None:
    from tongban.contexts.licences import api as licences

    assert martin.person_id is not None
    person = identity.get_person(martin.person_id)
    code = "housing-fund-withdrawal-notice"
    values = {field.name: "—" for field in licences.get_type(code).fields}
    made = licences.issue(
        type_code=code,
        holder=licences.Holder(person.id, person.name, NUMBER, person.document_code),
        case_number="C1",
        service_code=SERVICE,
        values=values,
    )
    row = Licence.objects.get(pk=made.id)
    assert (row.holder_code, row.holder_code_type) == (NUMBER, "414")


def test_the_exit_entry_administration_is_asked_through_the_gateway(live_city: LiveCity) -> None:
    assert exchange.can_check_documents()
    for person, key in ((KIM, "414:KOR:M99900023"), (CHAN, "516::H99000015")):
        facts = {"name": person.name.title(), "subject": key, "birth_date": person.birth_date}
        assert exchange.check_document(**facts)  # type: ignore[arg-type]
        assert not exchange.check_document(**{**facts, "birth_date": date(1990, 1, 1)})  # type: ignore[arg-type]


def test_the_counter_shows_a_passport_holder_s_application(martin: Actor, client: Client) -> None:
    from tests.integration.forms.conftest import sign_in

    application_id: UUID = begin(martin).id
    sign_in(client, "clerk")
    page = client.get(f"/counter/applications/{application_id}/", HTTP_ACCEPT="text/html")
    assert page.status_code == 200
    assert "99*****17" in page.content.decode()
