"""A case from submission to licence, with three departments at once under one clock."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image

from tests.integration.cases.conftest import (
    FORM,
    PARALLEL,
    SERVICE,
    Clock,
    decide,
    draft,
    officer,
    opened,
    person,
    service_row,
    tasks_of,
)
from tongban.contexts.cases import api as cases
from tongban.contexts.cases import journal, models
from tongban.contexts.cases.events import AcceptanceDue, SupplementDue
from tongban.contexts.cases.subscribers import accept_without_decision, end_without_answer
from tongban.contexts.halls import api as halls
from tongban.contexts.licences import api as licences
from tongban.contexts.notices import api as notices
from tongban.contexts.services import api as services
from tongban.infra import outbox
from tongban.infra.authorisation import Party
from tongban.kernel.errors import Text

pytestmark = pytest.mark.django_db


def picture() -> BytesIO:
    stream = BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "PNG")
    stream.seek(0)
    return stream


def test_three_departments_at_once_lead_to_a_licence(city: None, clock: Clock) -> None:
    applicant = person()
    case = opened(applicant)
    assert case.state is cases.CaseState.ACCEPTED
    assert [lane.state for lane in case.lanes] == ["open", "open", "open"]
    assert case.clock.promised_due_date == date(2026, 6, 16)
    clock.set(2026, 6, 11)
    decide("market")
    assert cases.get_case(case.number, applicant).conclusion.zh == "3 个部门办完 1 个，预计 6 月 16 日前办好"
    decide("fire")
    assert decide("urban-management").case_state is cases.CaseState.ACCEPTED
    outbox.deliver_due()
    done = cases.get_case(case.number, applicant)
    assert done.state is cases.CaseState.APPROVED
    assert done.conclusion.zh == "办好了，用了 1 天"
    assert not done.waiting_on
    (licence,) = (licences.get_licence(UUID(licence_id)) for licence_id in done.licences)
    assert dict(licence.values) == {"shop": "小明面馆", "address": "湖滨区文汇路 128 号"}
    titles = {notice.template for notice in notices.list_notices(done.person_id).items}
    assert {"case-accepted", "case-approved"} <= titles


def test_the_case_number_is_the_items_code_the_day_and_a_serial(city: None, clock: Clock) -> None:
    first, second = opened(person(1)), opened(person(2))
    assert first.number == f"{SERVICE}202606100001"
    assert second.number == f"{SERVICE}202606100002"


def test_submitting_twice_gives_one_case(city: None, clock: Clock) -> None:
    applicant = person()
    application = draft(applicant)
    numbers = {
        cases.open_case(
            application_id=application, consents=(), channel="online", actor=applicant, idempotency_key=key
        ).number
        for key in ("first tab", "first tab", "second tab")
    }
    assert len(numbers) == 1
    assert models.Case.objects.count() == 1
    assert models.Task.objects.count() == 3


def test_a_department_sees_only_the_fields_that_its_step_names(city: None, clock: Clock) -> None:
    opened(person())
    seen = cases.get_task(tasks_of("fire")[0].id, officer("fire"))
    assert [field.name for field in seen.fields] == ["address"]
    assert seen.hidden_fields == 2
    assert seen.fields[0].words == Text(zh="湖滨区文汇路 128 号", en="湖滨区文汇路 128 号")


def test_reading_a_declaration_is_logged_once_a_turn(city: None, clock: Clock) -> None:
    case, reader = opened(person()), officer("fire")
    task = tasks_of("fire")[0]
    for _look in range(2):
        cases.get_task(task.id, reader)
    entries = models.LogEntry.objects.filter(case=case.id, kind="declaration-read")
    assert [entry.department for entry in entries] == ["fire"]


def test_another_department_finds_no_task(city: None, clock: Clock) -> None:
    opened(person())
    with pytest.raises(cases.TaskUnknown):
        cases.get_task(tasks_of("fire")[0].id, officer("market"))


def test_another_resident_finds_no_case(city: None, clock: Clock) -> None:
    case = opened(person(1))
    with pytest.raises(cases.CaseUnknown):
        cases.get_case(case.number, person(2))


def test_a_clerk_without_the_role_cannot_decide(city: None, clock: Clock) -> None:
    opened(person())
    with pytest.raises(cases.NotYourTask):
        cases.decide_task(
            task_id=tasks_of("fire")[0].id,
            revision=1,
            outcome="approve",
            comment="",
            actor=officer("fire", "clerk"),
            idempotency_key="x",
        )


def test_a_stale_page_is_told_who_acted(city: None, clock: Clock) -> None:
    opened(person())
    task = tasks_of("fire")[0]
    decide("fire")
    with pytest.raises(cases.StaleTask, match="has acted") as caught:
        cases.decide_task(
            task_id=task.id,
            revision=1,
            outcome="reject",
            comment="不符合",
            actor=officer("fire", name="刘洋"),
            idempotency_key="other",
        )
    assert "赵敏" in caught.value.message.zh


def test_a_double_click_decides_once(city: None, clock: Clock) -> None:
    opened(person())
    actor, task = officer("fire"), tasks_of("fire")[0]
    for _click in range(2):
        decision = cases.decide_task(
            task_id=task.id, revision=1, outcome="approve", comment="", actor=actor, idempotency_key="same"
        )
        assert decision.outcome == "approve"
    assert models.LogEntry.objects.filter(kind="task-approve").count() == 1


@pytest.mark.parametrize("outcome", ["reject", "supplement"])
def test_a_refusal_and_a_request_need_their_reason(city: None, clock: Clock, outcome: str) -> None:
    opened(person())
    with pytest.raises(cases.CommentMissing):
        decide("fire", outcome, comment=" ")


def test_one_refusal_closes_the_case_for_all(city: None, clock: Clock) -> None:
    applicant = person()
    case = opened(applicant)
    assert decide("fire", "reject", "通道被占用").case_state is cases.CaseState.REJECTED
    seen = cases.get_case(case.number, applicant)
    assert seen.state_reason == "通道被占用"
    assert sorted(lane.state for lane in seen.lanes) == ["cancelled", "cancelled", "rejected"]
    assert not tasks_of("market")
    assert not models.Token.objects.filter(left_at__isnull=True).exists()


def test_a_supplement_stops_the_clock_and_not_the_others(city: None, clock: Clock) -> None:
    applicant = person()
    case = opened(applicant)
    clock.set(2026, 6, 11)
    decide("urban-management", "supplement", "场地证明要有房东签字")
    seen = cases.get_case(case.number, applicant)
    assert seen.clock.is_paused
    assert [str(name) for name in seen.waiting_on] == ["市场监管局", "消防救援局", "申请人"]
    assert seen.open_supplements[0].due_date == date(2026, 6, 18)
    decide("fire")
    clock.set(2026, 6, 17)
    answered = cases.answer_supplement(
        number=case.number,
        supplement_id=seen.open_supplements[0].id,
        answer="房东已签",
        files=[cases.Attachment("../证明.png", picture())],
        actor=applicant,
        idempotency_key="a",
    )
    assert not answered.clock.is_paused
    # Four promised days; the four working days from the 11th to the 16th do not count.
    assert answered.clock.promised_due_date == date(2026, 6, 23)
    assert [file.filename for file in answered.supplements[0].files] == ["证明.png"]
    assert decide("urban-management", key="again").outcome == "approve"


def test_an_answer_that_never_comes_ends_the_case(city: None, clock: Clock) -> None:
    applicant = person()
    case = opened(applicant)
    decide("fire", "supplement", "补一张平面图")
    supplement = cases.get_case(case.number, applicant).open_supplements[0]
    end_without_answer(SupplementDue(str(supplement.id)))
    end_without_answer(SupplementDue(str(supplement.id)))
    assert cases.get_case(case.number, applicant).state is cases.CaseState.LAPSED


def test_withdrawing_closes_the_case_and_a_repeat_changes_nothing(city: None, clock: Clock) -> None:
    applicant = person()
    case = opened(applicant)
    for _click in range(2):
        seen = cases.withdraw(number=case.number, actor=applicant, idempotency_key="w")
    assert seen.state is cases.CaseState.WITHDRAWN
    assert models.LogEntry.objects.filter(kind="case-withdrawn").count() == 1


def test_what_all_departments_decided_cannot_be_withdrawn(city: None, clock: Clock) -> None:
    applicant = person()
    case = opened(applicant)
    for department in ("market", "fire", "urban-management"):
        decide(department)
    with pytest.raises(cases.CannotWithdraw):
        cases.withdraw(number=case.number, actor=applicant, idempotency_key="w")


def test_a_process_with_manual_acceptance_waits_for_its_department(city: None, clock: Clock) -> None:
    code = SERVICE[:-1] + "1"
    services.load_definition(
        pack="yunzhou", service=service_row(code, "standard-promised"), form=FORM, process="standard-promised"
    )
    applicant = person()
    case = opened(applicant, service=code)
    assert case.state is cases.CaseState.RECEIVED
    assert case.clock.promised_due_date is None
    accepted = cases.accept_case(number=case.number, actor=officer("market"), idempotency_key="a")
    assert accepted.state is cases.CaseState.ACCEPTED
    assert [lane.state for lane in accepted.lanes] == ["open", "waiting"]
    decide("market")
    assert decide("market", key="second").case_state is cases.CaseState.APPROVED


def test_a_case_nobody_accepts_in_time_counts_from_receipt(city: None, clock: Clock) -> None:
    code = SERVICE[:-1] + "1"
    services.load_definition(
        pack="yunzhou", service=service_row(code, "standard-promised"), form=FORM, process="standard-promised"
    )
    applicant = person()
    case = opened(applicant, service=code)
    clock.set(2026, 6, 18)
    accept_without_decision(AcceptanceDue(str(case.id)))
    seen = cases.get_case(case.number, applicant)
    assert seen.accepted_at == case.received_at
    assert seen.clock.late_days == 1


@pytest.mark.parametrize(
    ("opened_on", "due"),
    [((2026, 2, 12), date(2026, 2, 25)), ((2026, 9, 29), date(2026, 10, 10)), ((2025, 12, 31), date(2026, 1, 7))],
)
def test_holidays_do_not_count(city: None, clock: Clock, opened_on: tuple[int, int, int], due: date) -> None:
    clock.set(*opened_on)
    assert opened(person()).clock.promised_due_date == due


def test_the_log_is_chained_and_the_database_refuses_to_change_it(city: None, clock: Clock) -> None:
    case = models.Case.objects.get(number=opened(person()).number)
    assert journal.is_intact(case)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_log_entry SET kind = 'x'")
    case.log_head = "0" * 64
    assert not journal.is_intact(case)


def test_every_moment_of_an_open_case_waits_for_somebody_named(city: None, clock: Clock) -> None:
    case = opened(person())
    for department, outcome in (("market", "approve"), ("fire", "supplement"), ("urban-management", "approve")):
        decide(department, outcome, "理由写在这里")
        assert models.Wait.objects.filter(case=case.id, until__isnull=True).exclude(owner="").exists()


def test_a_new_version_of_a_process_leaves_running_cases_alone(city: None, clock: Clock) -> None:
    applicant = person()
    case = opened(applicant)
    source = models.ProcessVersion.objects.get(code="test-parallel").drawing.replace("经营场所", "场所核查").encode()
    assert cases.publish_process(code="test-parallel", source=source) == 2
    assert cases.publish_process(code="test-parallel", source=source) == 2
    assert cases.get_case(case.number, applicant).lanes[0].title.zh == "经营场所"


def test_publishing_a_calendar_derives_the_due_dates_again(city: None, clock: Clock) -> None:
    clock.set(2026, 12, 30)
    applicant = person()
    case = opened(applicant)
    assert case.clock.is_provisional
    assert tasks_of("fire")[0].due_date == date(2027, 1, 5)
    halls.load_calendar(rows=[{"year": 2027, "days_off": [{"date": "2027-01-01"}, {"date": "2027-01-04"}]}])
    outbox.deliver_due()
    assert tasks_of("fire")[0].due_date == date(2027, 1, 7)
    assert not cases.get_case(case.number, applicant).clock.is_provisional


def test_a_department_that_does_not_answer_is_told_at_the_desk(city: None, clock: Clock) -> None:
    source = PARALLEL.replace('tongban:sees="address"', 'tongban:sees="address" tongban:reads="police.household:name"')
    cases.publish_process(code="test-parallel", source=source.encode())
    case = opened(person())
    reader = officer("fire")
    task = cases.get_task(tasks_of("fire")[0].id, reader)
    assert [read.resource for read in task.reads] == ["police.household"]
    (answer,) = cases.read_at_source(task_id=task.task.id, actor=reader)
    assert answer.problem is not None
    assert not answer.records
    assert models.LogEntry.objects.filter(case=case.id, kind="data-read", department="fire").count() == 1
    with pytest.raises(cases.NotYourTask):
        cases.read_at_source(task_id=tasks_of("market")[0].id, actor=officer("market"))


CHOICE = PARALLEL.replace(
    '<sequenceFlow id="4" sourceRef="fork" targetRef="sign"/>',
    '<exclusiveGateway id="has-sign" default="no-sign"/><exclusiveGateway id="after-sign"/>'
    '<sequenceFlow id="4" sourceRef="fork" targetRef="has-sign"/>'
    '<sequenceFlow id="big" sourceRef="has-sign" targetRef="sign"><conditionExpression>area_m2 &gt;= {area}'
    '</conditionExpression></sequenceFlow><sequenceFlow id="no-sign" sourceRef="has-sign" targetRef="after-sign"/>',
).replace(
    '<sequenceFlow id="7" sourceRef="sign" targetRef="join"/>',
    '<sequenceFlow id="7" sourceRef="sign" targetRef="after-sign"/>'
    '<sequenceFlow id="10" sourceRef="after-sign" targetRef="join"/>',
)


@pytest.mark.parametrize(("area", "steps"), [(50, 3), (500, 2)])
def test_a_step_that_the_declaration_does_not_call_for_is_neither_opened_nor_drawn(
    city: None, clock: Clock, area: int, steps: int
) -> None:
    cases.publish_process(code="test-parallel", source=CHOICE.format(area=area).encode())
    applicant = person()
    case = opened(applicant)
    assert len(case.lanes) == steps
    assert bool(tasks_of("urban-management")) is (steps == 3)
    assert cases.list_cases(Party(case.person_id)).items[0].conclusion.zh.startswith(f"{steps} 个部门办完 0 个")
