"""kill -9 in the middle of submissions and approvals: no case lost, none doubled, none stuck.

For web, gateway, worker and database in turn: 20 submissions and 20 approvals, each with one kill at a random moment
of it. People do what people do: when nothing comes back, they press again.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

import pytest

from tests.drill import main_job
from tests.drill.city import BACK_SECONDS, City, running_city, wait_until
from tests.drill.people import Page, Person

pytestmark = pytest.mark.drill

TARGETS = ("web", "gateway", "worker", "postgres")
KILLS = int(os.environ.get("DRILL_KILLS", "20"))
SETTLE_SECONDS = 180.0
DATABASE_BACK_SECONDS = 5.0


@dataclass(slots=True)
class Tally:
    """What a drill has seen."""

    cases: list[str] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    database_back: list[float] = field(default_factory=list)
    cut: int = 0


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with running_city() as running:
        yield running


@pytest.fixture(scope="module")
def resident(city: City) -> Person:
    person = Person(city.web)
    person.sign_in("wang", "/sign-in/")
    return person


@pytest.fixture(scope="module")
def approvers(city: City) -> dict[str, Person]:
    people = {department: Person(city.web) for department in main_job.DEPARTMENTS}
    for department, person in people.items():
        person.sign_in(f"approver-{department}", "/staff/sign-in/")
    return people


def while_killing(city: City, target: str, tally: Tally, moment: float, act: Callable[[], Page]) -> Page:
    """Act, and kill the target so many seconds after the act began; then wait till everything is back."""
    killed: list[float] = []
    restarts: list[int] = []

    def kill() -> None:
        time.sleep(moment)
        killed.append(time.monotonic())
        restarts.append(city.kill(target))
        if target == "postgres":
            tally.database_back.append(wait_until(city.database_answers, "the database is back", BACK_SECONDS))

    killer = threading.Thread(target=kill)
    killer.start()
    page = act()
    ended = time.monotonic()
    killer.join()
    tally.cut += ended > killed[0]
    city.wait_till_back(target, restarts[0])
    tally.back.append(time.monotonic() - killed[0])
    return page


def hand_in(resident: Person, draft: Page) -> Page:
    """Press the button until the progress page is there; after a change meanwhile, look and press anew."""
    page = resident.post(draft.path, main_job.submission(draft))
    if page.path.startswith("/my/cases/"):
        return page
    again = resident.get(draft.path)
    if again.path.startswith("/my/cases/"):
        return again
    return resident.post(again.path, main_job.submission(again))


def test_0_the_main_job_works_before_anything_is_killed(
    city: City, resident: Person, approvers: dict[str, Person]
) -> None:
    number = main_job.case_number(hand_in(resident, main_job.begin(resident)))
    for department in main_job.DEPARTMENTS:
        approve(approvers[department], open_task(city, number, department))
    settle(city)
    assert_done_once(city, [number])


@pytest.mark.parametrize("target", TARGETS)
def test_kills_in_submissions_and_approvals(
    target: str, city: City, resident: Person, approvers: dict[str, Person]
) -> None:
    chance = random.Random(f"drill {target}")
    tally = Tally()
    for _round in range(KILLS):
        draft = main_job.begin(resident)
        moment = chance.uniform(0.0, 0.4)
        page = while_killing(city, target, tally, moment, lambda draft=draft: hand_in(resident, draft))
        tally.cases.append(main_job.case_number(page))
    assert len(set(tally.cases)) == KILLS
    tasks = [(number, department) for number in tally.cases for department in main_job.DEPARTMENTS]
    chance.shuffle(tasks)
    for position, (number, department) in enumerate(tasks):
        task, person = open_task(city, number, department), approvers[department]
        if position < KILLS:
            moment = chance.uniform(0.0, 0.2)
            while_killing(city, target, tally, moment, lambda task=task, person=person: approve(person, task))
        else:
            approve(person, task)
    settle(city)
    assert_done_once(city, tally.cases)
    print(
        f"\n{target}: {len(tally.back)} kills, {tally.cut} of them before the act had ended;"
        f" all processes ready again within {max(tally.back):.1f} s (median {median(tally.back):.1f} s)"
    )
    if tally.database_back:
        print(f"database back within {max(tally.database_back):.1f} s (median {median(tally.database_back):.1f} s)")
        assert max(tally.database_back) < DATABASE_BACK_SECONDS


def open_task(city: City, number: str, department: str) -> str:
    """The department's open task of a case; it may still be on its way to the desk."""
    found: list[tuple[object, ...]] = []

    def is_there() -> bool:
        found[:] = city.query(
            "SELECT t.id FROM cases_task t JOIN cases_case c ON c.id = t.case_id"
            " WHERE c.number = %s AND t.department = %s AND t.state = 'open'",
            number,
            department,
        )
        return bool(found)

    wait_until(is_there, f"{department} has its task of {number}", SETTLE_SECONDS)
    assert len(found) == 1
    return str(found[0][0])


def approve(person: Person, task: str) -> Page:
    """Decide: 同意. Pressed again after a decision that was taken, the page says so."""
    page = person.get(f"/desk/tasks/{task}/")
    answer = person.post(f"/desk/tasks/{task}/decide/", main_job.decision(page))
    assert answer.status in {200, 409}, answer.words()[:600]
    return answer


def settle(city: City) -> None:
    """Every event is delivered and every job is done."""
    pending = "SELECT count(*) FROM infra_outbox_delivery WHERE state = 'pending'"
    jobs = "SELECT count(*) FROM cases_service_job WHERE state = 'pending'"
    wait_until(lambda: city.query(pending) == [(0,)] == city.query(jobs), "all events are delivered", SETTLE_SECONDS)


def assert_done_once(city: City, numbers: list[str]) -> None:
    """Each case is approved, decided once by each department, with one licence of each kind; nothing else is there."""
    cases = dict(city.query("SELECT number, state FROM cases_case WHERE number = ANY(%s)", numbers))
    assert cases == dict.fromkeys(numbers, "approved")
    assert city.query("SELECT count(*) FROM infra_outbox_delivery WHERE state = 'abandoned'") == [(0,)]
    doubled = "SELECT application_id FROM cases_case GROUP BY application_id HAVING count(*) > 1"
    assert city.query(doubled) == []
    orphans = (
        "SELECT count(*) FROM forms_application a WHERE a.state = 'submitted'"
        " AND NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.application_id = a.id)"
    )
    assert city.query(orphans) == [(0,)]
    tasks = city.query(
        "SELECT c.number, count(*), count(*) FILTER (WHERE t.state = 'approved') FROM cases_task t"
        " JOIN cases_case c ON c.id = t.case_id WHERE c.number = ANY(%s) GROUP BY 1",
        numbers,
    )
    expected = len(main_job.DEPARTMENTS)
    assert sorted(tasks) == sorted((number, expected, expected) for number in numbers)
    licences = city.query(
        "SELECT case_number, array_agg(type_code ORDER BY type_code) FROM licences_licence"
        " WHERE case_number = ANY(%s) GROUP BY 1",
        numbers,
    )
    assert dict(licences) == {number: sorted(main_job.LICENCES) for number in numbers}
