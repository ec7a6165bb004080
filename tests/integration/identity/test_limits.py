"""Who may try how often: accounts known and unknown, browsers, networks, halls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher, make_password
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.integration.identity.conftest import PASSWORD
from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api, models
from tongban.contexts.identity.domain import limits as rules
from tongban.contexts.notices import api as notices
from tongban.infra import outbox
from tongban.infra.models import AuditEntry

WRONG = "wrong-password-1"
HALL_ADDRESS, ELSEWHERE = "192.0.2.5", "198.51.100.9"


@pytest.fixture
def hall(db: None) -> None:
    facts = {f"{name}{suffix}": "x" for name in halls._HALL_FACTS for suffix in ("", "_en")}
    halls.load_halls(rows=[{"code": "lakeside", "networks": ["192.0.2.0/28", "2001:db8:66::/48"], **facts}])


def sign_in(
    client: Client, login: str = "wang", password: str = WRONG, *, address: str = ELSEWHERE, door: str = "/sign-in/"
) -> Any:
    return client.post(door, {"login": login, "password": password}, REMOTE_ADDR=address)


def said(response: Any) -> str:
    """The page's errors, as a reader sees them."""
    block = response.content.decode().partition('class="errs')[2].partition("</div>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", block.partition(">")[2])).strip()


def burn(login: str = "wang", times: int = 5, address: str = ELSEWHERE) -> None:
    for _ in range(times):
        sign_in(Client(), login, address=address)


def test_after_five_wrong_passwords_the_right_one_is_not_looked_at(client: Client, account: models.Account) -> None:
    burn(times=5)
    answer = said(sign_in(client, "wang", PASSWORD))
    assert "5 分钟后才能再用密码登录" in answer
    assert "找回密码" in answer
    assert "通行密钥" in answer


def test_how_many_tries_are_left_is_said(account: models.Account) -> None:
    answers = [said(sign_in(Client())) for _ in range(5)]
    assert [re.findall(r"还可以试 (\d) 次", answer) for answer in answers] == [["4"], ["3"], ["2"], ["1"], []]
    assert "5 分钟后再试" in answers[-1]


@pytest.mark.parametrize("door", ["/sign-in/", "/staff/sign-in/"])
@pytest.mark.parametrize("stranger", ["nobody", "12399999999", "no@x.example"])
def test_an_unknown_name_is_answered_and_locked_like_a_known_one(
    account: models.Account, stranger: str, door: str
) -> None:
    def answers(login: str) -> list[tuple[int, str]]:
        found = [sign_in(Client(), login, door=door) for _ in range(7)]
        return [(answer.status_code, said(answer)) for answer in found]

    assert answers("wang") == answers(stranger)


@pytest.mark.parametrize(("known", "unknown"), [("wang", "nobody"), ("13900001234", "13900009999")])
def test_every_answer_takes_the_same_statements_and_hashes_for_known_and_unknown(
    account: models.Account, monkeypatch: pytest.MonkeyPatch, known: str, unknown: str
) -> None:
    """Of six tries: four wrong ones, the last allowed, which locks, and one that is refused."""
    hashes: list[str] = []
    hasher = type(get_hasher())
    for name in ("encode", "verify"):
        real = getattr(hasher, name)
        monkeypatch.setattr(hasher, name, lambda *args, _real=real, _name=name: hashes.append(_name) or _real(*args))

    def costs(login: str) -> list[tuple[list[str], int]]:
        found = []
        for _ in range(6):
            hashes.clear()
            with CaptureQueriesContext(connection) as queries:
                sign_in(Client(), login)
            kinds = [re.sub(r"\s+", " ", query["sql"])[:40] for query in queries if "SAVEPOINT" not in query["sql"]]
            found.append((kinds, len(hashes)))
        return found

    first, second = costs(known), costs(unknown)
    assert first == second
    assert [count for _kinds, count in first] == [1, 1, 1, 1, 1, 0]


def test_names_of_one_account_do_not_give_each_other_away(account: models.Account) -> None:
    """Burning a username says nothing of whose a telephone number is; the account is not evaluated all the same."""
    burn("wang", 5)
    assert said(sign_in(Client(), "13900001234", PASSWORD)) == said(sign_in(Client(), "13900009999", PASSWORD))


def test_a_right_password_begins_anew(account: models.Account) -> None:
    burn(times=4)
    assert sign_in(Client(), "wang", PASSWORD).status_code == 302
    assert "还可以试 4 次" in said(sign_in(Client()))


def test_the_holder_gets_in_from_a_browser_that_the_account_knows(client: Client, account: models.Account) -> None:
    sign_in(client, "wang", PASSWORD)
    client.post("/sign-out/")
    burn(times=8)
    assert "才能再用密码登录" in said(sign_in(Client(), "wang", PASSWORD))
    assert sign_in(client, "wang", PASSWORD).status_code == 302


def test_a_known_browser_has_its_own_five_tries(client: Client, account: models.Account) -> None:
    sign_in(client, "wang", PASSWORD)
    client.post("/sign-out/")
    for _ in range(5):
        sign_in(client)
    assert "才能再用密码登录" in said(sign_in(client, "wang", PASSWORD))
    assert sign_in(Client(), "wang", PASSWORD).status_code == 302


def test_another_accounts_browser_is_not_known(account: models.Account) -> None:
    models.Account.objects.create(username="eve", password=make_password(PASSWORD))
    client = Client()
    sign_in(client, "eve", PASSWORD)
    client.post("/sign-out/")
    burn(times=5)
    assert "才能再用密码登录" in said(sign_in(client, "wang", PASSWORD))


def test_a_lock_is_on_record_and_told_to_its_holder_once_a_day(person: models.Person) -> None:
    account = person.account
    assert account is not None
    burn(times=7)
    api.limits.forgive_account(account.pk)
    burn(times=5)
    while outbox.deliver_due():
        pass
    assert AuditEntry.objects.filter(action="identity.account-locked", subject=f"account:{account.pk}").count() == 2
    told = [notice for notice in notices.list_notices(person.pk).items if notice.template == "account-locked"]
    assert len(told) == 1


def test_a_new_password_by_mail_opens_the_account(client: Client, account: models.Account) -> None:
    from allauth.account.models import EmailAddress
    from django.core import mail

    EmailAddress.objects.create(user=account, email="wang@x.example", verified=True, primary=True)
    burn(times=5)
    client.post("/account/password/reset/", {"email": "wang@x.example"})
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    page = client.get(link.split("8000")[1], follow=True)
    changed = "Kunlun-7719y"
    client.post(page.redirect_chain[-1][0], {"password1": changed, "password2": changed})
    assert sign_in(Client(), "wang", changed).status_code == 302


def test_an_operator_who_resets_an_account_opens_it(account: models.Account) -> None:
    burn(times=5)
    fresh = api.reset_account(username="wang")
    assert sign_in(Client(), "wang", fresh.password).status_code == 302


def test_stuffing_shows_by_many_accounts_that_fail_from_one_network(account: models.Account) -> None:
    burn_many(30)
    answer = said(sign_in(Client(), "wang", PASSWORD))
    assert "这个网络里试错的账号太多" in answer
    assert AuditEntry.objects.filter(action="identity.limit-reached").count() == 1
    assert sign_in(Client(), "wang", PASSWORD, address="198.51.100.10").status_code == 302


def test_a_stopped_network_cannot_lock_accounts(account: models.Account) -> None:
    burn_many(31)
    burn("wang", 9)
    assert "还可以试 4 次" in said(sign_in(Client(), "wang", address="198.51.100.10"))


def test_ipv6_neighbours_are_one_network(account: models.Account) -> None:
    for number in range(31):
        sign_in(Client(), f"name{number}", address=f"2001:db8:1:2::{number:x}")
    assert "这个网络" in said(sign_in(Client(), "wang", PASSWORD, address="2001:db8:1:2:aaaa::1"))
    assert sign_in(Client(), "wang", PASSWORD, address="2001:db8:1:3::1").status_code == 302


@pytest.mark.parametrize("address", [HALL_ADDRESS, "2001:db8:66:1::5"])
def test_forty_people_of_one_hall_sign_in_with_mistakes_and_nobody_is_locked_out(hall: None, address: str) -> None:
    hashed = make_password(PASSWORD)
    models.Account.objects.bulk_create(models.Account(username=f"p{n}", password=hashed) for n in range(40))
    for number in range(40):
        for _ in range(number % 4):
            assert "还可以试" in said(sign_in(Client(), f"p{number}", address=address))
    answers = [sign_in(Client(), f"p{number}", PASSWORD, address=address).status_code for number in range(40)]
    assert answers == [302] * 40


def test_in_a_hall_an_account_stays_as_tight(hall: None, account: models.Account) -> None:
    burn(times=5, address=HALL_ADDRESS)
    assert "才能再用密码登录" in said(sign_in(Client(), "wang", PASSWORD, address=HALL_ADDRESS))


def test_people_who_come_right_are_no_stuffing(account: models.Account) -> None:
    hashed = make_password(PASSWORD)
    models.Account.objects.bulk_create(models.Account(username=f"p{n}", password=hashed) for n in range(35))
    for number in range(35):
        sign_in(Client(), f"p{number}")
        assert sign_in(Client(), f"p{number}", PASSWORD).status_code == 302
    assert sign_in(Client(), "wang", PASSWORD).status_code == 302


def test_a_forwarded_address_is_not_believed_without_a_proxy_of_ours(account: models.Account) -> None:
    """Otherwise whoever sends a new address with each guess is never counted."""
    for number in range(31):
        Client().post(
            "/sign-in/",
            {"login": f"name{number}", "password": WRONG},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
            REMOTE_ADDR=ELSEWHERE,
        )
    assert "这个网络" in said(sign_in(Client(), "wang", PASSWORD))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.1", "198.51.100.9"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "6.6.6.6, 203.0.113.1", "203.0.113.1"),
        (2, "6.6.6.6, 203.0.113.1, 10.0.0.1", "203.0.113.1"),
        (2, "203.0.113.1", "198.51.100.9"),
        (1, "", "198.51.100.9"),
    ],
)
def test_the_address_is_what_our_outermost_proxy_saw(
    rf: Any, monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: str, seen: str
) -> None:
    from dataclasses import replace

    from tongban.runtime import settings

    real = replace(settings.current(), trusted_proxies=proxies)
    monkeypatch.setattr(settings, "current", lambda: real)
    request = rf.get("/", REMOTE_ADDR=ELSEWHERE, headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert api.limits.address_of(request) == seen


@pytest.mark.parametrize(
    ("address", "found"),
    [("192.0.2.15", "lakeside"), ("192.0.2.16", None), ("::ffff:192.0.2.1", "lakeside"), ("x", None)],
)
def test_a_hall_is_known_by_its_networks(hall: None, address: str, found: str | None) -> None:
    assert halls.find_hall_by_address(address) == found


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "10.0.0.0/7", "192.0.2.5/28", "hall", "2001:db8::/16"])
def test_a_hall_cannot_take_half_the_world_for_its_own(hall: None, network: str) -> None:
    facts = {f"{name}{suffix}": "x" for name in halls._HALL_FACTS for suffix in ("", "_en")}
    with pytest.raises(halls.HallRefused, match=re.escape(network)):
        halls.load_halls(rows=[{"code": "x", "networks": [network], **facts}])


def test_a_count_outlasts_the_rollback_of_its_request(db: None) -> None:
    budget = [api.limits.Budget(2, timedelta(minutes=1))]
    with transaction.atomic():
        api.limits.attempt("test", subject="x", budgets=budget)
        transaction.set_rollback(True)
    assert api.limits.attempt("test", subject="x", budgets=budget).left == 0
    assert not api.limits.attempt("test", subject="x", budgets=budget).is_allowed


def test_what_is_good_once_is_good_once(db: None) -> None:
    assert api.limits.claim_once("ticket", "a", kept=timedelta(minutes=1))
    assert not api.limits.claim_once("ticket", "a", kept=timedelta(minutes=1))
    assert api.limits.claim_once("ticket", "b", kept=timedelta(minutes=1))


def test_a_refusal_as_an_error_says_when_to_come_back(db: None) -> None:
    budget = [api.limits.Budget(1, timedelta(minutes=3))]
    api.limits.require("test", subject="x", budgets=budget)
    with pytest.raises(api.TooManyAttempts) as refused:
        api.limits.require("test", subject="x", budgets=budget)
    assert (refused.value.status, refused.value.remedy.zh) == (429, "请过 3 分钟再试")
    api.limits.forgive("test", subject="x", budgets=budget)
    api.limits.require("test", subject="x", budgets=budget)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Moves the clock of the counting forward."""
    from tongban.contexts.identity.adapters import guard
    from tongban.kernel.clock import utc_now

    def move(by: timedelta) -> None:
        for module in (guard, api.limits):
            monkeypatch.setattr(module, "utc_now", lambda: utc_now() + by)

    return move  # type: ignore[return-value]


def test_the_lock_ends_by_itself_five_minutes_after_the_last_try(account: models.Account, later: Any) -> None:
    burn(times=4)
    later(timedelta(minutes=4))
    burn(times=1)
    later(timedelta(minutes=8, seconds=59))
    assert "才能再用密码登录" in said(sign_in(Client(), "wang", PASSWORD))
    later(timedelta(minutes=9, seconds=1))
    assert sign_in(Client(), "wang", PASSWORD).status_code == 302


def test_a_hundred_wrong_passwords_a_day_are_all(account: models.Account, later: Any) -> None:
    for round_ in range(20):
        later(timedelta(minutes=6 * round_))
        burn(times=5, address=f"198.51.100.{round_}")
    later(timedelta(minutes=6 * 20))
    assert "才能再用密码登录" in said(sign_in(Client(), "wang", PASSWORD))
    later(timedelta(hours=26, minutes=10))
    assert sign_in(Client(), "wang", PASSWORD).status_code == 302


def burn_many(accounts: int) -> None:
    assert rules.ADDRESS.accounts[0].tries == 30
    for number in range(accounts):
        sign_in(Client(), f"name{number}")
