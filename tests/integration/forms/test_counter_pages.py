"""The window clerk's pages: find, go on with an online draft, tell once what is missing, accept."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.integration.forms.conftest import SERVICE, LiveCity, sign_in
from tests.integration.forms.test_apply_pages import ANSWERS, HTML, begin, photo, posted, revision_of
from tongban.contexts.cases.models import Case
from tongban.contexts.forms import models
from tongban.contexts.identity import api as identity
from tongban.infra.models import AuditEntry
from yunzhou_departments.demo_persons import WANG

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter(live_city: LiveCity, client: Client) -> Client:
    sign_in(client, "clerk")
    return client


def online_draft() -> str:
    resident = Client()
    sign_in(resident, "wang")
    url = begin(resident)
    resident.post(url, posted(revision_of(resident, url), "save"), **HTML)
    return url


def person_url(counter: Client) -> str:
    return str(counter.post("/counter/find/", {"q": WANG.id_number}, **HTML)["Location"])


def test_only_a_clerk_gets_in(live_city: LiveCity, client: Client) -> None:
    assert client.get("/counter/", **HTML)["Location"].startswith("/staff/sign-in/")
    sign_in(client, "wang")
    assert client.get("/counter/", **HTML).status_code == 403


def test_a_person_is_found_by_number_without_it_standing_in_an_address(counter: Client) -> None:
    url = person_url(counter)
    assert WANG.id_number not in url
    page = counter.get(url, **HTML).content.decode()
    assert "王小明" in page
    assert WANG.id_number not in page
    assert AuditEntry.objects.filter(action="counter.person-looked-up").exists()
    assert AuditEntry.objects.filter(action="counter.person-viewed").exists()


def test_a_wrong_check_character_is_pointed_out(counter: Client) -> None:
    page = counter.post("/counter/find/", {"q": "990102199105140230"}, **HTML).content.decode()
    assert "校验位不对" in page


def test_the_resident_s_online_draft_goes_on_at_the_window(counter: Client) -> None:
    online = online_draft()
    page = counter.get(person_url(counter), **HTML).content.decode()
    found = re.search(r'href="(/counter/applications/[^"]+)"', page)
    assert found
    url = found[1]
    assert url.split("/")[3] in online
    form = counter.get(url, **HTML).content.decode()
    assert 'value="YZ2026-0088123"' in form
    assert "在手机上填过" in form
    assert "公安局已核验" in form
    assert AuditEntry.objects.filter(action="forms.application-viewed").exists()


def test_everything_missing_is_told_at_once(counter: Client) -> None:
    online_draft()
    page = counter.get(person_url(counter), **HTML).content.decode()
    found = re.search(r'href="(/counter/applications/[^"]+)"', page)
    assert found
    url = found[1]
    answer = counter.post(url, posted(revision_of(counter, url), "notice", note="周五前"), **HTML)
    assert answer["Location"] == f"{url}notice/"
    notice = counter.get(f"{url}notice/", **HTML).content.decode()
    assert "一次性告知书" in notice
    assert "商品房买卖合同或存量房买卖合同" in notice
    assert "周五前" in notice
    counter.post(url, posted(revision_of(counter, url), "notice"), **HTML)
    assert models.OneTimeNotice.objects.count() == 1


def test_accepting_at_the_window_opens_an_accepted_case(counter: Client) -> None:
    url = start(counter)
    data = posted(revision_of(counter, url), "accept", **{"file.purchase-contract": photo()})
    answer = counter.post(url, {**data, "shown": [*ANSWERS, "phone"], "a.phone": "12000000001"}, **HTML)
    assert answer.status_code == 302, answer.content.decode()
    case = Case.objects.get()
    assert answer["Location"] == f"/counter/cases/{case.number}/"
    assert (case.channel, case.state) == ("counter", "accepted")
    page = counter.get(answer["Location"], **HTML).content.decode()
    assert case.number in page
    assert "住房公积金" in page
    assert counter.get(url, **HTML)["Location"] == answer["Location"]


def start(counter: Client) -> str:
    person = person_url(counter)
    refused = counter.post(f"{person}start/", {"service": SERVICE, "key": "k"}, **HTML)
    assert refused["Location"] == person
    answer = counter.post(f"{person}start/", {"service": SERVICE, "key": "k", "present": "yes"}, **HTML)
    assert answer["Location"].startswith("/counter/applications/")
    return str(answer["Location"])


def test_accepting_without_consent_says_whose(counter: Client) -> None:
    url = start(counter)
    data = posted(revision_of(counter, url), "accept", **{"file.purchase-contract": photo()})
    page = counter.post(url, {**data, "consent": []}, **HTML)
    assert page.status_code == 422
    assert 'href="#k-police"' in page.content.decode()


def test_somebody_new_is_registered_with_the_card_in_hand(counter: Client) -> None:
    number = "990102197001010019"
    from tongban.kernel import resident_id

    number = number[:17] + resident_id.check_character(number[:17])
    page = counter.post("/counter/find/", {"q": number}, **HTML).content.decode()
    assert "第一次来，先登记" in page
    answer = counter.post("/counter/people/", {"name": "钱多", "id_number": number}, **HTML)
    assert answer.status_code == 302
    assert identity.find_person(number).name == "钱多"  # type: ignore[union-attr]
    wrong = counter.post("/counter/people/", {"name": "别人", "id_number": number}, **HTML)
    assert wrong.status_code == 409


def test_resident_and_clerk_on_the_same_draft_see_both_versions(counter: Client) -> None:
    online = online_draft()
    url = f"/counter{online.replace('/apply/', '/applications/')}"
    old = revision_of(counter, url)
    resident = Client()
    sign_in(resident, "wang")
    resident.post(online, posted(revision_of(resident, online), "save", {"bank_name": "手机银行"}), **HTML)
    answer = counter.post(url, posted(old, "save", {"bank_name": "窗口银行"}), **HTML)
    assert answer.status_code == 409
    assert "手机银行" in answer.content.decode()
    assert "窗口银行" in answer.content.decode()


def test_a_case_that_came_in_online_is_found_by_its_number(counter: Client) -> None:
    resident = Client()
    sign_in(resident, "wang")
    url = begin(resident)
    resident.post(url, posted(revision_of(resident, url), "submit", **{"file.purchase-contract": photo()}), **HTML)
    number = Case.objects.get().number
    assert counter.post("/counter/find/", {"q": number}, **HTML)["Location"] == f"/counter/cases/{number}/"
    page = counter.get(f"/counter/cases/{number}/", **HTML).content.decode()
    assert number in page
    assert AuditEntry.objects.filter(action="counter.case-viewed").exists()


def test_the_pages_take_few_queries(counter: Client) -> None:
    url = start(counter)
    for path, most in (("/counter/", 12), (person_url(counter), 14), (url, 18)):
        with CaptureQueriesContext(connection) as queries:
            counter.get(path, **HTML)
        assert len(queries) <= most, (path, [query["sql"][:70] for query in queries])
