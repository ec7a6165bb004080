"""A city with four departments, one service decided by three of them at once, and people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.test import Client

from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.contexts.services import api as services
from tongban.infra.authorisation import Actor
from tongban.kernel import resident_id
from tongban.kernel.ids import new_id

PACK = Path(__file__).parents[3] / "packs/yunzhou"
BACKEND = "tongban.contexts.identity.adapters.accounts.AccountBackend"
SERVICE = "11990000YX0055850B3992105009000"
DEPARTMENTS = ("market", "fire", "urban-management", "health")
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:tongban="https://tongban.example/bpmn/1" targetNamespace="t">'
)
PARALLEL = f"""{HEAD}<process id="test-parallel" name="三个部门">
<startEvent id="s"/><parallelGateway id="fork"/>
<userTask id="premises" name="经营场所" tongban:department="market" tongban:sees="shop_name,address" tongban:days="2"/>
<userTask id="fire-check" name="消防承诺" tongban:department="fire" tongban:sees="address" tongban:days="1"/>
<userTask id="sign" name="店招备案" tongban:department="urban-management" tongban:sees="shop_name" tongban:days="2"/>
<parallelGateway id="join"/>
<serviceTask id="issue" name="发证" tongban:action="issue-licence" tongban:licence="test-permit"/><endEvent id="e"/>
<sequenceFlow id="1" sourceRef="s" targetRef="fork"/><sequenceFlow id="2" sourceRef="fork" targetRef="premises"/>
<sequenceFlow id="3" sourceRef="fork" targetRef="fire-check"/><sequenceFlow id="4" sourceRef="fork" targetRef="sign"/>
<sequenceFlow id="5" sourceRef="premises" targetRef="join"/>
<sequenceFlow id="6" sourceRef="fire-check" targetRef="join"/>
<sequenceFlow id="7" sourceRef="sign" targetRef="join"/><sequenceFlow id="8" sourceRef="join" targetRef="issue"/>
<sequenceFlow id="9" sourceRef="issue" targetRef="e"/></process></definitions>"""
FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "properties": {
            "shop_name": {"type": "string", "minLength": 1, "maxLength": 40},
            "address": {"type": "string", "minLength": 1, "maxLength": 100},
            "area_m2": {"type": "integer", "minimum": 1},
        },
        "required": ["shop_name", "address"],
        "additionalProperties": False,
    },
    "ui": {
        "sections": [
            {
                "title": "店",
                "title_en": "Shop",
                "fields": [
                    {"name": "shop_name", "label": "店名", "label_en": "Name", "widget": "text"},
                    {"name": "address", "label": "地址", "label_en": "Address", "widget": "text"},
                    {"name": "area_m2", "label": "面积", "label_en": "Area", "widget": "number"},
                ],
            }
        ]
    },
    "reads": [],
}
LICENCE: dict[str, Any] = {
    "code": "test-permit",
    "type_code": "11990000YX0055850B009",
    "name": "开店许可",
    "name_en": "Shop permit",
    "definer": "云州市市场监督管理局",
    "definer_code": "11990000YX0055850B",
    "issuer": "market",
    "validity": {"years": 4},
    "number": {"pattern": "云店〔{yyyy}〕{serial:8}", "example": "云店〔2026〕00000001"},
    "fields": [
        {"name": "shop", "label": "店名", "label_en": "Name", "type": "string", "is_required": True},
        {"name": "address", "label": "地址", "label_en": "Address", "type": "string", "is_required": True},
    ],
    "layout": {"orientation": "portrait", "title": "开店许可", "rows": [["shop", "address"]], "seal": "电子专用章"},
}


def service_row(code: str = SERVICE, process: str = "test-parallel", promised: int = 4) -> dict[str, Any]:
    return {
        "code": code,
        "name": "开一家小店",
        "name_en": "Open a shop",
        "department": "market",
        "co_departments": ["fire", "urban-management"],
        "kind": "single",
        "audience": ["自然人"],
        "themes": [],
        "statutory_limit": {"days": 20, "unit": "working-day"},
        "promised_limit": {"days": promised, "unit": "working-day"},
        "channels": ["online", "counter"],
        "materials": [],
        "licences": [{"type": "test-permit", "values": {"shop": "shop_name"}}] if process == "test-parallel" else [],
        "process": process,
    }


@dataclass(frozen=True)
class Clock:
    """A wall clock that tests set."""

    times: list[datetime]

    def set(self, year: int, month: int, day: int, hour: int = 2) -> None:
        self.times[0] = datetime(year, month, day, hour, tzinfo=UTC)

    def now(self) -> datetime:
        return self.times[0]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the time that cases read; 10 June 2026, ten in the morning in the city, to begin with."""
    from tongban.contexts.cases import jobs, showing, subscribers
    from tongban.contexts.cases.api import applicants, intake, tasks

    wall = Clock([datetime(2026, 6, 10, 2, tzinfo=UTC)])
    for module in (applicants, intake, jobs, showing, subscribers, tasks):
        monkeypatch.setattr(module, "utc_now", wall.now)
    return wall


@pytest.fixture
def city(db: None) -> None:
    build_city()


def build_city() -> None:
    """Put departments, calendars, processes, a licence type and a service."""
    rows = yaml.safe_load((PACK / "organisations.yaml").read_text("utf-8"))
    rows = rows["organisations"] if isinstance(rows, dict) else rows
    identity.load_organisations(row for row in rows if row["code"] in DEPARTMENTS)
    halls.load_calendar(
        rows=[yaml.safe_load((PACK / "calendars" / f"{year}.yaml").read_text("utf-8")) for year in (2025, 2026)]
    )
    cases.publish_process(code="test-parallel", source=PARALLEL.encode())
    for path in sorted((PACK / "processes").glob("*.bpmn")):
        cases.publish_process(code=f"standard-{path.stem}", source=path.read_bytes())
    licences.load_types([LICENCE])
    services.load_catalogue(pack="yunzhou", city="云州")
    services.load_definition(pack="yunzhou", service=service_row(), form=FORM, process="test-parallel")


def person(serial: int = 1) -> Actor:
    """A resident under the unassigned prefix 99."""
    seventeen = f"99000019900101{serial:03d}"
    found = identity.register_person(
        name="王小明", id_number=seventeen + resident_id.check_character(seventeen), level="real-name"
    )
    return Actor(kind="resident", account_id=new_id(), person_id=found.id, name="王小明")


def officer(department: str, *roles: str, name: str = "赵敏") -> Actor:
    return Actor(
        kind="staff", account_id=new_id(), name=name, organisation=department, roles=frozenset(roles or ("approver",))
    )


def draft(applicant: Actor, service: str = SERVICE, key: str = "k") -> UUID:
    """A filled draft, ready to be handed in."""
    assert applicant.person_id is not None
    application = forms.start_application(
        party=applicant.party, service_code=service, channel="online", actor=applicant, idempotency_key=key
    )
    forms.save_answers(
        application_id=application.id,
        answers={"shop_name": "小明面馆", "address": "湖滨区文汇路 128 号", "area_m2": "86"},
        revision=application.revision,
        actor=applicant,
    )
    return application.id


def opened(applicant: Actor, channel: str = "online", service: str = SERVICE) -> cases.CaseView:
    return cases.open_case(
        application_id=draft(applicant, service), consents=(), channel=channel, actor=applicant, idempotency_key="k"
    )


def tasks_of(department: str, state: Any = "open") -> tuple[cases.TaskSummary, ...]:
    return cases.list_tasks(organisation=department, state=state, actor=officer(department)).items


Decide = Callable[..., cases.Decision]


def decide(department: str, outcome: Any = "approve", comment: str = "符合条件", key: str = "d") -> cases.Decision:
    """Decide the first open task of a department."""
    actor = officer(department)
    task = cases.get_task(tasks_of(department)[0].id, actor)
    return cases.decide_task(
        task_id=task.task.id,
        revision=task.revision,
        outcome=outcome,
        comment=comment,
        actor=actor,
        idempotency_key=key,
    )


def signed_in(username: str) -> Client:
    """A browser in which a demo account has signed in: `wang`, or `approver-<department>`."""
    rows = yaml.safe_load((PACK / "demo_accounts.yaml").read_text("utf-8"))["accounts"]
    wanted = [row for row in rows if row["username"] == username]
    identity.load_demo_accounts(wanted)
    client = Client(headers={"Accept": "text/html"})
    client.force_login(
        get_user_model().objects.get(username=username),
        backend="tongban.contexts.identity.adapters.accounts.AccountBackend",
    )
    return client


def wang() -> Actor:
    """The demo resident, as rooms know him."""
    rows = yaml.safe_load((PACK / "demo_accounts.yaml").read_text("utf-8"))["accounts"]
    found = identity.find_person(next(row["id_number"] for row in rows if row["username"] == "wang"))
    assert found is not None
    return Actor(kind="resident", account_id=new_id(), person_id=found.id, name=found.name)
