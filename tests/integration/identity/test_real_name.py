"""Proving one's real name against a register."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.identity.conftest import Register, id_number
from tongban.contexts.identity import api, models
from tongban.contexts.notices import api as notices
from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now


def prove(account: models.Account, name: str = "王小明", number: str = id_number(23)) -> api.RealNameResult:
    actor = Actor(kind="resident", account_id=account.pk)
    return api.prove_real_name(account_id=account.pk, name=name, id_number=number, actor=actor)


def other(username: str) -> models.Account:
    return models.Account.objects.create(username=username, password="!")


def test_a_match_binds_the_person_and_is_on_record(account: models.Account, register: Register) -> None:
    result = prove(account)
    person = models.Person.objects.get(account=account)
    assert (result.outcome, result.person_id) == ("proven", person.pk)
    assert (person.level, str(person.birth_date), person.sex) == ("real-name", "1991-05-14", "male")
    assert AuditEntry.objects.filter(action="identity.real-name-proven", subject=f"person:{person.pk}").exists()


def test_the_number_is_not_readable_in_the_database(account: models.Account, register: Register) -> None:
    from django.db import connection

    prove(account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, id_number_hash FROM identity_person")
        assert id_number(23) not in str(cursor.fetchall())


def test_a_mismatch_leaves_no_person_behind(account: models.Account, register: Register) -> None:
    assert prove(account, name="王大明").outcome == "refused"
    assert not models.Person.objects.exists()


def test_a_number_typed_with_blanks_and_small_x_is_understood(account: models.Account, register: Register) -> None:
    number = next(id_number(serial) for serial in range(100, 200) if id_number(serial).endswith("X"))
    register.people[number] = "王小明"
    assert prove(account, number=f" {number[:6]} {number[6:14]}-{number[14:].lower()} ").outcome == "proven"


@pytest.mark.parametrize(
    "number", ["", "123", "990102199105140237", "990102199913140238", "'; DROP TABLE--", "\x00" * 18]
)
def test_an_impossible_number_is_refused_before_anybody_is_asked(
    account: models.Account, register: Register, number: str
) -> None:
    with pytest.raises(api.PersonInvalid) as refused:
        prove(account, number=number)
    assert refused.value.details["field"] == "id_number"
    assert register.asked == 0


def test_a_number_bound_elsewhere_is_refused_in_the_same_words_and_its_owner_is_told(
    person: models.Person, register: Register
) -> None:
    stranger = other("stranger")
    taken, wrong = prove(stranger), prove(stranger, name="李四")
    assert (taken.outcome, taken.message) == (wrong.outcome, wrong.message)
    assert models.Person.objects.get(pk=person.pk).account_id == person.account_id
    assert [notice.template for notice in notices.list_notices(person.pk).items] == ["identity-claimed-elsewhere"]


def test_someone_registered_at_a_window_gets_the_same_person(account: models.Account, register: Register) -> None:
    before = api.register_person(name="王小明", id_number=id_number(23))
    assert prove(account).person_id == before.id
    assert api.get_person(before.id).level == "real-name"


def test_while_the_register_is_down_the_claim_waits_and_then_succeeds(
    account: models.Account, register: Register
) -> None:
    register.is_down = True
    assert prove(account).outcome == "later"
    claim = api.find_pending_claim(account.pk)
    assert claim is not None
    assert (claim.name, claim.id_number) == ("王小明", id_number(23))
    assert not models.Person.objects.exists()
    register.is_down = False
    assert prove(account, name=claim.name, number=claim.id_number).outcome == "proven"
    assert api.find_pending_claim(account.pk) is None


def test_a_claim_is_forgotten_after_its_day(account: models.Account, register: Register) -> None:
    register.is_down = True
    prove(account)
    assert api.forget_stale_claims(now=utc_now() + timedelta(hours=23)) == 0
    assert api.forget_stale_claims(now=utc_now() + timedelta(hours=25)) == 1


def test_guessing_ends_after_five_wrong_tries(account: models.Account, register: Register) -> None:
    for _ in range(5):
        prove(account, name="王大明")
    with pytest.raises(api.TooManyAttempts):
        prove(account)
    assert register.asked == 5


def test_one_account_holds_one_person(person: models.Person, register: Register) -> None:
    assert person.account is not None
    assert prove(person.account, name="李晴", number=id_number(24)).outcome == "refused"


def test_without_a_source_nobody_is_verified(account: models.Account) -> None:
    from tongban.contexts.identity.ports import NoRealNameCheck, real_name_check, use_real_name_check

    before = real_name_check()
    use_real_name_check(NoRealNameCheck())
    try:
        assert prove(account).outcome == "later"
    finally:
        use_real_name_check(before)
