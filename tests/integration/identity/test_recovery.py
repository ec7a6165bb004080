"""Recovery slips: printed for somebody who is there, used once, by themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.integration.identity.conftest import PASSWORD, id_number
from tests.integration.identity.window import MARTIN
from tests.staff_entry import totp
from tongban.contexts.identity import api, models
from tongban.contexts.identity.adapters.second_factor import enrol_totp, has_second_factor
from tongban.contexts.notices import api as notices
from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Forbidden

pytestmark = pytest.mark.django_db
NEW = "Emerald-7731q"
NO_MATCH = "没有对上"


def issue(person: models.Person, actor: Actor, **changed: Any) -> api.Slip:
    facts = {"reason": "手机丢了，密码也忘了", "is_attested": True, **changed}
    return api.issue_slip(person_id=person.pk, actor=actor, **facts)


def age(minutes: int) -> None:
    """Let every slip be that much older."""
    for row in models.RecoverySlip.objects.all():
        row.issued_at -= timedelta(minutes=minutes)
        row.expires_at -= timedelta(minutes=minutes)
        row.save()


def test_a_slip_is_on_record_told_and_kept_as_a_hash_only(person: models.Person, at_window: Actor) -> None:
    slip = issue(person, at_window)
    row = models.RecoverySlip.objects.get()
    plain = slip.code.replace("-", "")
    assert plain not in str(models.RecoverySlip.objects.values().get())
    assert (row.issued_by_name, row.hall, row.window) == ("孙敏", "binhu", "B05")
    assert row.expires_at - row.issued_at == timedelta(minutes=30)
    entry = AuditEntry.objects.get(action="identity.recovery-slip-issued")
    assert (entry.detail["window"], entry.detail["reason"]) == ("B05", "手机丢了，密码也忘了")
    assert plain not in str(entry.detail)
    assert [one.template for one in notices.list_notices(person.pk).items] == ["recovery-slip-issued"]


def test_the_clerk_never_sees_a_password(person: models.Person, at_window: Actor) -> None:
    before = models.Account.objects.get(pk=person.account_id).password
    issue(person, at_window)
    assert models.Account.objects.get(pk=person.account_id).password == before


@pytest.mark.parametrize(
    ("changed", "error"),
    [({"is_attested": False}, api.NotAttested), ({"reason": " "}, api.ReasonMissing)],
)
def test_without_attesting_or_reason_there_is_no_slip(
    person: models.Person, at_window: Actor, changed: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        issue(person, at_window, **changed)
    assert not models.RecoverySlip.objects.exists()


def test_only_a_clerk_prints_slips(person: models.Person, official: Actor) -> None:
    for actor in (official, Actor(kind="resident", account_id=person.account_id), Actor(kind="system")):
        with pytest.raises(Forbidden):
            issue(person, actor)


def test_whoever_has_no_account_gets_no_slip(at_window: Actor) -> None:
    martin = api.register_at_window(**MARTIN, has_document=True, actor=at_window)
    with pytest.raises(api.NoAccount):
        api.issue_slip(person_id=martin.id, reason="忘了密码", is_attested=True, actor=at_window)


def test_staff_accounts_are_not_recovered_at_the_counter(
    person: models.Person, at_window: Actor, clerk: models.Account
) -> None:
    models.Account.objects.filter(pk=person.account_id).update(realm="staff")
    with pytest.raises(api.NoAccount):
        issue(person, at_window)


def test_an_account_gets_five_slips_a_day(person: models.Person, at_window: Actor) -> None:
    for _ in range(5):
        issue(person, at_window)
    with pytest.raises(api.TooManySlips):
        issue(person, at_window)
    age(24 * 60 + 1)
    issue(person, at_window)


def test_a_new_slip_voids_the_one_before(person: models.Person, at_window: Actor) -> None:
    first, second = issue(person, at_window), issue(person, at_window)
    assert api.find_slip(login="wang", code=first.code) is None
    assert api.find_slip(login="wang", code=second.code) is not None


@pytest.mark.parametrize("login", ["wang", " WANG ", id_number(23), f"{id_number(23)[:6]} {id_number(23)[6:]}"])
def test_a_slip_is_found_by_username_and_by_number(person: models.Person, at_window: Actor, login: str) -> None:
    slip = issue(person, at_window)
    assert api.find_slip(login=login, code=slip.code.lower().replace("-", " ")) is not None


def test_a_slip_of_a_passport_holder_is_found_by_the_passport(
    person: models.Person, account: models.Account, at_window: Actor
) -> None:
    models.Person.objects.filter(pk=person.pk).update(account=None)
    martin = api.register_at_window(**MARTIN, has_document=True, actor=at_window)
    row = models.Person.objects.get(pk=martin.id)
    row.account = account
    row.save()
    slip = issue(row, at_window)
    assert api.find_slip(login="99zz00017", code=slip.code) is not None


def test_after_thirty_minutes_a_slip_is_over(person: models.Person, at_window: Actor) -> None:
    slip = issue(person, at_window)
    slip_id = api.find_slip(login="wang", code=slip.code)
    assert slip_id is not None
    age(30)
    assert api.find_slip(login="wang", code=slip.code) is None
    with pytest.raises(api.SlipSpent):
        api.use_slip(slip_id=slip_id, password=NEW)


def test_a_slip_opens_its_own_account_only(person: models.Person, at_window: Actor) -> None:
    models.Account.objects.create(username="other", password="!")
    assert api.find_slip(login="other", code=issue(person, at_window).code) is None


def test_a_wrong_name_and_a_wrong_code_cost_the_same(person: models.Person, at_window: Actor) -> None:
    slip, counts = issue(person, at_window), []
    for login, code in (("wang", "AAAAA-AAAAA"), ("nobody", slip.code), (id_number(23), "x"), (id_number(24), "x")):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert api.find_slip(login=login, code=code) is None
        counts.append(len(queries))
    assert set(counts) == {1}


def test_using_a_slip_takes_everything_back(
    client: Client, person: models.Person, account: models.Account, at_window: Actor
) -> None:
    assert client.post("/sign-in/", {"login": "wang", "password": PASSWORD}).status_code == 302
    enrol_totp(account)
    slip_id = api.find_slip(login="wang", code=issue(person, at_window).code)
    assert slip_id is not None
    api.use_slip(slip_id=slip_id, password=NEW)
    account.refresh_from_db()
    assert account.check_password(NEW)
    assert not has_second_factor(account)
    assert not models.AccountSession.objects.filter(ended_at=None).exists()
    assert client.get("/my/", headers={"Accept": "text/html"}).status_code == 302
    entry = AuditEntry.objects.get(action="identity.account-recovered")
    assert (entry.subject, entry.detail["window"]) == (f"account:{account.pk}", "B05")
    assert {one.template for one in notices.list_notices(person.pk).items} >= {"account-recovered"}
    with pytest.raises(api.SlipSpent):
        api.use_slip(slip_id=slip_id, password="Another-5521z")


def test_a_weak_password_is_refused_and_the_slip_stays(person: models.Person, at_window: Actor) -> None:
    slip_id = api.find_slip(login="wang", code=issue(person, at_window).code)
    assert slip_id is not None
    with pytest.raises(api.PasswordRefused) as refused:
        api.use_slip(slip_id=slip_id, password="1234567890")
    assert refused.value.reasons
    assert api.slip_is_open(slip_id)


def test_old_slips_are_deleted(person: models.Person, at_window: Actor) -> None:
    issue(person, at_window)
    assert api.forget_old_slips(now=utc_now() + timedelta(days=179)) == 0
    assert api.forget_old_slips(now=utc_now() + timedelta(days=180)) == 1


class TestPages:
    def test_a_slip_leads_to_a_new_password_and_in(
        self, client: Client, person: models.Person, at_window: Actor
    ) -> None:
        slip = issue(person, at_window)
        response = client.post("/account/recover/", {"login": "wang", "code": slip.code})
        assert response.headers["Location"] == "/account/recover/password/"
        differing = client.post("/account/recover/password/", {"password1": NEW, "password2": NEW + "x"})
        assert "两次输入的密码不一样" in differing.content.decode()
        done = client.post("/account/recover/password/", {"password1": NEW, "password2": NEW})
        assert done.headers["Location"] == "/account/recover/done/"
        assert "找回单已失效" in client.get("/account/recover/password/").content.decode()
        assert client.post("/sign-in/", {"login": "wang", "password": NEW}).headers["Location"] == "/my/"

    def test_a_wrong_name_and_a_wrong_code_read_the_same(
        self, client: Client, person: models.Person, at_window: Actor
    ) -> None:
        slip = issue(person, at_window)
        pages = []
        for login, code in (("wang", "AAAAA-AAAAA"), ("nobody", slip.code)):
            response = client.post("/account/recover/", {"login": login, "code": code})
            assert response.status_code == 200
            pages.append(response.content.decode().replace(login, "").replace(code, ""))
        assert NO_MATCH in pages[0]
        assert without_tokens(pages[0]) == without_tokens(pages[1])

    @pytest.mark.parametrize("login", ["wang", "nobody"])
    def test_the_sixth_try_is_not_looked_at(
        self, client: Client, person: models.Person, at_window: Actor, login: str
    ) -> None:
        slip = issue(person, at_window)
        for _ in range(5):
            assert NO_MATCH in client.post("/account/recover/", {"login": login, "code": "x"}).content.decode()
        sixth = client.post("/account/recover/", {"login": f" {login.upper()}", "code": slip.code})
        assert sixth.status_code == 429
        assert "试的次数太多了" in sixth.content.decode()

    def test_the_password_page_needs_the_slip_in_this_browser(
        self, client: Client, person: models.Person, at_window: Actor
    ) -> None:
        issue(person, at_window)
        assert "找回单已失效" in client.get("/account/recover/password/").content.decode()
        client.post("/account/recover/password/", {"password1": NEW, "password2": NEW})
        assert not models.Account.objects.get(username="wang").check_password(NEW)

    def test_the_page_of_every_way_is_linked_and_names_them(self, client: Client, db: None) -> None:
        assert 'href="/account/lost/"' in client.get("/sign-in/").content.decode()
        page = client.get("/account/lost/").content.decode()
        for way in ("/account/password/reset/", "/sign-in/", "/account/recover/"):
            assert f'href="{way}"' in page

    def test_a_password_reset_by_mail_does_not_pass_the_second_factor(
        self, client: Client, person: models.Person, account: models.Account
    ) -> None:
        from allauth.account.forms import default_token_generator
        from allauth.account.utils import user_pk_to_url_str

        secret, _url = enrol_totp(account)
        key = f"{user_pk_to_url_str(account)}-{default_token_generator.make_token(account)}"
        page = client.get(f"/account/password/reset/{key}/", follow=True)
        path = page.redirect_chain[-1][0]
        client.post(path, {"password1": NEW, "password2": NEW})
        account.refresh_from_db()
        assert account.check_password(NEW)
        assert has_second_factor(account)
        assert client.get("/my/", headers={"Accept": "text/html"}).headers["Location"].startswith("/sign-in/")
        signed_in = client.post("/sign-in/", {"login": "wang", "password": NEW})
        assert signed_in.headers["Location"] == "/account/second-factor/"
        assert client.post("/account/second-factor/", {"code": totp(secret)}).headers["Location"] == "/my/"


def without_tokens(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"', "", page)


@pytest.mark.django_db(transaction=True)
def test_of_four_at_once_one_uses_the_slip(person: models.Person, at_window: Actor) -> None:
    slip_id = api.find_slip(login="wang", code=issue(person, at_window).code)
    assert slip_id is not None

    def use(number: int) -> str:
        try:
            api.use_slip(slip_id=slip_id, password=f"Emerald-7731q{number}")
        except api.SlipSpent:
            return "spent"
        finally:
            connection.close()
        return "used"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == ["spent", "spent", "spent", "used"]
