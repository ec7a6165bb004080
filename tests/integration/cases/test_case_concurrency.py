"""Several people at once, and kills in between, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from tests.integration.cases.conftest import build_city, decide, draft, officer, opened, person, tasks_of
from tongban.contexts.cases import api as cases
from tongban.contexts.cases import jobs, models
from tongban.contexts.licences import api as licences
from tongban.infra import outbox
from tongban.infra.models import OutboxDelivery
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import TongbanError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def city() -> None:
    build_city()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do things in threads of their own, starting together; an expected error is a result."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except TongbanError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def decision_of(department: str, outcome: Any, key: str, name: str = "赵敏") -> Callable[[], cases.Decision]:
    task = tasks_of(department)[0]
    actor = officer(department, name=name)
    return lambda: cases.decide_task(
        task_id=task.id, revision=1, outcome=outcome, comment="写明理由", actor=actor, idempotency_key=key
    )


def test_submissions_from_two_tabs_at_once_give_one_case() -> None:
    applicant = person()
    application = draft(applicant)

    def submit(key: str) -> Callable[[], cases.CaseView]:
        return lambda: cases.open_case(
            application_id=application, consents=(), channel="online", actor=applicant, idempotency_key=key
        )

    results = at_once(*(submit(f"tab {number}") for number in range(4)))
    assert {result.number for result in results} == {models.Case.objects.get().number}


def test_the_last_departments_at_once_close_the_case_once() -> None:
    case = opened(person())
    acts = [decision_of(department, "approve", department) for department in ("market", "fire", "urban-management")]
    results = at_once(*acts)
    assert all(isinstance(result, cases.Decision) for result in results)
    assert models.ServiceJob.objects.filter(case=case.id).count() == 1
    outbox.deliver_due()
    assert models.LogEntry.objects.filter(case=case.id, kind="case-approved").count() == 1
    assert len(licences.list_for_case(case.number)) == 1


def test_of_two_approvers_of_one_department_one_wins_and_the_other_is_told() -> None:
    opened(person())
    results = at_once(decision_of("fire", "approve", "one", "赵敏"), decision_of("fire", "reject", "two", "刘洋"))
    lost = [result for result in results if isinstance(result, TongbanError)]
    assert [type(error) for error in lost] == [cases.StaleTask]
    assert models.Task.objects.filter(department="fire", closed_at__isnull=False).count() == 1


def test_a_refusal_and_a_withdrawal_at_once_close_the_case_once() -> None:
    applicant = person()
    case = opened(applicant)
    at_once(
        decision_of("fire", "reject", "r"),
        lambda: cases.withdraw(number=case.number, actor=applicant, idempotency_key="w"),
    )
    closings = models.LogEntry.objects.filter(case=case.id, kind__in=["case-rejected", "case-withdrawn"])
    assert closings.count() == 1
    assert not models.Task.objects.filter(case=case.id, closed_at__isnull=True).exists()


def test_numbers_given_out_at_once_are_all_different() -> None:
    applicants = [person(serial) for serial in range(1, 6)]
    results = at_once(*((lambda applicant=applicant: opened(applicant)) for applicant in applicants))
    assert len({result.number for result in results}) == 5


def run_and_die(job: models.ServiceJob) -> None:
    with transaction.atomic():
        assert jobs.run(job.id)
        raise KeyboardInterrupt


def test_a_job_killed_before_its_commit_is_done_once_afterwards() -> None:
    case = opened(person())
    for department in ("market", "fire", "urban-management"):
        decide(department)
    job = models.ServiceJob.objects.get(case=case.id)
    with pytest.raises(KeyboardInterrupt):
        run_and_die(job)
    assert not licences.list_for_case(case.number)
    results = at_once(*(lambda: jobs.run(job.id) for _worker in range(3)))
    assert sorted(results) == [False, False, True]
    assert len(licences.list_for_case(case.number)) == 1
    assert models.Case.objects.get(pk=case.id).state == cases.CaseState.APPROVED.value


def test_deliveries_repeated_after_a_crash_change_nothing() -> None:
    case = opened(person())
    for department in ("market", "fire", "urban-management"):
        decide(department)
    job = models.ServiceJob.objects.get(case=case.id)
    outbox.deliver_due()
    assert jobs.run(job.id) is False
    assert models.LogEntry.objects.filter(case=case.id, kind="licence-issued").count() == 1


def test_a_step_whose_delivery_was_given_up_is_asked_for_again() -> None:
    case = opened(person())
    for department in ("market", "fire", "urban-management"):
        decide(department)
    OutboxDelivery.objects.filter(subscriber="cases.run-service-job").update(state="abandoned")
    later = utc_now() + jobs.STALE_AFTER * 2
    assert jobs.ask_again(now=later) == 1
    assert jobs.ask_again(now=later) == 0
    outbox.deliver_due()
    assert models.Case.objects.get(pk=case.id).state == cases.CaseState.APPROVED.value
