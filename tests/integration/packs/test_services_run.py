"""Every modelled service runs from a draft to its licences, even on a day when no department's system answers.

The values are those of the service's first approved example; nothing stands in for a context.
"""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from tongban.assembly.packs.check import check_pack
from tongban.assembly.packs.load import load_pack
from tongban.assembly.packs.pack import ServiceFolder
from tongban.assembly.packs.trial import run_process
from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.infra import outbox
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id

ROOT = Path(__file__).parents[3] / "packs" / "yunzhou"
REPORT = check_pack(ROOT)
MOST_TURNS = 20
# A licence that an earlier service issued stands in for a material of a later one, and passing it on needs consent.
EVERYBODY = tuple(REPORT.index.organisations)


def picture() -> BytesIO:
    stream = BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "PNG")
    stream.seek(0)
    return stream


def resident() -> Actor:
    found = identity.find_person("990102199105140236")
    assert found is not None
    return Actor(kind="resident", account_id=new_id(), person_id=found.id, name=found.name)


def values_of(service: ServiceFolder, example: dict[str, Any]) -> dict[str, Any]:
    """All values of an example, the departments' own included: on this day the applicant types them."""
    assert service.form
    assert service.service
    records = {code: rows for code, rows in example["sources"].items() if rows != "unavailable"}
    return dict(
        forms.try_declaration(
            form=service.form.data, materials=service.service.data["materials"], records=records, licences=(),
            answers=example["answers"], uploads=(), now=utc_now(),
        ).values
    )  # fmt: skip


def hand_in(service: ServiceFolder, values: dict[str, Any], actor: Actor) -> cases.CaseView:
    assert actor.person_id
    application = forms.start_application(
        party=actor.party,
        service_code=service.code,
        channel="online",
        actor=actor,
        idempotency_key=service.code,
    )
    application = forms.save_answers(
        application_id=application.id, answers=values, revision=application.revision, actor=actor
    )
    for slot in application.materials:
        if slot.is_required:
            forms.attach(
                application_id=application.id, slot=slot.name, filename="a.png", content_type="image/png",
                stream=picture(), actor=actor,
            )  # fmt: skip
    assert [(p.field, p.message.zh) for p in forms.check(application.id, actor)] == []
    return cases.open_case(
        application_id=application.id, consents=EVERYBODY, channel="online", actor=actor, idempotency_key="once"
    )


def approve_everything(departments: set[str]) -> set[str]:
    """Let every department approve what is open until nothing is; returns who was asked."""
    asked = set()
    for _ in range(MOST_TURNS):
        outbox.deliver_due()
        open_now = []
        for department in departments:
            roles = frozenset({"approver"})
            officer = Actor(kind="staff", account_id=new_id(), name="赵敏", organisation=department, roles=roles)
            tasks = cases.list_tasks(organisation=department, state="open", actor=officer).items
            open_now += [(officer, task) for task in tasks]
        if not open_now:
            break
        for officer, task in open_now:
            view = cases.get_task(task.id, officer)
            cases.decide_task(
                task_id=task.id, revision=view.revision, outcome="approve", comment="符合条件", actor=officer,
                idempotency_key=str(task.id),
            )  # fmt: skip
            asked.add(officer.organisation or "")
    return asked


def licences_of(service: ServiceFolder, actor: Actor) -> tuple[list[str], list[str]]:
    """The licence types that the dry run promises, and those that the running platform issued."""
    assert service.tests
    assert service.process
    example = next(e for e in service.tests.data["examples"] if e["expect"]["outcome"] == "approved")
    values = values_of(service, example)
    dry = run_process(service.process.text.encode(), values=values, owner="", decisions={})
    case = hand_in(service, values, actor)
    assert approve_everything(set(dry.departments)) == set(dry.departments)
    done = cases.get_case(case.number, actor)
    assert done.state is cases.CaseState.APPROVED
    issued = [licences.get_licence(UUID(found)) for found in done.licences]
    assert all(licences.pdf(licence.id).startswith(b"%PDF") for licence in issued)
    return sorted(dry.licences), sorted(licence.type_code for licence in issued)


@pytest.mark.django_db
def test_every_service_leads_to_the_licences_that_its_examples_promise(tmp_path: Path) -> None:
    # Without the imported catalogue: its two thousand items are another test's matter, and a minute's work.
    pack = tmp_path / "yunzhou"
    shutil.copytree(ROOT, pack, ignore=shutil.ignore_patterns("items.jsonl"))
    load_pack(pack)
    actor = resident()
    for service in REPORT.pack.services:
        promised, issued = licences_of(service, actor)
        assert (service.folder, issued) == (service.folder, promised)
