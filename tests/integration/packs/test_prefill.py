"""The forms of the modelled services are filled by the departments' own running systems, through the gateway."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.forms.conftest import HOST, LiveCity, answers, free_port, live_city, resident, wait_for
from tongban.assembly.packs.check import check_pack
from tongban.assembly.packs.load import load_pack
from tongban.assembly.packs.pack import ServiceFolder
from tongban.contexts.forms import api as forms
from yunzhou_departments.__main__ import KEY_FILE
from yunzhou_departments.demo_persons import CHEN, WANG, ZHAO

__all__ = ["live_city"]

ROOT = Path(__file__).parents[3] / "packs" / "yunzhou"
APPLICANTS = {
    "senior-card": CHEN,
    "disability-allowances": CHEN,
    "residence-permit-endorsement": ZHAO,
    "flexible-employment-insurance": ZHAO,
}
"""Who applies for what 王小明 cannot."""
AT_LEAST = {"housing-fund-withdrawal": 4, "property-transfer": 3, "newborn": 3, "open-restaurant": 4}
"""Departments whose systems fill the form of the main job."""


@pytest.fixture
def whole_city(live_city: LiveCity, tmp_path: Path) -> Iterator[None]:
    """The running city with its sixth system, and the whole pack but for the imported catalogue."""
    data = Path(live_city.connections["housing-fund"]).parents[1]
    port = free_port()
    words = [sys.executable, "-m", "yunzhou_departments", "serve", "medical-insurance"]
    process = subprocess.Popen([*words, "--port", str(port), "--data", str(data)])
    try:
        wait_for(lambda: answers(port, "/healthz"))
        key = {"X-YB-Key": str(data / "medical-insurance" / KEY_FILE)}
        live_city.write(**{"medical-insurance": {"url": f"http://{HOST}:{port}", "header_files": key}})
        pack = tmp_path / "yunzhou"
        shutil.copytree(ROOT, pack, ignore=shutil.ignore_patterns("items.jsonl"))
        load_pack(pack)
        time.sleep(2.2)  # the gateway takes a new policy within two seconds
        yield
    finally:
        process.terminate()
        process.wait(10)


def sources(service: ServiceFolder, name: str) -> tuple[set[str], list[Any]]:
    """The departments that filled the form, and those that failed."""
    who = APPLICANTS.get(name, WANG)
    actor = resident(who.name, who.id_number, who.phone)
    assert actor.person_id
    application = forms.start_application(
        party=actor.party, service_code=service.code, channel="online", actor=actor, idempotency_key=name
    )
    application = forms.refresh_prefill(application.id, actor=actor)
    filled = {field.source for field in application.values if field.origin == "source"}
    return filled, [(failure.department, failure.code) for failure in application.source_failures]


@pytest.mark.django_db(transaction=True)
def test_departments_fill_the_forms_of_every_service(whole_city: None) -> None:
    for service in check_pack(ROOT).pack.services:
        name = service.folder.rpartition("/")[2]
        filled, failed = sources(service, name)
        assert (name, failed) == (name, [])
        assert len(filled) >= AT_LEAST.get(name, 1), name
