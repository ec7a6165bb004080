"""The pages at the window and in the console."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.integration.identity.conftest import PASSWORD, id_number
from tests.integration.identity.window import MARTIN
from tests.staff_entry import enter
from tongban.contexts.identity import api, models
from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry

pytestmark = pytest.mark.django_db
HTML = {"HTTP_ACCEPT": "text/html"}
REGISTER = {
    "name": "Martin Claire", "id_number": "99ZZ00017", "document_type": "passport", "issuing_country": "FRA",
    "birth_date": "1988-04-12", "sex": "female", "phone": "",
}  # fmt: skip


@pytest.fixture
def counter(client: Client, at_window: Actor) -> Client:
    enter(client, models.Account.objects.get(username="clerk"))
    return client


@pytest.fixture
def console(official: Actor) -> Client:
    client = Client()
    enter(client, models.Account.objects.get(username="official"))
    return client


def test_a_passport_holder_is_registered_with_the_passport_in_hand(counter: Client) -> None:
    response = counter.post("/counter/people/", {**REGISTER, "in_hand": "yes"}, **HTML)
    page = counter.get(response.headers["Location"], **HTML).content.decode()
    assert "已当面核验" in page
    assert "99*****17" in page
    assert "99ZZ00017" not in page


def test_without_the_document_in_hand_nobody_is_attested(counter: Client) -> None:
    response = counter.post("/counter/people/", REGISTER, **HTML)
    assert "只登记，未核验" in counter.get(response.headers["Location"], **HTML).content.decode()


@pytest.mark.parametrize(
    ("changed", "place"),
    [({"issuing_country": ""}, "#country"), ({"birth_date": "x"}, "#born"), ({"sex": ""}, "#sex"),
     ({"id_number": "9"}, "#idn"), ({"name": "9"}, "#name")],
)  # fmt: skip
def test_what_is_wrong_is_linked_and_what_was_typed_stays(counter: Client, changed: dict[str, str], place: str) -> None:
    response = counter.post("/counter/people/", {**REGISTER, "in_hand": "yes", **changed}, **HTML)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'href="{place}"' in page
    assert "<details open>" in page
    assert 'value="yes" checked' in page
    assert not models.Person.objects.exists()


def test_the_box_finds_a_passport_holder_without_the_number_in_an_address(counter: Client) -> None:
    martin = api.register_person(**MARTIN)
    response = counter.post("/counter/find/", {"q": "99zz 00017"}, **HTML)
    assert response.headers["Location"] == f"/counter/people/{martin.id}/"
    entry = AuditEntry.objects.get(action="counter.person-looked-up")
    assert entry.subject == f"person:{martin.id}"


def test_the_box_names_everybody_of_one_number(counter: Client) -> None:
    api.register_person(**MARTIN)
    api.register_person(**{**MARTIN, "issuing_country": "BEL", "name": "Peeters Jan"})
    page = counter.post("/counter/find/", {"q": "99ZZ00017"}, **HTML).content.decode()
    assert "法国护照" in page
    assert "比利时护照" in page


def test_an_unknown_document_is_registered_from_the_results(counter: Client) -> None:
    page = counter.post("/counter/find/", {"q": "H99000015"}, **HTML).content.decode()
    assert "没有人登记过这个证件号码" in page
    form = counter.post("/counter/people/", {"id_number": "H99000015", "start": "yes"}, **HTML).content.decode()
    assert 'value="H99000015"' in form
    assert counter.get("/counter/people/", **HTML).status_code == 200


def test_a_clerk_raises_a_person_and_their_session_with_them(counter: Client, person: models.Person) -> None:
    resident = Client()
    resident.post("/sign-in/", {"login": "wang", "password": PASSWORD})
    address = f"/counter/people/{person.pk}/check/"
    assert "网上账号“wang”是他自己在用" in counter.get(address, **HTML).content.decode()
    half = counter.post(address, {"attest": ["document", "face"]}, **HTML)
    assert half.status_code == 422
    assert "每一项都要确认" in half.content.decode()
    assert counter.post(address, {"attest": ["document", "face", "account"]}, **HTML).status_code == 302
    sid = models.AccountSession.objects.get(account=person.account).pk
    facts = api.find_open_session(sid)
    assert facts is not None
    assert (facts.identity_level.value, facts.authenticator.value) == ("in-person", "password")
    assert "当面核验" in resident.get("/my/profile/", **HTML).content.decode()
    assert "已当面核验" in resident.get("/my/", **HTML).content.decode()


def test_a_slip_is_shown_once_to_be_printed(counter: Client, person: models.Person) -> None:
    address = f"/counter/people/{person.pk}/recovery/"
    for sent in ({"reason": "手机丢了"}, {"attest": "yes"}):
        assert counter.post(address, sent, **HTML).status_code == 422
    response = counter.post(address, {"reason": "手机丢了", "attest": "yes"}, **HTML)
    page = response.content.decode()
    code = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", page)
    assert code
    assert "no-store" in response.headers["Cache-Control"]
    assert "/account/recover/" in page
    assert api.find_slip(login="wang", code=code[0]) is not None
    assert code[0] not in counter.get(address, **HTML).content.decode()


def test_without_an_account_the_page_says_so(counter: Client) -> None:
    martin = api.register_person(**MARTIN)
    page = counter.get(f"/counter/people/{martin.id}/recovery/", **HTML).content.decode()
    assert "没有可以找回的" in page
    assert "recovery" not in counter.get(f"/counter/people/{martin.id}/", **HTML).content.decode()


def test_window_pages_are_for_clerks_and_correcting_for_officials(
    client: Client, console: Client, counter: Client, person: models.Person
) -> None:
    for path in (f"/counter/people/{person.pk}/check/", f"/counter/people/{person.pk}/recovery/"):
        assert Client().get(path, **HTML).headers["Location"].startswith("/staff/sign-in/")
        assert console.get(path, **HTML).status_code == 403
    for path in ("/console/people/", f"/console/people/{person.pk}/"):
        assert counter.get(path, **HTML).status_code == 403


def test_an_official_finds_and_lowers_with_a_reason(console: Client, person: models.Person) -> None:
    response = console.post("/console/people/", {"q": id_number(23)}, **HTML)
    address = f"/console/people/{person.pk}/"
    assert response.headers["Location"] == address
    assert "没有人登记过" in console.post("/console/people/", {"q": id_number(24)}, **HTML).content.decode()
    page = console.post(address, {"level": "registered", "reason": ""}, **HTML)
    assert (page.status_code, 'href="#why"' in page.content.decode()) == (422, True)
    refused = console.post(address, {"level": "in-person", "reason": "登记错了人"}, **HTML)
    assert (refused.status_code, 'href="#l1"' in refused.content.decode()) == (409, True)
    done = console.post(address, {"level": "registered", "reason": "登记错了人"}, follow=True, **HTML)
    assert "已更正" in done.content.decode()
    person.refresh_from_db()
    assert (person.level, person.account) == ("registered", None)
