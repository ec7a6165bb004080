"""Guardians act on what the registers say, without the ward's yes, and only as long as it is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.identity.conftest import id_number
from tests.integration.identity.people import CHILD, MOTHER, SON, STRANGER, Registers, actor_for, make, registers, son
from tongban.contexts.identity import api, models
from tongban.contexts.identity.api import guardians
from tongban.contexts.identity.domain.guardians import Ground
from tongban.infra.authorisation import SYSTEM
from tongban.kernel.clock import local_date, utc_now

__all__ = ["registers", "son"]


def prove(person: models.Person, name: str = "小孩", number: str = CHILD) -> guardians.GuardianResult:
    return guardians.prove_guardianship(guardian=person.pk, name=name, id_number=number, actor=actor_for(person))


@pytest.fixture
def father(son: models.Person, registers: Registers) -> models.Person:
    registers.parents.add((SON, "小孩", CHILD))
    return son


def test_a_parent_acts_for_a_minor_in_everything(father: models.Person) -> None:
    assert prove(father).outcome == "proven"
    [right] = api.list_rights(father.pk)
    ward = models.Person.objects.get(pk=right.person_id)
    assert (ward.name, ward.level, ward.verified_by, ward.account) == ("小孩", "real-name", "police", None)
    assert (right.acting.kind, right.acting.services, right.acting.principal_name) == ("guardian", None, "小孩")
    assert right.expires_at is not None
    assert local_date(right.expires_at).isoformat() == "2034-09-08"


def test_wrong_number_wrong_name_and_no_relation_are_refused_in_the_same_words(father: models.Person) -> None:
    answers = [prove(father, "小孩", id_number(82, "20160908")), prove(father, "大孩"), prove(father, "陈伯安", MOTHER)]
    assert {(one.outcome, one.message) for one in answers} == {("refused", answers[0].message)}
    assert not models.Person.objects.exclude(pk=father.pk).exists()
    assert api.list_rights(father.pk) == ()


def test_nobody_is_their_own_guardian(father: models.Person, registers: Registers) -> None:
    assert prove(father, "陈刚", SON).outcome == "refused"
    assert registers.asked == 0


def test_guessing_ends_after_five_refusals_a_day(father: models.Person, registers: Registers) -> None:
    for _ in range(5):
        prove(father, "大孩")
    with pytest.raises(api.TooManyAttempts):
        prove(father)
    assert registers.asked == 5
    models.GuardianAttempt.objects.update(attempted_at=utc_now() - timedelta(hours=25))
    assert prove(father).outcome == "proven"


def test_while_the_register_is_silent_the_claim_waits(father: models.Person, registers: Registers) -> None:
    registers.silent = frozenset({Ground.PARENT})
    assert prove(father).outcome == "later"
    pending = guardians.find_pending_ward(father.pk)
    assert pending is not None
    assert (pending.name, pending.id_number) == ("小孩", CHILD)
    registers.silent = frozenset()
    assert prove(father, pending.name, pending.id_number).outcome == "proven"
    assert guardians.find_pending_ward(father.pk) is None


def test_a_claim_is_forgotten_after_its_day(father: models.Person, registers: Registers) -> None:
    registers.silent = frozenset(Ground)
    prove(father)
    assert guardians.forget_stale_wards(now=utc_now() + timedelta(hours=23)) == 0
    assert guardians.forget_stale_wards(now=utc_now() + timedelta(hours=25)) == 1


def test_a_parent_of_an_adult_is_not_their_guardian(registers: Registers, son: models.Person) -> None:
    mother = make("mother", "陈伯安", MOTHER)
    registers.parents.add((MOTHER, "陈刚", SON))
    assert prove(mother, "陈刚", SON).outcome == "refused"


def test_an_appointed_guardian_acts_for_an_adult_without_an_end(registers: Registers, son: models.Person) -> None:
    registers.appointed.add((SON, "周某", STRANGER))
    assert prove(son, "周某", STRANGER).outcome == "proven"
    [right] = api.list_rights(son.pk)
    assert right.expires_at is None


def test_a_guardianship_that_is_fresh_is_not_asked_again(father: models.Person, registers: Registers) -> None:
    first = prove(father)
    assert prove(father).guardianship_id == first.guardianship_id
    assert registers.asked == 1


def aged(days: int) -> None:
    models.Guardianship.objects.update(checked_at=utc_now() - timedelta(days=days))


def test_registers_are_asked_again_after_thirty_days_and_not_before(
    father: models.Person, registers: Registers
) -> None:
    prove(father)
    aged(29)
    assert guardians.recheck_guardianships(now=utc_now()) == 0
    assert registers.asked == 1
    aged(30)
    assert guardians.recheck_guardianships(now=utc_now()) == 0
    assert registers.asked == 2
    assert models.Guardianship.objects.get().checked_at > utc_now() - timedelta(minutes=1)


def test_what_the_register_no_longer_says_ends(father: models.Person, registers: Registers) -> None:
    prove(father)
    aged(31)
    registers.parents.clear()
    assert guardians.recheck_guardianships(now=utc_now()) == 1
    assert api.list_rights(father.pk) == ()
    assert models.Guardianship.objects.get().ended_because == "not-confirmed"


def test_silence_keeps_a_right_for_a_weeks_grace_and_no_longer(father: models.Person, registers: Registers) -> None:
    prove(father)
    registers.silent = frozenset(Ground)
    aged(36)
    assert guardians.recheck_guardianships(now=utc_now()) == 0
    assert len(api.list_rights(father.pk)) == 1
    aged(37)
    assert api.list_rights(father.pk) == ()
    registers.silent = frozenset()
    assert guardians.recheck_guardianships(now=utc_now()) == 0
    assert len(api.list_rights(father.pk)) == 1


def test_a_guardianship_ends_by_itself_at_eighteen(father: models.Person, registers: Registers) -> None:
    prove(father)
    models.Guardianship.objects.update(until=local_date(utc_now()))
    assert api.list_rights(father.pk) == ()
    assert guardians.recheck_guardianships(now=utc_now()) == 1
    assert models.Guardianship.objects.get().ended_because == "of-age"
    assert registers.asked == 1


def test_an_official_ends_a_guardianship_by_hand(father: models.Person) -> None:
    made = prove(father).guardianship_id
    assert made is not None
    guardians.end_guardianship(guardianship_id=made, reason="判决撤销", actor=SYSTEM)
    assert api.list_rights(father.pk) == ()
    assert [one.is_active for one in guardians.list_wards(father.pk)] == [False]


def test_without_a_register_the_question_stays_open(son: models.Person) -> None:
    from tongban.contexts.identity.ports import NoCivilRegistry, civil_registry, use_civil_registry

    before = civil_registry()
    use_civil_registry(NoCivilRegistry())
    try:
        assert prove(son).outcome == "later"
    finally:
        use_civil_registry(before)
