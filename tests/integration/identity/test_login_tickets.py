"""A sign-in asked for on one screen and allowed on a phone: what it gives, and every way in which it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from allauth.core.context import request_context
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from tests.integration.identity.conftest import id_number
from tongban.contexts.identity import api, models
from tongban.contexts.identity.adapters.second_factor import enrol_totp
from tongban.contexts.identity.api import login_tickets as tickets
from tongban.contexts.identity.api import sessions
from tongban.contexts.identity.api.login_tickets import Answer, Asker, NewTicket, Requester, State
from tongban.contexts.notices.models import Notice
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text, TongbanError
from tongban.kernel.ids import new_id

PLACE = Text(zh="Chrome · Windows，网络地址 192.0.2.*", en="Chrome · Windows, network address 192.0.2.*")
BROWSER = Asker(Requester.BROWSER, PLACE)
NOW = utc_now()


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def session_of(account: models.Account, level: str = "password") -> sessions.SessionFacts:
    """An open session of a phone, which proved a level ten minutes ago."""
    row = models.AccountSession.objects.create(
        account=account,
        identity_level="real-name",
        authenticator=level,
        methods=["pwd"],
        authenticated_at=later(-600),
        started_at=later(-600),
        last_seen_at=NOW,
    )
    found = sessions.find_open_session(row.pk)
    assert found is not None
    return found


@pytest.fixture
def phone(person: models.Person) -> sessions.SessionFacts:
    assert person.account is not None
    return session_of(person.account)


@pytest.fixture
def other(db: None) -> sessions.SessionFacts:
    account = models.Account.objects.create(username="li")
    row, _ = api.persons.ensure_person(name="李晴", id_number=id_number(24), level="real-name")
    row.account = account
    row.save()
    return session_of(account)


@pytest.fixture
def ticket(db: None) -> NewTicket:
    return ask()


def ask(asker: Asker = BROWSER) -> NewTicket:
    return tickets.request_ticket(asker=asker, network="192.0.2.7", now=NOW, rng=Random(3))


def look(made: NewTicket, session: sessions.SessionFacts, at: float = 1, network: str = "192.0.2.7") -> tickets.Ask:
    return tickets.look(code=made.code, session=session, network=network, now=later(at))


def number_of(made: NewTicket, asker: Asker = BROWSER) -> int:
    found = tickets.find_ticket(secret=made.secret, asker=asker, now=later(2))
    assert found is not None
    assert found.number is not None
    return found.number


def approved(made: NewTicket, session: sessions.SessionFacts, asker: Asker = BROWSER) -> NewTicket:
    look(made, session)
    number = number_of(made, asker)
    assert tickets.approve(code=made.code, session=session, number=number, now=later(3)) is Answer.APPROVED
    return made


def redeem(made: NewTicket, seconds: float = 4, asker: Asker = BROWSER) -> Client:
    """Redeem in a browser of its own; the client holds the session that this opened."""
    request = RequestFactory().post("/sign-in/qr/")
    client = Client()
    request.session, request.user = client.session, AnonymousUser()  # type: ignore[attr-defined]
    with request_context(request):
        tickets.redeem_sign_in(request, secret=made.secret, asker=asker, next_url="/my/", now=later(seconds))
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key or ""
    return client


def refused(error: type[TongbanError], act: Callable[[], object]) -> None:
    before = models.AccountSession.objects.count()
    with pytest.raises(error):
        act()
    assert models.AccountSession.objects.count() == before


def test_what_the_phone_allows_signs_the_browser_in_as_the_same_person(
    ticket: NewTicket, phone: sessions.SessionFacts
) -> None:
    page = redeem(approved(ticket, phone)).get("/my/profile/").content.decode()
    assert "王小明" in page


def test_the_number_is_told_once_somebody_has_scanned(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    fresh = tickets.find_ticket(secret=ticket.secret, asker=BROWSER, now=later(1))
    assert fresh is not None
    assert (fresh.state, fresh.number) == (State.OPEN, None)
    asked = look(ticket, phone)
    assert number_of(ticket) in asked.numbers
    assert (asked.place, asked.name, asked.username) == (PLACE, "王小明", "wang")


@pytest.mark.parametrize(("level", "methods"), [("password", ["mca", "pwd"]), ("passkey", ["mca", "mfa", "pop"])])
def test_the_new_session_is_worth_what_the_approving_one_is_and_as_old(
    person: models.Person, ticket: NewTicket, level: str, methods: list[str]
) -> None:
    assert person.account is not None
    phone = session_of(person.account, level)
    client = redeem(approved(ticket, phone))
    opened = sessions.find_open_session(UUID(client.session["identity.sid"]))
    assert opened is not None
    assert (opened.authenticator.value, sorted(opened.methods)) == (level, methods)
    assert opened.authenticated_at == phone.authenticated_at


def test_what_asks_for_a_fresh_proof_still_does(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    turned = redeem(approved(ticket, phone)).get("/my/security/totp/")
    assert "/account/again/" in turned.headers["Location"]


def test_a_second_factor_shown_on_the_phone_is_not_asked_again(person: models.Person, ticket: NewTicket) -> None:
    assert person.account is not None
    enrol_totp(person.account)
    client = redeem(approved(ticket, session_of(person.account, "otp")))
    assert client.get("/my/profile/").status_code == 200


def test_a_phone_that_never_showed_the_second_factor_cannot_allow(
    person: models.Person, ticket: NewTicket, phone: sessions.SessionFacts
) -> None:
    assert person.account is not None
    enrol_totp(person.account)
    refused(tickets.ApproverTooWeak, lambda: look(ticket, phone))


def test_a_second_factor_enrolled_meanwhile_is_asked_of_the_browser(
    person: models.Person, ticket: NewTicket, phone: sessions.SessionFacts
) -> None:
    approved(ticket, phone)
    assert person.account is not None
    enrol_totp(person.account)
    client = redeem(ticket)
    assert "identity.sid" not in client.session
    assert "account_login" in client.session


def test_the_person_is_told_once_and_it_is_on_record(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    redeem(approved(ticket, phone))
    assert [notice.template for notice in Notice.objects.all()] == ["sign-in-by-code"]
    acts = AuditEntry.objects.filter(subject__startswith="login-ticket:").values_list("action", flat=True)
    assert sorted(acts) == ["identity.login-ticket-approved", "identity.login-ticket-redeemed"]


@pytest.mark.parametrize(("seconds", "is_over"), [(59.9, False), (60, True)])
def test_a_code_holds_for_sixty_seconds(
    ticket: NewTicket, phone: sessions.SessionFacts, seconds: float, is_over: bool
) -> None:
    approved(ticket, phone)
    if is_over:
        refused(tickets.TicketExpired, lambda: redeem(ticket, seconds))
    else:
        redeem(ticket, seconds)


def test_an_expired_code_is_neither_looked_at_nor_allowed(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    refused(tickets.TicketExpired, lambda: look(ticket, phone, 60))
    look(ticket, phone, 59)
    number = number_of(ticket)
    refused(
        tickets.TicketExpired,
        lambda: tickets.approve(code=ticket.code, session=phone, number=number, now=later(60)),
    )


def test_a_code_serves_once(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    redeem(approved(ticket, phone))
    refused(tickets.TicketUsed, lambda: redeem(ticket, 5))
    number = models.LoginTicket.objects.get().match_number
    refused(tickets.TicketUsed, lambda: tickets.approve(code=ticket.code, session=phone, number=number, now=later(6)))


def test_only_the_browser_that_asked_can_redeem(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    approved(ticket, phone)
    stranger = NewTicket(ticket.code, ticket.code, ticket.expires_at)
    refused(tickets.TicketUnknown, lambda: redeem(stranger))
    assert tickets.find_ticket(secret=ticket.code, asker=BROWSER, now=later(4)) is None


def test_what_a_kiosk_asked_for_is_redeemed_at_that_kiosk_only(phone: sessions.SessionFacts) -> None:
    kiosk = Asker(Requester.KIOSK, PLACE, new_id())
    made = approved(ask(kiosk), phone, kiosk)
    for elsewhere in (BROWSER, Asker(Requester.KIOSK, PLACE, new_id())):
        refused(tickets.TicketUnknown, lambda: redeem(made, asker=elsewhere))  # noqa: B023  called at once
    redeem(made, asker=kiosk)


def test_whoever_scans_first_keeps_the_ticket(
    ticket: NewTicket, phone: sessions.SessionFacts, other: sessions.SessionFacts
) -> None:
    look(ticket, phone)
    number = number_of(ticket)
    refused(tickets.TicketTaken, lambda: look(ticket, other))
    refused(tickets.TicketTaken, lambda: tickets.approve(code=ticket.code, session=other, number=number, now=later(3)))
    refused(tickets.TicketTaken, lambda: tickets.refuse(code=ticket.code, session=other, now=later(3)))


def test_another_phone_of_the_same_person_cannot_decide(
    person: models.Person, ticket: NewTicket, phone: sessions.SessionFacts
) -> None:
    look(ticket, phone)
    assert person.account is not None
    second = session_of(person.account)
    refused(tickets.TicketTaken, lambda: look(ticket, second))


def test_one_wrong_number_refuses_for_good(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    look(ticket, phone)
    right = number_of(ticket)
    wrong = next(number for number in look(ticket, phone).numbers if number != right)
    answer = tickets.approve(code=ticket.code, session=phone, number=wrong, now=later(3))
    assert answer is Answer.WRONG_NUMBER
    refused(tickets.TicketRefused, lambda: redeem(ticket))
    refused(tickets.TicketRefused, lambda: tickets.approve(code=ticket.code, session=phone, number=right, now=later(4)))


def test_the_screen_sees_that_the_person_refused(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    look(ticket, phone)
    for _press in range(2):
        tickets.refuse(code=ticket.code, session=phone, now=later(3))
    seen = tickets.find_ticket(secret=ticket.secret, asker=BROWSER, now=later(4))
    assert seen is not None
    assert seen.state is State.REFUSED
    entry = AuditEntry.objects.get(action="identity.login-ticket-refused")
    assert entry.detail["because"] == "person"


def test_what_was_allowed_can_be_taken_back_until_it_served(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    approved(ticket, phone)
    tickets.refuse(code=ticket.code, session=phone, now=later(3))
    refused(tickets.TicketRefused, lambda: redeem(ticket))


def test_what_nobody_decided_is_not_redeemed(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    refused(tickets.TicketUndecided, lambda: redeem(ticket))
    look(ticket, phone)
    refused(tickets.TicketUndecided, lambda: redeem(ticket))


def test_a_phone_signed_out_meanwhile_has_allowed_nothing(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    approved(ticket, phone)
    sessions.end_sessions(account_id=phone.account_id, because=models.Ending.REMOTE)
    refused(tickets.ApproverGone, lambda: redeem(ticket))


def test_a_new_code_on_the_screen_ends_the_one_before(ticket: NewTicket, phone: sessions.SessionFacts) -> None:
    tickets.request_ticket(asker=BROWSER, network="192.0.2.7", now=later(1), replaces=ticket.secret)
    refused(tickets.TicketExpired, lambda: look(ticket, phone, 2))


def test_staff_accounts_are_not_offered(ticket: NewTicket, clerk: models.Account) -> None:
    session = session_of(clerk)
    refused(tickets.StaffNotOffered, lambda: look(ticket, session))


def test_a_window_learns_the_person_and_gets_no_session(person: models.Person, phone: sessions.SessionFacts) -> None:
    window = Asker(Requester.WINDOW, PLACE, account_id=models.Account.objects.create(username="sun-min").pk)
    made = approved(ask(window), phone, window)
    refused(tickets.TicketUnknown, lambda: redeem(made, asker=window))
    assert tickets.redeem_identification(secret=made.secret, asker=window, now=later(4)) == person.pk
    refused(tickets.TicketUsed, lambda: tickets.redeem_identification(secret=made.secret, asker=window, now=later(5)))


def test_a_window_is_not_shown_an_account_without_a_name(account: models.Account) -> None:
    window = Asker(Requester.WINDOW, PLACE, account_id=account.pk)
    session = session_of(account)
    refused(tickets.RealNameNeeded, lambda: look(ask(window), session))


@pytest.mark.parametrize(
    ("screen", "phone_at", "is_same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("", "", False),
    ],
)
def test_the_phone_is_told_whether_it_shares_the_screen_s_network(
    phone: sessions.SessionFacts, screen: str, phone_at: str, is_same: bool
) -> None:
    made = tickets.request_ticket(asker=BROWSER, network=screen, now=NOW)
    assert look(made, phone, network=phone_at).is_same_network is is_same


def test_neither_code_nor_secret_nor_address_is_stored(ticket: NewTicket) -> None:
    stored = " ".join(str(value) for value in models.LoginTicket.objects.values_list()[0])
    assert not [value for value in (ticket.code, ticket.secret, "192.0.2.7") if value in stored]


def test_tickets_are_forgotten_after_a_day(ticket: NewTicket) -> None:
    assert tickets.forget_login_tickets(now=later(24 * 3600)) == 0
    assert tickets.forget_login_tickets(now=later(24 * 3600 + 61)) == 1


def test_the_poller_asks_one_question(ticket: NewTicket, django_assert_num_queries: Callable[[int], object]) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # a context manager
        tickets.find_ticket(secret=ticket.secret, asker=BROWSER, now=NOW)
