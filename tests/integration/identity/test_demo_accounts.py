"""Accounts made on request while a demo runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client

from tests.integration.identity.conftest import ORGANISATION
from tests.staff_entry import totp
from tongban.contexts.identity import api, models
from tongban.runtime import settings

ROOT = Path(__file__).resolve().parents[3]
ROWS: list[dict[str, Any]] = yaml.safe_load((ROOT / "packs/yunzhou/demo_persons.yaml").read_text("utf-8"))["persons"]


@pytest.fixture
def police(db: None) -> None:
    api.load_organisations([ORGANISATION])


def test_a_person_signs_in_and_is_known_by_their_real_name(client: Client, db: None) -> None:
    made = api.add_demo_person(ROWS)
    answer = client.post("/sign-in/", {"login": made.username, "password": made.password})
    assert answer.headers["Location"] == "/my/"
    assert made.name in client.get("/my/profile/").content.decode()
    person = models.Person.objects.get(pk=made.person_id)
    assert (person.id_number, person.level) == (ROWS[0]["id_number"], "real-name")


def test_each_call_takes_the_next_person_with_another_password(db: None) -> None:
    made = [api.add_demo_person(ROWS) for _ in range(3)]
    assert [one.name for one in made] == [row["name"] for row in ROWS[:3]]
    assert len({one.password for one in made}) == 3


def test_a_person_may_be_asked_for_by_name(db: None) -> None:
    assert api.add_demo_person(ROWS, name=ROWS[7]["name"]).name == ROWS[7]["name"]
    with pytest.raises(api.DemoPersonsUsedUp, match="张三"):
        api.add_demo_person(ROWS, name="张三")


def test_a_list_that_is_used_up_says_so(db: None) -> None:
    api.add_demo_person(ROWS[:1])
    with pytest.raises(api.DemoPersonsUsedUp) as refused:
        api.add_demo_person(ROWS[:1])
    assert "--fresh" in refused.value.remedy.zh


def test_calls_at_the_same_time_get_different_persons(transactional_db: None) -> None:
    def add(_number: int) -> str:
        try:
            return api.add_demo_person(ROWS).name
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(add, range(8)))
    assert models.Person.objects.exclude(account=None).count() == 8
    assert len(names) == 8


def test_production_makes_none(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = replace(settings.current(), environment="production")
    monkeypatch.setattr(settings, "current", lambda: real)
    with pytest.raises(api.DemoAccountsRefused):
        api.add_demo_person(ROWS)
    with pytest.raises(api.DemoAccountsRefused):
        api.add_demo_staff(organisation="police", roles=["clerk"])


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (["owner"], {"steward"}),
        (["office"], {"official"}),
        (["clerk", "approver"], {"clerk", "approver"}),
        (["owner", "steward"], {"steward"}),
        (["auditor"], {"auditor"}),
    ],
)
def test_staff_hold_the_roles_asked_for(police: None, asked: list[str], held: set[str]) -> None:
    assert api.add_demo_staff(organisation="police", roles=asked).staff.roles == held


def test_staff_sign_in_with_their_second_factor(client: Client, police: None) -> None:
    made = api.add_demo_staff(organisation="police", roles=["approver"])
    client.post("/staff/sign-in/", {"login": made.staff.username, "password": made.password})
    answer = client.post("/account/second-factor/", {"code": totp(made.totp_secret)})
    assert answer.headers["Location"] == "/desk/"


def test_an_unknown_department_or_role_is_told_with_those_there_are(police: None) -> None:
    with pytest.raises(api.OrganisationUnknown) as unknown:
        api.add_demo_staff(organisation="navy", roles=["clerk"])
    assert "police" in unknown.value.remedy.en
    with pytest.raises(api.staff.StaffInvalid) as invalid:
        api.add_demo_staff(organisation="police", roles=["boss"])
    assert "owner (=steward)" in invalid.value.remedy.en


def test_those_made_on_request_are_not_shown_with_the_published_password(client: Client, police: None) -> None:
    person = api.add_demo_person(ROWS)
    member = api.add_demo_staff(organisation="police", roles=["clerk"])
    shown = {one.username for one in api.list_demo_sign_ins()}
    assert not shown & {person.username, member.staff.username}


def tongban(*words: str) -> subprocess.CompletedProcess[str]:
    address = os.environ["DATABASE_URL"].replace("/tongban?", f"/{connection.settings_dict['NAME']}?")
    return subprocess.run(
        [sys.executable, "-m", "tongban.assembly.cli", "identity", *words],
        env={**os.environ, "DATABASE_URL": address},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_print_what_programs_read(transactional_db: None) -> None:
    api.load_organisations([ORGANISATION])
    person = json.loads(tongban("add-person", "--demo", "--json").stdout)
    assert set(person) == {"username", "password", "name", "person_id"}
    member = json.loads(
        tongban("add-staff", "--demo", "--org", "police", "--role", "clerk", "--role", "office", "--json").stdout
    )
    assert set(member) == {"username", "password", "totp_secret", "organisation", "roles"}
    assert (member["organisation"], member["roles"]) == ("police", ["clerk", "official"])


def test_without_saying_demo_nothing_is_made(transactional_db: None) -> None:
    done = tongban("add-person", "--json")
    assert done.returncode == 1
    assert "--demo" in done.stderr
    assert not models.Account.objects.exists()


def test_a_demo_that_is_not_running_is_said(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TONGBAN_DATA")}
    done = subprocess.run(
        [sys.executable, "-m", "tongban.assembly.cli", "identity", "add-person", "--demo", "--data", str(tmp_path)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "make demo" in done.stderr
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr
