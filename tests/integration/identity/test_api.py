"""Organisations, persons, staff, demo accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from tests.integration.identity.conftest import ORGANISATION, PASSWORD, id_number
from tongban.contexts.identity import api, models
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now
from tongban.runtime import settings

PACK = Path(__file__).parents[3] / "packs/yunzhou"


def rows_of(name: str, key: str) -> list[dict[str, object]]:
    read = yaml.safe_load((PACK / name).read_text(encoding="utf-8"))
    return list(read[key] if isinstance(read, dict) else read)


def test_the_packs_departments_load_and_a_repeat_changes_nothing(db: None) -> None:
    rows = rows_of("organisations.yaml", "organisations")
    assert api.load_organisations(rows) == api.load_organisations(rows) == len(rows)
    assert [one.code for one in api.list_organisations()] == [row["code"] for row in rows]
    assert api.get_organisation("police").short == "公安局"


@pytest.mark.parametrize("change", [{"credit_code": "11990000YX001117XX"}, {"name": ""}, {"code": ""}])
def test_a_wrong_department_is_named_and_nothing_is_loaded(db: None, change: dict[str, str]) -> None:
    with pytest.raises(api.organisations.OrganisationInvalid) as refused:
        api.load_organisations([ORGANISATION, {**ORGANISATION, **change}])
    assert refused.value.details["row"] == 2
    assert api.list_organisations() == ()


def test_an_unknown_department_is_said_to_be_unknown(db: None) -> None:
    assert api.find_organisation("nope") is None
    with pytest.raises(api.OrganisationUnknown):
        api.get_organisation("nope")


def test_a_person_is_shown_masked_and_found_by_number(person: models.Person) -> None:
    found = api.find_person(id_number(23).lower())
    assert found is not None
    assert found.id_number_masked == f"990***********{id_number(23)[-4:]}"
    assert found.phone_masked == "139****1234"
    assert api.find_person(id_number(99)) is None


def test_revealing_a_number_needs_a_reason_and_is_on_record(person: models.Person) -> None:
    assert api.reveal_id_number(person_id=person.pk, reason="核对证件") == id_number(23)
    entry = AuditEntry.objects.get(action="identity.id-number-revealed")
    assert (entry.subject, entry.detail) == (f"person:{person.pk}", {"reason": "核对证件"})
    with pytest.raises(Exception, match="reason"):
        api.reveal_id_number(person_id=person.pk, reason="  ")


def test_one_person_a_number(db: None) -> None:
    first = api.register_person(name="王小明", id_number=id_number(23), phone="13900001234")
    assert api.register_person(name=" 王小明", id_number=id_number(23)).id == first.id
    with pytest.raises(api.PersonExists):
        api.register_person(name="王大明", id_number=id_number(23))


def test_an_unknown_person_is_said_to_be_unknown(db: None) -> None:
    with pytest.raises(api.PersonUnknown):
        api.get_person(uuid4())
    assert api.find_contact(uuid4()) is None


def test_notices_go_to_confirmed_addresses_only(person: models.Person) -> None:
    from allauth.account.models import EmailAddress

    address = EmailAddress.objects.create(user=person.account, email="wang@x.example", verified=False, primary=True)
    assert api.find_contact(person.pk) == api.Contact(name="王小明", email="", language="zh-hans")
    address.verified = True
    address.save()
    contact = api.find_contact(person.pk)
    assert contact is not None
    assert contact.email == "wang@x.example"


def test_the_packs_demo_accounts_load_once(db: None) -> None:
    api.load_organisations(rows_of("organisations.yaml", "organisations"))
    rows = rows_of("demo_accounts.yaml", "accounts")
    assert api.load_demo_accounts(rows) == len(rows)
    assert api.load_demo_accounts(rows) == 0
    assert {one.username for one in api.list_demo_sign_ins()} == {row["username"] for row in rows}


def test_production_refuses_demo_accounts(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    production = replace(settings.current(), environment="production")
    monkeypatch.setattr(settings, "current", lambda: production)
    with pytest.raises(api.DemoAccountsRefused):
        api.load_demo_accounts([])
    assert api.list_demo_sign_ins() == ()


def test_staff_are_of_a_department_and_have_known_roles(clerk: models.Account) -> None:
    staff = api.find_staff(clerk.pk)
    assert staff is not None
    assert (staff.organisation, staff.roles) == ("police", {"clerk"})
    assert [one.username for one in api.list_staff("police")] == ["clerk"]
    with pytest.raises(api.staff.StaffInvalid, match="boss"):
        api.create_staff(username="x1", name="甲", organisation="police", roles=["boss"])
    with pytest.raises(api.staff.UsernameTaken):
        api.create_staff(username="Clerk", name="甲", organisation="police", roles=["clerk"])


def test_a_made_staff_account_comes_with_password_and_second_factor(clerk: models.Account) -> None:
    made = api.create_staff(username="new", name="甲", organisation="police", roles=["approver"])
    assert models.Account.objects.get(username="new").check_password(made.password)
    assert made.totp_url.startswith("otpauth://totp/new?secret=")
    assert PASSWORD not in str(made)


def test_a_reset_takes_away_all_that_was_known(clerk: models.Account) -> None:
    from tongban.contexts.identity.adapters.second_factor import enrol_totp

    old_secret, _ = enrol_totp(clerk)
    fresh = api.reset_account(username="Clerk")
    clerk.refresh_from_db()
    assert clerk.check_password(fresh.password)
    assert not clerk.check_password(PASSWORD)
    assert fresh.totp_secret not in ("", old_secret)
    assert AuditEntry.objects.filter(action="identity.account-reset", subject=f"account:{clerk.pk}").exists()


def test_a_residents_reset_leaves_no_second_factor(person: models.Person) -> None:
    from tongban.contexts.identity.adapters.second_factor import enrol_totp, has_second_factor

    assert person.account is not None
    enrol_totp(person.account)
    assert api.reset_account(username="wang").totp_secret == ""
    assert not has_second_factor(person.account)
    with pytest.raises(api.UsernameUnknown):
        api.reset_account(username="nobody")


def test_unused_devices_are_forgotten_after_a_year(account: models.Account) -> None:
    api.note_device(account_id=account.pk, token="t", description="Chrome")
    assert api.forget_unused_devices(now=utc_now() + timedelta(days=364)) == 0
    assert api.forget_unused_devices(now=utc_now() + timedelta(days=366)) == 1


def test_expired_counts_are_forgotten(db: None) -> None:
    budget = api.limits.Budget(3, timedelta(seconds=60))
    api.limits.attempt("test", subject="x", budgets=[budget])
    assert api.forget_expired_counts(now=utc_now()) == 0
    assert api.forget_expired_counts(now=utc_now() + timedelta(seconds=61)) == 1
