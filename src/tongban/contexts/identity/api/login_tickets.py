"""Signing in on one device by allowing it on another: asked for, looked at, decided, redeemed once."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random, SystemRandom
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tongban.contexts.identity import models
from tongban.contexts.identity.adapters.session_store import SID_KEY
from tongban.contexts.identity.api import limits
from tongban.contexts.identity.api.sessions import SessionFacts
from tongban.contexts.identity.domain import login_ticket as rules
from tongban.contexts.identity.domain.levels import AuthenticatorLevel
from tongban.contexts.identity.domain.login_refusals import (
    ApproverGone,
    ApproverTooWeak,
    PlaceUnknown,
    RealNameNeeded,
    StaffNotOffered,
    TicketExpired,
    TicketRefused,
    TicketTaken,
    TicketUndecided,
    TicketUnknown,
    TicketUsed,
)
from tongban.contexts.identity.domain.login_ticket import Act, Purpose, Requester, State, mask_address
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.infra.fields import keyed_hash
from tongban.kernel.errors import Text, TongbanError
from tongban.kernel.ids import new_token

__all__ = [
    "Answer",
    "ApproverGone",
    "ApproverTooWeak",
    "Ask",
    "Asker",
    "NewTicket",
    "PlaceUnknown",
    "Purpose",
    "RealNameNeeded",
    "Requester",
    "StaffNotOffered",
    "State",
    "Ticket",
    "TicketExpired",
    "TicketRefused",
    "TicketTaken",
    "TicketUndecided",
    "TicketUnknown",
    "TicketUsed",
    "approve",
    "find_ticket",
    "forget_login_tickets",
    "get_address",
    "look",
    "mask_address",
    "redeem_identification",
    "redeem_sign_in",
    "refuse",
    "request_ticket",
]
_RETENTION = timedelta(days=1)
_TIMES = {Act.SCAN: "scanned_at", Act.APPROVE: "decided_at", Act.REFUSE: "decided_at", Act.REDEEM: "redeemed_at"}
_AFTER: dict[State, Callable[[], TongbanError]] = {
    State.OPEN: TicketUndecided,
    State.SCANNED: TicketUndecided,
    State.REFUSED: TicketRefused,
    State.REDEEMED: TicketUsed,
    State.EXPIRED: TicketExpired,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """The screen that asks. ``device_id`` is the hall's machine, ``account_id`` the clerk at a window: whoever redeems
    must be the same."""

    requester: Requester
    place: Text
    device_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket just made. The secret stays in the asking browser's cookie; the code goes into the QR."""

    secret: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the asking screen sees it. ``number`` is shown once somebody has scanned."""

    code: str
    state: State
    place: Text
    number: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """A ticket as the person sees it on the phone. ``is_same_network`` says whether screen and phone share one."""

    purpose: Purpose
    requester: Requester
    place: Text
    state: State
    numbers: tuple[int, ...]
    is_same_network: bool
    asked_at: datetime
    expires_at: datetime
    username: str
    name: str


class Answer(Enum):
    """What came of an approval."""

    APPROVED = "approved"
    WRONG_NUMBER = "wrong-number"


def get_address(request: HttpRequest) -> str:
    """The network address from which a request comes, as far as our own proxies are believed."""
    return limits.address_of(request)


@transaction.atomic
def request_ticket(
    *, asker: Asker, network: str, now: datetime, replaces: str = "", rng: Random | None = None
) -> NewTicket:
    """Make a ticket for a screen; the one that it showed before (by its secret) is over. ``network`` is its address."""
    if replaces:
        _expire(_by_secret(replaces), now)
    secret = new_token()
    number, choices = rules.draw_numbers(rng or SystemRandom())
    row = models.LoginTicket.objects.create(
        code_hash=rules.digest_of(rules.code_of(secret)),
        secret_hash=rules.digest_of(secret),
        purpose=(Purpose.IDENTIFY if asker.requester is Requester.WINDOW else Purpose.SIGN_IN).value,
        requester=asker.requester.value,
        device_id=asker.device_id,
        asked_by_id=asker.account_id,
        place_zh=asker.place.zh[:200],
        place_en=asker.place.en[:200],
        network_hash=_network_hash(network),
        match_number=number,
        numbers=list(choices),
        state=State.OPEN.value,
        created_at=now,
        expires_at=now + rules.LIFETIME,
    )
    return NewTicket(secret, rules.code_of(secret), row.expires_at)


def find_ticket(*, secret: str, asker: Asker, now: datetime) -> Ticket | None:
    """How the asking screen's ticket stands: one query, for the poller. ``None`` for another screen's."""
    row = _by_secret(secret).first()
    if row is None or not _is_asker(row, asker):
        return None
    state = _state(row, now)
    number = row.match_number if state is State.SCANNED else None
    return Ticket(rules.code_of(secret), state, _place(row), number, row.expires_at)


@transaction.atomic
def look(*, code: str, session: SessionFacts, network: str, now: datetime) -> Ask:
    """Scan a code with a signed-in phone: from now on the ticket is this session's. Looking again changes nothing.

    Raises: TicketUnknown, TicketExpired, TicketTaken, StaffNotOffered, RealNameNeeded, ApproverTooWeak.
    """
    row, account = _locked_by_code(code), _approving_account(session)
    _belongs(row, session)
    person = models.Person.objects.filter(account=account).only("id", "name").first()
    state = _state(row, now)
    if state is State.EXPIRED:
        raise TicketExpired()
    if row.purpose == Purpose.IDENTIFY.value and person is None:
        raise RealNameNeeded()
    if state is State.OPEN:
        _check_strength(account, session.authenticator)
        row.approver_id = session.id
        _move(row, Act.SCAN, now)
    return Ask(
        purpose=Purpose(row.purpose),
        requester=Requester(row.requester),
        place=_place(row),
        state=_state(row, now),
        numbers=tuple(row.numbers),
        is_same_network=bool(row.network_hash) and row.network_hash == _network_hash(network),
        asked_at=row.created_at,
        expires_at=row.expires_at,
        username=account.username,
        name=person.name if person else "",
    )


@transaction.atomic
def approve(*, code: str, session: SessionFacts, number: int, now: datetime) -> Answer:
    """Allow it, having read the number from the asking screen. One wrong number refuses the ticket for good.

    Raises: TicketUnknown, TicketExpired, TicketTaken, TicketUsed, TicketRefused, StaffNotOffered, ApproverTooWeak.
    """
    row, account = _locked_by_code(code), _approving_account(session)
    _belongs(row, session)
    _check_strength(account, session.authenticator)
    is_right = number == row.match_number
    was = _state(row, now)
    _move(row, Act.APPROVE if is_right else Act.REFUSE, now)
    if was is State.SCANNED or not is_right:
        _record(row, account, "approved" if is_right else "refused", because="person" if is_right else "number")
    return Answer.APPROVED if is_right else Answer.WRONG_NUMBER


@transaction.atomic
def refuse(*, code: str, session: SessionFacts, now: datetime) -> None:
    """Say that it was not oneself; possible until the ticket has served. Raises: as ``approve``."""
    row, account = _locked_by_code(code), _approving_account(session)
    _belongs(row, session)
    was = _state(row, now)
    _move(row, Act.REFUSE, now)
    if was is not State.REFUSED:
        _record(row, account, "refused", because="person")


@transaction.atomic
def redeem_sign_in(
    request: HttpRequest, *, secret: str, asker: Asker, next_url: str, now: datetime
) -> HttpResponseBase:
    """Sign the asking browser in, once. The session is worth what the approving one is worth, and no more: if the
    account has got a second factor since, the sign-in library asks for it now.

    Raises: TicketUnknown, TicketUndecided, TicketExpired, TicketRefused, TicketUsed, ApproverGone.
    """
    from tongban.contexts.identity.adapters.device_login import sign_in

    row, approver = _redeemed(secret, asker, Purpose.SIGN_IN, now)
    level = AuthenticatorLevel(approver.authenticator)
    response = sign_in(request, approver.account, level=level, proven_at=approver.authenticated_at, next_url=next_url)
    sid = request.session.get(SID_KEY)
    if sid is not None:
        models.LoginTicket.objects.filter(pk=row.pk).update(session_id=sid)
        models.AccountSession.objects.filter(pk=sid).update(
            authenticated_at=approver.authenticated_at, description=row.place_zh[:120]
        )
        _tell(row, approver.account, now)
    _record(row, approver.account, "redeemed", because=row.requester)
    return response


@transaction.atomic
def redeem_identification(*, secret: str, asker: Asker, now: datetime) -> UUID:
    """Who stands at the window: the person's id, once. Raises: as ``redeem_sign_in``, and RealNameNeeded."""
    row, approver = _redeemed(secret, asker, Purpose.IDENTIFY, now)
    person = models.Person.objects.filter(account_id=approver.account_id).only("id").first()
    if person is None:
        raise RealNameNeeded()
    _record(row, approver.account, "redeemed", because=row.requester)
    return person.pk


def forget_login_tickets(*, now: datetime) -> int:
    """Delete tickets a day after they ended. Returns how many."""
    return models.LoginTicket.objects.filter(expires_at__lte=now - _RETENTION).delete()[0]


def _by_secret(secret: str) -> QuerySet[models.LoginTicket]:
    return models.LoginTicket.objects.filter(secret_hash=rules.digest_of(secret))


def _locked_by_code(code: str) -> models.LoginTicket:
    row = models.LoginTicket.objects.select_for_update().filter(code_hash=rules.digest_of(code)).first()
    if row is None:
        raise TicketUnknown()
    return row


def _redeemed(
    secret: str, asker: Asker, purpose: Purpose, now: datetime
) -> tuple[models.LoginTicket, models.AccountSession]:
    """The ticket, locked and marked as having served, and the session that allowed it, locked so that it stays open."""
    row = _by_secret(secret).select_for_update().first()
    if row is None or not _is_asker(row, asker) or row.purpose != purpose.value:
        raise TicketUnknown()
    _move(row, Act.REDEEM, now)
    assert row.approver_id is not None  # a constraint of the table
    sessions = models.AccountSession.objects.select_for_update(of=("self",)).select_related("account")
    approver = sessions.filter(pk=row.approver_id, ended_at=None, account__is_active=True).first()
    if approver is None:
        raise ApproverGone()
    return row, approver


def _move(row: models.LoginTicket, act: Act, now: datetime) -> None:
    """Take an act into the locked row, or say why it may not happen."""
    was = _state(row, now)
    then = rules.next_state(was, act)
    if then is None:
        raise _AFTER[was]()
    if then is not was:
        row.state = then.value
        setattr(row, _TIMES[act], now)
        row.save(update_fields=["state", _TIMES[act], "approver"])


def _expire(rows: QuerySet[models.LoginTicket], now: datetime) -> None:
    row = rows.select_for_update().first()
    if row is not None and rules.next_state(_state(row, now), Act.EXPIRE):
        row.state = State.EXPIRED.value
        row.save(update_fields=["state"])


def _state(row: models.LoginTicket, now: datetime) -> State:
    return rules.state_at(State(row.state), expires_at=row.expires_at, now=now)


def _is_asker(row: models.LoginTicket, asker: Asker) -> bool:
    kept = (row.requester, row.device_id, row.asked_by_id)
    return kept == (asker.requester.value, asker.device_id, asker.account_id)


def _belongs(row: models.LoginTicket, session: SessionFacts) -> None:
    if row.approver_id is not None and row.approver_id != session.id:
        raise TicketTaken()


def _approving_account(session: SessionFacts) -> models.Account:
    account = models.Account.objects.get(pk=session.account_id)
    if account.realm != models.Realm.PUBLIC:
        raise StaffNotOffered()
    return account


def _check_strength(account: models.Account, level: AuthenticatorLevel) -> None:
    from tongban.contexts.identity.adapters.second_factor import has_second_factor

    if level is AuthenticatorLevel.PASSWORD and has_second_factor(account):
        raise ApproverTooWeak()


def _place(row: models.LoginTicket) -> Text:
    return Text(zh=row.place_zh, en=row.place_en)


def _network_hash(address: str) -> str:
    """A keyed hash of the network from which somebody comes: the address, of IPv6 its /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    network = ipaddress.ip_network((found, 64 if found.version == 6 else 32), strict=False)
    return keyed_hash(str(network), "identity.login-network")


def _record(row: models.LoginTicket, account: models.Account, what: str, *, because: str) -> None:
    audit.record(
        actor=Actor(kind="resident", account_id=account.pk),
        action=f"identity.login-ticket-{what}",
        subject=f"login-ticket:{row.pk}",
        detail={"purpose": row.purpose, "requester": row.requester, "because": because},
    )


def _tell(row: models.LoginTicket, account: models.Account, now: datetime) -> None:
    person = models.Person.objects.filter(account=account).only("id").first()
    if person is not None:
        notices.notify(
            person_id=person.pk,
            template="sign-in-by-code",
            values={"place": _place(row), "at": now},
            idempotency_key=f"login-ticket:{row.pk}",
            link="/my/security/",
        )
