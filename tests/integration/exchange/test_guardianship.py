"""Who is whose guardian: two registers asked at once through a real gateway, with as little as the question needs."""

from __future__ import annotations

import pytest

from tests.factories.processes import Departments, GatewayProcess
from tests.integration.exchange.conftest import FIELDS, read
from tongban.contexts.exchange import api as exchange
from tongban.contexts.exchange.models import Record
from tongban.contexts.identity import api as identity
from tongban.contexts.identity import models, ports
from tongban.contexts.identity.api import guardians
from tongban.contexts.identity.domain.guardians import Ground
from tongban.infra.authorisation import SYSTEM
from yunzhou_departments.demo_persons import (
    CHEN,
    GUARDIAN_DOCUMENT,
    JING,
    LI,
    QIAN,
    QIAN_SISTER,
    WU,
    WU_CHILD,
    DemoPerson,
)


def check(guardian: DemoPerson, ward: DemoPerson, name: str = "") -> list[tuple[str, bool, bool]]:
    records = exchange.check_guardianship(
        guardian_id_number=guardian.id_number, ward_name=name or ward.name, ward_id_number=ward.id_number
    )
    return [(one.register, one.is_answered, one.is_held) for one in records]


@pytest.mark.parametrize(
    ("guardian", "ward", "household", "appointed"),
    [
        (JING, WU_CHILD, True, False),
        (WU, WU_CHILD, True, False),
        (CHEN, WU_CHILD, False, False),
        (LI, WU_CHILD, False, False),
        (CHEN, JING, True, False),
        (QIAN, QIAN_SISTER, False, True),
        (QIAN_SISTER, QIAN, False, False),
    ],
)
def test_each_register_says_what_it_holds(
    city: GatewayProcess, guardian: DemoPerson, ward: DemoPerson, household: bool, appointed: bool
) -> None:
    assert check(guardian, ward) == [("household", True, household), ("guardians", True, appointed)]


def test_a_wrong_name_is_nobody(city: GatewayProcess) -> None:
    assert check(JING, WU_CHILD, "吴一") == [("household", True, False), ("guardians", True, False)]


def test_the_evidence_names_its_record_and_its_day(city: GatewayProcess) -> None:
    [_, record] = exchange.check_guardianship(
        guardian_id_number=QIAN.id_number, ward_name=QIAN_SISTER.name, ward_id_number=QIAN_SISTER.id_number
    )
    assert (record.source, record.record_version) == ("civil-affairs", GUARDIAN_DOCUMENT)
    assert record.observed_at is not None
    assert record.observed_at.year == 2019


def test_every_question_is_on_record_under_its_standing_purpose(city: GatewayProcess) -> None:
    check(JING, WU_CHILD)
    rows = Record.objects.filter(purpose_kind="standing", reference="guardianship-check")
    assert {row.resource for row in rows} == {"police.parentage", "civil-affairs.guardianship"}


def test_an_application_cannot_ask_who_is_whose_parent(city: GatewayProcess) -> None:
    assert FIELDS["police.parentage"] == ("relation",)
    parameters = {"id_number": WU_CHILD.id_number, "name": WU_CHILD.name, "guardian_id_number": JING.id_number}
    [outcome] = read(("police.parentage", parameters), subject=WU_CHILD.id_number)
    assert isinstance(outcome, exchange.ReadFailure)
    assert outcome.code == "refused"


def test_a_register_that_is_down_is_an_answer_of_its_own(city: GatewayProcess, departments: Departments) -> None:
    departments.behave("civil-affairs", "down")
    try:
        assert check(JING, WU_CHILD) == [("household", True, True), ("guardians", False, False)]
        answer = ports.civil_registry().find_guardianship(
            guardian_id_number=QIAN.id_number, ward_name=QIAN_SISTER.name, ward_id_number=QIAN_SISTER.id_number
        )
        assert (answer.evidence, answer.unanswered) == ((), frozenset({Ground.APPOINTED}))
    finally:
        departments.behave("civil-affairs")


def test_a_parent_is_proven_through_the_whole_chain(city: GatewayProcess) -> None:
    mother = identity.register_person(name=JING.name, id_number=JING.id_number, level="real-name")
    try:
        result = guardians.prove_guardianship(
            guardian=mother.id, name=WU_CHILD.name, id_number=WU_CHILD.id_number, actor=SYSTEM
        )
        assert result.outcome == "proven"
        [right] = identity.list_rights(mother.id)
        assert (right.acting.principal_name, right.acting.kind) == (WU_CHILD.name, "guardian")
        row = models.Guardianship.objects.get()
        assert (row.ground, row.source) == ("parent", "police")
        assert row.record_version
        assert row.observed_at is not None
    finally:
        models.Guardianship.objects.all().delete()
        models.Person.objects.filter(account=None).exclude(pk=mother.id).delete()
        models.GuardianAttempt.objects.all().delete()
        models.Person.objects.filter(pk=mother.id).delete()
