"""Other documents than resident IDs: registering with them, proving them, finding their holders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.integration.identity.conftest import PASSWORD, Register, id_number
from tests.integration.identity.window import BORN, MARTIN, ExitEntry
from tongban.contexts.identity import api, models
from tongban.infra.authorisation import Actor

pytestmark = pytest.mark.django_db


def prove(account: models.Account, **changed: Any) -> api.RealNameResult:
    actor = Actor(kind="resident", account_id=account.pk)
    return api.prove_real_name(account_id=account.pk, actor=actor, **{**MARTIN, **changed})


def test_a_passport_is_proven_at_the_exit_entry_administration(account: models.Account, exit_entry: ExitEntry) -> None:
    assert prove(account).outcome == "proven"
    row = models.Person.objects.get(account=account)
    assert (row.level, row.verified_by, row.birth_date, row.sex) == ("real-name", "exit-entry", BORN, "female")
    seen = api.get_person(row.pk)
    assert (seen.id_number_masked, seen.document_code, seen.has_id_number) == ("99*****17", "414", False)
    assert seen.document_name.zh == "法国护照"


@pytest.mark.parametrize("changed", [{"birth_date": date(1988, 4, 13)}, {"issuing_country": "BEL"}, {"name": "Martin"}])
def test_what_does_not_fit_is_refused_and_leaves_nobody(
    account: models.Account, exit_entry: ExitEntry, changed: dict[str, Any]
) -> None:
    assert prove(account, **changed).outcome == "refused"
    assert not models.Person.objects.exists()


def test_the_refusal_reads_the_same_for_a_document_bound_elsewhere(
    account: models.Account, exit_entry: ExitEntry
) -> None:
    other = models.Account.objects.create(username="other", password="!")
    assert prove(other).outcome == "proven"
    bound, mismatch = prove(account), prove(account, name="Martin")
    assert (bound.outcome, bound.message) == (mismatch.outcome, mismatch.message)


def test_while_the_source_is_away_everything_typed_is_kept(account: models.Account, exit_entry: ExitEntry) -> None:
    exit_entry.is_down = True
    assert prove(account).outcome == "later"
    claim = api.find_pending_claim(account.pk)
    assert claim is not None
    assert (claim.document_type, claim.issuing_country, claim.birth_date, claim.sex) == (
        "passport", "FRA", BORN, "female",
    )  # fmt: skip
    assert claim.id_number_masked == "99*****17"


def test_without_a_source_the_window_is_named_and_nothing_is_kept(account: models.Account, no_exit_entry: None) -> None:
    with pytest.raises(api.VerifiedAtWindow):
        prove(account)
    assert not models.RealNameClaim.objects.exists()
    assert not models.RealNameAttempt.objects.exists()


def test_where_the_city_has_not_connected_the_source_only_resident_ids_are_verified_online(db: None) -> None:
    assert api.is_verified_online("resident-id")
    assert not any(api.is_verified_online(kind.type.value) for kind in api.list_document_kinds()[1:])


def test_the_police_are_not_asked_about_other_documents(
    account: models.Account, register: Register, exit_entry: ExitEntry
) -> None:
    prove(account)
    assert register.asked == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"issuing_country": ""}, "issuing_country"),
        ({"birth_date": None}, "birth_date"),
        ({"birth_date": date(2200, 1, 1)}, "birth_date"),
        ({"sex": ""}, "sex"),
        ({"id_number": "12"}, "id_number"),
        ({"document_type": "library-card"}, "document_type"),
        ({"document_type": "resident-id", "id_number": id_number(23), "birth_date": BORN}, "birth_date"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    account: models.Account, exit_entry: ExitEntry, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(api.PersonInvalid) as refused:
        prove(account, **changed)
    assert refused.value.details["field"] == field


def test_one_number_of_two_countries_is_two_people(db: None) -> None:
    french = api.register_person(**MARTIN)
    belgian = api.register_person(**{**MARTIN, "issuing_country": "BEL", "name": "Peeters Jan", "sex": "male"})
    assert french.id != belgian.id
    assert {one.id for one in api.find_people(" 99zz 00017")} == {french.id, belgian.id}
    subjects = {api.reveal_subject(person_id=one.id, reason="t") for one in (french, belgian)}
    assert subjects == {"414:FRA:99ZZ00017", "414:BEL:99ZZ00017"}


def test_a_resident_is_found_as_before_and_by_the_box_that_takes_all(person: models.Person) -> None:
    for found in (api.find_person(id_number(23)), *api.find_people(id_number(23))):
        assert found is not None
        assert found.id == person.pk
    assert person.id_number_hash == models.id_number_hash_of(id_number(23))
    assert api.reveal_subject(person_id=person.pk, reason="t") == id_number(23)


def test_the_same_document_registers_once_whatever_the_letters_case(db: None) -> None:
    first = api.register_person(**MARTIN)
    assert api.register_person(**{**MARTIN, "name": "MARTIN CLAIRE", "id_number": "99zz-00017"}).id == first.id
    with pytest.raises(api.PersonExists):
        api.register_person(**{**MARTIN, "name": "Martin Claude"})


def test_only_one_s_own_number_is_one_s_own(db: None, person: models.Person) -> None:
    martin = api.register_person(**MARTIN)
    assert api.is_own_number(person_id=martin.id, number="99zz 00017")
    assert not api.is_own_number(person_id=person.pk, number="99ZZ00017")


class TestRealNamePage:
    ANSWERS = {
        "name": "Martin Claire", "id_number": "99ZZ00017", "document_type": "passport", "issuing_country": "FRA",
        "birth_date": "1988-04-12", "sex": "female", "consent": "on",
    }  # fmt: skip

    @pytest.fixture
    def signed_in(self, client: Client, account: models.Account) -> Client:
        client.post("/sign-in/", {"login": "wang", "password": PASSWORD})
        return client

    def test_other_documents_are_one_step_away(self, signed_in: Client) -> None:
        page = signed_in.get("/account/real-name/").content.decode()
        assert '<details class="plain"><summary>' in page
        assert page.count("<option") > 200

    def test_a_passport_is_proven(self, signed_in: Client, exit_entry: ExitEntry) -> None:
        assert signed_in.post("/account/real-name/", self.ANSWERS).headers["Location"] == "/my/"
        page = signed_in.get("/my/profile/", HTTP_ACCEPT="text/html").content.decode()
        assert "法国护照" in page
        assert "99ZZ00017" not in page

    def test_a_missing_country_opens_the_step_and_is_named(self, signed_in: Client, exit_entry: ExitEntry) -> None:
        page = signed_in.post("/account/real-name/", {**self.ANSWERS, "issuing_country": ""}).content.decode()
        assert '<details class="plain" open>' in page
        assert "请选护照是哪个国家签发的" in page

    def test_without_a_source_the_page_names_the_halls(self, signed_in: Client, no_exit_entry: None) -> None:
        from tongban.contexts.halls import api as halls

        facts = {
            "name": "湖滨区政务服务中心",
            "district": "湖滨区",
            "address": "锦云路 1 号",
            "hours": "周一至周五",
            "transport": "地铁 1 号线",
        }
        halls.load_halls(
            rows=[{"code": "binhu", "phone": "0990-12345", "windows": [], **facts, **{f"{k}_en": k for k in facts}}]
        )
        page = signed_in.post("/account/real-name/", self.ANSWERS).content.decode()
        assert "护照在窗口核验，网上核不了" in page
        assert "锦云路 1 号" in page
