"""Level in-person: raised at a window, on record, taken back by an official."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.identity.conftest import Register, id_number
from tests.integration.identity.window import MARTIN, actor_for
from tongban.contexts.identity import api, models
from tongban.contexts.notices import api as notices
from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Forbidden

pytestmark = pytest.mark.django_db
WANG = {"name": "王小明", "id_number": id_number(23)}


def raised(person: models.Person, actor: Actor, **changed: Any) -> api.Person:
    facts = {"is_attested": True, "account_is_theirs": True, **changed}
    return api.raise_to_in_person(person_id=person.pk, actor=actor, **facts)


def test_with_the_card_in_hand_registering_attests_the_person(at_window: Actor) -> None:
    found = api.register_at_window(**WANG, has_document=True, actor=at_window)
    assert found.level == "in-person"
    [check] = api.list_checks(found.id)
    assert (check.kind, check.checked_by_name, check.hall, check.window) == ("registered", "孙敏", "binhu", "B05")
    entry = AuditEntry.objects.get(action="identity.checked-in-person")
    assert entry.detail == {"document": "resident-id", "hall": "binhu", "window": "B05", "from": "registered"}


def test_for_somebody_who_sent_another_nothing_is_attested(at_window: Actor) -> None:
    found = api.register_at_window(**WANG, has_document=False, actor=at_window)
    assert found.level == "registered"
    assert api.list_checks(found.id) == ()


def test_a_passport_holder_registers_at_the_window(at_window: Actor) -> None:
    found = api.register_at_window(**MARTIN, has_document=True, actor=at_window)
    assert (found.level, api.list_checks(found.id)[0].document_name.zh) == ("in-person", "护照")


def test_registering_somebody_known_with_the_card_raises_them(person: models.Person, at_window: Actor) -> None:
    assert api.register_at_window(**WANG, has_document=True, actor=at_window).level == "in-person"
    assert api.list_checks(person.pk)[0].kind == "raised"


def test_a_check_raises_the_person_once(person: models.Person, at_window: Actor) -> None:
    assert raised(person, at_window).level == "in-person"
    person.refresh_from_db()
    assert (person.level, person.verified_by) == ("in-person", "")
    assert api.list_checks(person.pk)[0].level_before == "real-name"
    raised(person, at_window)
    assert len(api.list_checks(person.pk)) == 1


@pytest.mark.parametrize("changed", [{"is_attested": False}, {"account_is_theirs": False}])
def test_every_line_is_attested_or_nothing_happens(
    person: models.Person, at_window: Actor, changed: dict[str, bool]
) -> None:
    with pytest.raises(api.NotAttested):
        raised(person, at_window, **changed)
    person.refresh_from_db()
    assert (person.level, api.list_checks(person.pk)) == ("real-name", ())


def test_only_a_clerk_attests_and_only_an_official_takes_back(
    person: models.Person, at_window: Actor, official: Actor
) -> None:
    for actor in (official, Actor(kind="system"), Actor(kind="resident", account_id=person.account_id)):
        with pytest.raises(Forbidden):
            raised(person, actor)
        with pytest.raises(Forbidden):
            api.register_at_window(**WANG, has_document=True, actor=actor)
    with pytest.raises(Forbidden):
        api.lower_level(person_id=person.pk, level="registered", reason="登记错了人", actor=at_window)


def test_a_role_that_was_taken_away_no_longer_counts(person: models.Person, clerk: models.Account) -> None:
    models.StaffMember.objects.filter(account=clerk).update(roles=["approver"])
    with pytest.raises(Forbidden):
        raised(person, actor_for(clerk))


def test_proving_again_online_keeps_what_the_window_attested(
    person: models.Person, at_window: Actor, register: Register
) -> None:
    raised(person, at_window)
    assert person.account_id is not None
    actor = Actor(kind="resident", account_id=person.account_id)
    api.prove_real_name(account_id=person.account_id, actor=actor, **WANG)
    person.refresh_from_db()
    assert person.level == "in-person"


def test_an_account_that_binds_a_person_online_begins_at_real_name(
    account: models.Account, at_window: Actor, register: Register
) -> None:
    found = api.register_at_window(**WANG, has_document=True, actor=at_window)
    api.prove_real_name(account_id=account.pk, actor=Actor(kind="resident", account_id=account.pk), **WANG)
    assert (api.get_person(found.id).level, api.get_person(found.id).has_account) == ("real-name", True)


def test_a_register_s_confirmation_outlasts_the_window_s(
    account: models.Account, at_window: Actor, official: Actor, register: Register
) -> None:
    api.prove_real_name(account_id=account.pk, actor=Actor(kind="resident", account_id=account.pk), **WANG)
    person = models.Person.objects.get(account=account)
    raised(person, at_window)
    assert api.list_lower_levels(person.pk) == ("registered", "real-name")
    lowered = api.lower_level(person_id=person.pk, level="real-name", reason="照片看错了", actor=official)
    assert (lowered.level, lowered.has_account) == ("real-name", True)
    latest = api.list_checks(person.pk)[0]
    assert (latest.kind, latest.reason, latest.checked_by_name) == ("lowered", "照片看错了", "周正")


def test_down_to_registered_the_account_is_let_go_of_and_told(
    person: models.Person, at_window: Actor, official: Actor
) -> None:
    raised(person, at_window)
    lowered = api.lower_level(person_id=person.pk, level="registered", reason="登记错了人", actor=official)
    assert (lowered.level, lowered.has_account) == ("registered", False)
    assert [one.template for one in notices.list_notices(person.pk).items] == ["identity-withdrawn"]
    entry = AuditEntry.objects.get(action="identity.level-lowered")
    assert entry.detail == {"from": "in-person", "to": "registered", "reason": "登记错了人"}


def test_whoever_loses_the_account_is_told_by_mail_all_the_same(
    person: models.Person, official: Actor, mailoutbox: list[Any]
) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=person.account, email="wang@example.org", verified=True, primary=True)
    api.lower_level(person_id=person.pk, level="registered", reason="登记错了人", actor=official)
    assert notices.deliver_due(now=utc_now()) == 1
    assert [mail.to for mail in mailoutbox] == [["wang@example.org"]]


def test_what_only_a_window_checked_cannot_become_real_name(at_window: Actor, official: Actor) -> None:
    found = api.register_at_window(**WANG, has_document=True, actor=at_window)
    assert api.list_lower_levels(found.id) == ("registered",)
    with pytest.raises(api.LevelRefused):
        api.lower_level(person_id=found.id, level="real-name", reason="看错了", actor=official)


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_lowering_states_its_reason(person: models.Person, official: Actor, reason: str) -> None:
    with pytest.raises(api.ReasonMissing):
        api.lower_level(person_id=person.pk, level="registered", reason=reason, actor=official)
