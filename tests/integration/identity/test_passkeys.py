"""Passkeys with a real authenticator's arithmetic: enrolled, shown, refused, counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.integration.identity.conftest import PASSWORD
from tests.soft_authenticator import SoftAuthenticator
from tests.staff_entry import totp
from tongban.contexts.identity import models
from tongban.contexts.identity.adapters import passkeys as adapter
from tongban.contexts.identity.adapters.second_factor import enrol_totp
from tongban.contexts.notices import api as notices
from tongban.infra.models import AuditEntry

JSON = {"Accept": "application/json"}
ADD = "/my/security/passkeys/add/"


@pytest.fixture
def site(db: None) -> str:
    """Where passkeys work in tests: a name, not an address."""
    cache.clear()
    return "localhost"


def browser() -> Client:
    return Client(SERVER_NAME="localhost")


def sign_in(client: Client, login: str = "wang", door: str = "/sign-in/") -> Any:
    return client.post(door, {"login": login, "password": PASSWORD})


def options(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(path, headers=JSON)
    assert answer.status_code == 200, answer
    found: dict[str, Any] = answer.json()
    return found


def enrol(client: Client, key: SoftAuthenticator, name: str = "我的手机") -> Any:
    client.post("/account/again/", {"password": PASSWORD, "next": "/my/security/"})
    return client.post(ADD, {"name": name, "credential": json.dumps(key.create(options(client, ADD)))})


def show(client: Client, key: SoftAuthenticator, path: str = "/sign-in/passkey/", **more: str) -> Any:
    return client.post(path, {"credential": json.dumps(key.get(options(client, path))), **more})


def words(client: Client, response: Any) -> str:
    page: str = client.get(response.headers["Location"]).content.decode()
    return page


@pytest.fixture
def key(site: str, person: models.Person) -> SoftAuthenticator:
    """A key that wang's account holds."""
    key, client = SoftAuthenticator(), browser()
    sign_in(client)
    assert enrol(client, key).headers["Location"] == "/my/security/codes/"
    return key


def session_of(client: Client) -> models.AccountSession:
    return models.AccountSession.objects.get(pk=client.session["identity.sid"])


def test_a_passkey_signs_in_without_a_name_or_a_password(key: SoftAuthenticator) -> None:
    client = browser()
    assert show(client, key, next="/my/notices/").headers["Location"] == "/my/notices/"
    session = session_of(client)
    assert (session.authenticator, session.methods) == ("passkey", ["mfa", "pop", "user"])
    assert session.description != ""
    assert client.cookies["sessionid"]["max-age"] == ""
    entry = AuditEntry.objects.filter(action="identity.signed-in").latest("recorded_at")
    assert entry.detail == {"second_factor": True, "authenticator": "passkey"}


def test_enrolling_is_told_and_on_record(key: SoftAuthenticator, person: models.Person) -> None:
    (notice,) = [one for one in notices.list_notices(person.pk).items if one.template == "passkey-added"]
    assert "我的手机" in notice.body.zh
    assert AuditEntry.objects.filter(action="identity.passkey-added").count() == 1


def test_a_new_device_that_enters_by_passkey_is_told(key: SoftAuthenticator, person: models.Person) -> None:
    phone = Client(SERVER_NAME="localhost", headers={"User-Agent": "Mozilla/5.0 (Android 15) Chrome/140.0"})
    show(phone, key)
    (notice,) = [one for one in notices.list_notices(person.pk).items if one.template == "sign-in-new-device"]
    assert "Chrome · Android" in notice.body.zh


def test_the_security_page_asks_the_database_no_more_for_more(
    key: SoftAuthenticator, django_assert_max_num_queries: Any
) -> None:
    client = browser()
    show(client, key)
    client.get("/my/security/")
    with CaptureQueriesContext(connection) as few:
        client.get("/my/security/")
    count = len(few)
    show(client, key, "/account/again/passkey/", next="/my/security/")
    for number in range(3):
        spare = SoftAuthenticator().create(options(client, ADD))
        client.post(ADD, {"name": f"备用{number}", "credential": json.dumps(spare)})
        show(browser(), key)
    client.get("/my/security/")
    with django_assert_max_num_queries(count):
        client.get("/my/security/")


def test_enrolling_asks_for_the_password_again(site: str, person: models.Person) -> None:
    client = browser()
    sign_in(client)
    assert client.get(ADD).headers["Location"].startswith("/account/again/")
    assert client.get(ADD, headers=JSON).status_code == 302


def test_a_lockout_by_wrong_passwords_does_not_stop_a_passkey(key: SoftAuthenticator) -> None:
    cache.clear()
    stranger = browser()
    for _ in range(6):
        stranger.post("/sign-in/", {"login": "wang", "password": "wrong-password-1"})
    assert "试错次数太多" in sign_in(browser()).content.decode()
    assert show(browser(), key).headers["Location"] == "/my/"


def test_wrong_codes_do_not_stop_a_passkey_as_second_factor(key: SoftAuthenticator) -> None:
    client = browser()
    sign_in(client)
    for _ in range(6):
        client.post("/account/second-factor/", {"code": "000000"})
    assert show(client, key, "/account/second-factor/").headers["Location"] == "/my/"
    assert session_of(client).methods == ["mfa", "pop", "pwd", "user"]


def test_a_passkey_is_asked_for_after_the_password(key: SoftAuthenticator) -> None:
    client = browser()
    assert sign_in(client).headers["Location"] == "/account/second-factor/"
    assert "用通行密钥继续" in client.get("/account/second-factor/").content.decode()
    assert client.get("/my/profile/", headers={"Accept": "text/html"}).status_code == 302


def test_a_passkey_works_at_its_realms_door_only(site: str, key: SoftAuthenticator, clerk: models.Account) -> None:
    badge, desk = SoftAuthenticator(), browser()
    secret, _ = enrol_totp(clerk)
    sign_in(desk, "clerk", "/staff/sign-in/")
    desk.post("/account/second-factor/", {"code": totp(secret)})
    enrol(desk, badge)
    client = browser()
    assert "这是工作人员账号的通行密钥" in words(client, show(client, badge))
    assert "这是居民账号的通行密钥" in words(client, show(client, key, "/staff/sign-in/passkey/"))
    assert "_auth_user_id" not in client.session
    assert show(client, badge, "/staff/sign-in/passkey/").headers["Location"] == "/counter/"


def test_a_passkey_alone_is_a_second_factor_of_staff(site: str, clerk: models.Account) -> None:
    badge, client = SoftAuthenticator(), browser()
    sign_in(client, "clerk", "/staff/sign-in/")
    assert client.get("/staff/").headers["Location"] == "/my/security/totp/"
    enrol(client, badge)
    assert client.get("/staff/").headers["Location"] == "/counter/"
    again = browser()
    show(again, badge, "/staff/sign-in/passkey/")
    assert again.get("/staff/").headers["Location"] == "/counter/"


def test_proving_oneself_by_passkey_raises_the_session(site: str, person: models.Person) -> None:
    key, client = SoftAuthenticator(), browser()
    sign_in(client)
    assert session_of(client).authenticator == "password"
    enrol(client, key)
    assert session_of(client).authenticator == "passkey"
    before = session_of(client).authenticated_at
    done = show(client, key, "/account/again/passkey/", next="/my/security/codes/")
    assert done.headers["Location"] == "/my/security/codes/"
    assert session_of(client).authenticator == "passkey"
    assert session_of(client).authenticated_at > before


def test_a_session_opened_by_passkey_is_asked_for_it_again(key: SoftAuthenticator) -> None:
    client = browser()
    show(client, key)
    assert client.get(ADD).headers["Location"].startswith("/account/again/passkey/")
    assert "用密码" in client.get("/account/again/passkey/").content.decode()


def refused(client: Client, path: str, credential: object) -> str:
    return words(client, client.post(path, {"credential": json.dumps(credential)}))


def test_an_answer_counts_once(key: SoftAuthenticator) -> None:
    client, path = browser(), "/sign-in/passkey/"
    answer = key.get(options(client, path))
    assert client.post(path, {"credential": json.dumps(answer)}).headers["Location"] == "/my/"
    client.post("/sign-out/")
    assert "已经用过" in refused(client, path, answer)


def test_a_challenge_is_used_up_by_a_wrong_answer(key: SoftAuthenticator) -> None:
    client, path = browser(), "/sign-in/passkey/"
    asked = options(client, path)
    stranger = SoftAuthenticator(rp_id="localhost", user_handle=key.user_handle)
    assert "没有认出" in refused(client, path, stranger.get(asked))
    assert "已经用过" in refused(client, path, key.get(asked))


def test_a_challenge_belongs_to_its_session(key: SoftAuthenticator) -> None:
    asked = options(browser(), "/sign-in/passkey/")
    assert "再点一次" in refused(browser(), "/sign-in/passkey/", key.get(asked))


def test_a_challenge_belongs_to_its_purpose(key: SoftAuthenticator) -> None:
    client = browser()
    asked = options(client, "/sign-in/passkey/")
    sign_in(client)
    assert "再点一次" in refused(client, "/account/second-factor/", key.get(asked))


def test_a_challenge_lapses_after_five_minutes(key: SoftAuthenticator, monkeypatch: pytest.MonkeyPatch) -> None:
    client, real = browser(), adapter.utc_now
    asked = options(client, "/sign-in/passkey/")
    monkeypatch.setattr(adapter, "utc_now", lambda: real() + timedelta(minutes=5))
    assert "等得太久" in refused(client, "/sign-in/passkey/", key.get(asked))


def test_simultaneous_answers_count_once(key: SoftAuthenticator) -> None:
    """Two requests that both read the session before either wrote it: the shared row decides."""
    client, path = browser(), "/sign-in/passkey/"
    answer = json.dumps(key.get(options(client, path)))
    twin = browser()
    twin.cookies["sessionid"] = client.cookies["sessionid"].value
    kept = models.BrowserSession.objects.get(pk=client.cookies["sessionid"].value)
    assert client.post(path, {"credential": answer}).headers["Location"] == "/my/"
    kept.save(force_insert=True)  # the twin's view of the session: as it was
    assert "已经用过" in words(twin, twin.post(path, {"credential": answer}))


@pytest.mark.parametrize("origin", ["http://localhost:9999", "http://evil.localhost", "https://evil.example"])
def test_another_sites_answer_is_not_taken(key: SoftAuthenticator, origin: str) -> None:
    key.origin = origin
    client = browser()
    assert "没有认出" in words(client, show(client, key))


def test_a_key_that_did_not_verify_its_user_is_refused(key: SoftAuthenticator) -> None:
    key.verifies_user = False
    client = browser()
    assert "没有认出" in words(client, show(client, key))


def test_a_counter_that_went_back_is_refused_told_and_on_record(key: SoftAuthenticator, person: models.Person) -> None:
    show(browser(), key)
    key.counter = 0
    client = browser()
    assert "像是被复制过" in words(client, show(client, key))
    assert "passkey-copied" in {one.template for one in notices.list_notices(person.pk).items}
    assert AuditEntry.objects.filter(action="identity.passkey-copied").count() == 1
    key.counter = 10
    assert show(browser(), key).headers["Location"] == "/my/"


def test_a_key_without_a_counter_works_always(site: str, person: models.Person) -> None:
    key, client = SoftAuthenticator(counts=False), browser()
    sign_in(client)
    enrol(client, key)
    assert {show(browser(), key).headers["Location"] for _ in range(2)} == {"/my/"}


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 9000,
        '{"id":"a"}',
        '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{}}',
    ],
)
@pytest.mark.parametrize("path", ["/sign-in/passkey/", ADD])
def test_what_is_no_answer_is_refused_kindly(site: str, person: models.Person, path: str, answer: str) -> None:
    client = browser()
    if path == ADD:
        sign_in(client)
        client.post("/account/again/", {"password": PASSWORD, "next": "/my/security/"})
    options(client, path)
    page = words(client, client.post(path, {"credential": answer}))
    assert "note-bad" in page


def damaged(key: SoftAuthenticator, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    client = browser()
    answer = key.get(options(client, "/sign-in/passkey/"))
    change(answer["response"])
    page = refused(client, "/sign-in/passkey/", answer)
    assert "note-bad" in page
    assert "_auth_user_id" not in client.session
    return answer


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "AAAA", "e30", "W10", "!", "A" * 4000])
def test_a_damaged_answer_is_refused(key: SoftAuthenticator, part: str, value: str) -> None:
    damaged(key, lambda response: response.update({part: value}))


def manage(client: Client, what: str, **fields: str) -> Any:
    from allauth.mfa.models import Authenticator

    row = Authenticator.objects.filter(type="webauthn").earliest("pk")
    return client.post(f"/my/security/passkeys/{row.pk}/{what}/", fields)


def test_a_key_of_an_algorithm_that_was_not_asked_for_is_refused(site: str, person: models.Person) -> None:
    key, client = SoftAuthenticator(algorithm=-65535), browser()  # RSA with SHA-1
    sign_in(client)
    assert "没有认出" in words(client, enrol(client, key))


def test_passkeys_are_named_renamed_and_removed(key: SoftAuthenticator, person: models.Person) -> None:
    client = browser()
    show(client, key)
    show(client, key, "/account/again/passkey/", next="/my/security/")
    spare = SoftAuthenticator()
    client.post(ADD, {"name": "备用", "credential": json.dumps(spare.create(options(client, ADD)))})
    manage(client, "name", name="  旧\t手机 ")
    page = client.get("/my/security/").content.decode()
    assert "旧 手机" in page
    assert "备用" in page
    manage(client, "remove")
    assert "旧 手机" not in client.get("/my/security/").content.decode()
    other = browser()
    assert "没有认出" in words(other, show(other, key))
    assert "passkey-removed" in {one.template for one in notices.list_notices(person.pk).items}


def test_nobody_manages_anothers_passkey(key: SoftAuthenticator, clerk: models.Account) -> None:
    client = browser()
    sign_in(client, "clerk", "/staff/sign-in/")
    client.post("/account/again/", {"password": PASSWORD, "next": "/my/security/"})
    assert manage(client, "name", name="x").status_code == 404
    assert manage(client, "remove").status_code == 404


def test_staff_keep_their_last_second_factor(site: str, clerk: models.Account) -> None:
    client = browser()
    sign_in(client, "clerk", "/staff/sign-in/")
    enrol(client, SoftAuthenticator())
    assert "至少要留一种第二步验证" in words(client, manage(client, "remove"))
    enrol(client, SoftAuthenticator(), "备用")
    assert "已删除" in words(client, manage(client, "remove"))


def test_the_same_key_is_not_offered_twice(key: SoftAuthenticator) -> None:
    client = browser()
    show(client, key)
    show(client, key, "/account/again/passkey/", next="/my/security/")
    asked = options(client, ADD)["publicKey"]
    assert [one["id"] for one in asked["excludeCredentials"]] == [key.create({"publicKey": asked})["id"]]
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"


def test_at_an_ip_address_the_page_leads_to_the_name(person: models.Person) -> None:
    client = Client(headers={"Host": "127.0.0.1:8310"})
    page = client.get("/sign-in/?next=/my/data/").content.decode()
    assert 'href="http://localhost:8310/sign-in/?next=%2Fmy%2Fdata%2F"' in page
    assert client.get("/sign-in/passkey/", headers=JSON).json()["code"] == "passkey-refused"


def test_a_visitor_who_never_signed_in_is_told_of_no_lost_session(site: str, person: models.Person) -> None:
    client = browser()
    options(client, "/sign-in/passkey/")
    assert 0 < int(client.cookies["sessionid"]["max-age"]) <= 1800


def test_signing_in_by_password_after_a_look_at_the_door_lasts_as_ever(site: str, person: models.Person) -> None:
    client = browser()
    options(client, "/sign-in/passkey/")
    sign_in(client)
    assert client.cookies["sessionid"]["max-age"] == ""
