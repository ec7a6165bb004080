"""The guard at the sign-in door: counts a try before its password is looked at, and what came of it after.

An unknown name is counted, locked and answered like a known one, at the cost of the same statements. What is shown
(tries left, the lock) is counted by the *typed* name, so that it does not tell which names belong to one account; that
an account is locked under another name than the typed one is answered like a wrong password.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from tongban.contexts.identity.adapters import counting
from tongban.contexts.identity.adapters.counting import Claim, Counts, Subject
from tongban.contexts.identity.adapters.lookup import find_account
from tongban.contexts.identity.api import limits as door
from tongban.contexts.identity.domain import contact, limits
from tongban.contexts.identity.domain.limits import SECRET, Budget, NetworkBudgets, Standing
from tongban.contexts.identity.events import AccountLocked
from tongban.contexts.identity.models import Account, KnownDevice
from tongban.infra import audit, outbox
from tongban.infra.authorisation import ANONYMOUS
from tongban.infra.fields import keyed_hash
from tongban.kernel.clock import utc_now

_ACTION = "sign-in"
_NOBODY = UUID(int=0)


class Ruling(Enum):
    """What may be done with a password that somebody sends."""

    EVALUATE = "evaluate"
    LOCKED = "locked"
    NETWORK_LIMITED = "network-limited"
    ANSWER_AS_WRONG = "answer-as-wrong"


@dataclass(slots=True)
class SignInTry:
    """One password sent for a name. ``standing`` is what its sender may be told."""

    ruling: Ruling
    standing: Standing
    account_id: UUID | None
    name: str
    is_known_device: bool = False
    locks_until: datetime | None = None
    """Set on the last try that an account has: if it is wrong, the account is locked till then."""
    counted: Counts = field(default_factory=dict)
    given_back: list[Claim] = field(default_factory=list)
    """Claims on the network, given back when the password turns out right."""
    failing: list[tuple[Claim, Claim]] = field(default_factory=list)
    """For each budget of failing accounts: this account from this network, and the network's count of such."""

    @property
    def subject(self) -> str:
        """How records name the account, or the name if there is none, without a personal value."""
        if self.account_id is not None:
            return f"account:{self.account_id}"
        return f"name:{keyed_hash(self.name, 'identity.limits.subject')[:16]}"


def begin(request: HttpRequest, typed: str) -> SignInTry:
    """Count a try for a name from a request, and rule on it. Everything is committed when this returns."""
    now, name = utc_now(), contact.normalise_login(typed)
    account = find_account(name)
    account_id = account.pk if account else None
    token = request.COOKIES.get(door.DEVICE_COOKIE, "")
    if _is_known_device(account_id, token):
        return _from_known_device(account_id, name, token, now)
    found = SignInTry(Ruling.EVALUATE, Standing(is_allowed=True, left=0), account_id, name)
    network, budgets = door.network_of(request), limits.HALL if door.hall_of(request) else limits.ADDRESS
    standing = _by_network(found, network, budgets, token, now)
    if not standing.is_allowed:
        found.ruling, found.standing = Ruling.NETWORK_LIMITED, standing
        return found
    by_name = Subject(_ACTION, "name", name)
    by_account = Subject(_ACTION, "account", str(account_id or f"name:{name}"))
    found.counted = counting.reserve([Claim(by_name, SECRET), Claim(by_account, SECRET)], now=now)
    found.standing, of_account = (limits.standing_of(found.counted[subject]) for subject in (by_name, by_account))
    found.locks_until = of_account.until
    if not found.standing.is_allowed:
        found.ruling = Ruling.LOCKED
    elif not of_account.is_allowed:
        found.ruling = Ruling.ANSWER_AS_WRONG
    return found


def succeed(this: SignInTry, account: Account) -> None:
    """The password was right: the account begins again at nothing, and the network gets its try back.

    From a known browser only that browser's count is cleared: it says nothing of who else has been guessing.
    """
    own = _claims(this.counted)
    if this.is_known_device:
        counting.forget(own)
        return
    counting.forget([*door.claims_of_account(account), *own])
    gone = counting.forget(pair for pair, _network in this.failing)
    was_failing = [network for pair, network in this.failing if gone.intersection(pair.keys)]
    counting.release([*this.given_back, *was_failing])


def fail(this: SignInTry) -> None:
    """The password was wrong: put it on record, and tell the holder when it was the last one allowed."""
    audit.record(actor=ANONYMOUS, action="identity.sign-in-failed", subject=this.subject)
    if this.ruling is not Ruling.EVALUATE or this.locks_until is None:
        return
    with transaction.atomic():
        detail = {"until": this.locks_until.isoformat()}
        audit.record(actor=ANONYMOUS, action="identity.account-locked", subject=this.subject, detail=detail)
        outbox.publish(AccountLocked(str(this.account_id or ""), this.locks_until))


def _from_known_device(account_id: UUID | None, name: str, token: str, now: datetime) -> SignInTry:
    own = Subject(_ACTION, "device", f"{account_id}:{_hash(token)}")
    counted = counting.reserve([Claim(own, SECRET)], now=now)
    standing = limits.standing_of(counted[own])
    return SignInTry(
        Ruling.EVALUATE if standing.is_allowed else Ruling.LOCKED,
        standing,
        account_id,
        name,
        is_known_device=True,
        locks_until=standing.until,
        counted=counted,
    )


def _by_network(found: SignInTry, network: str, budgets: NetworkBudgets, token: str, now: datetime) -> Standing:
    """Count a try for its network and its browser: how many, and how many different accounts."""
    pair = Subject(_ACTION, "failing", f"{network}\x1f{found.account_id or found.name}")
    pairs = [Claim(pair, (Budget(1, budget.window),)) for budget in budgets.accounts]
    found.given_back = [Claim(Subject(_ACTION, "network", network), budgets.attempts)]
    if token:
        found.given_back.append(Claim(Subject(_ACTION, "browser", _hash(token)), budgets.browser))
    counts = counting.reserve([*found.given_back, *pairs], now=now)
    different = [
        Claim(Subject(_ACTION, "accounts", network), (budget,), step=1 if seen.used == 1 else 0)
        for budget, seen in zip(budgets.accounts, counts.pop(pair), strict=True)
    ]
    found.failing = list(zip(pairs, different, strict=True))
    counts |= counting.reserve(different, now=now)
    for subject, rows in counts.items():
        if limits.is_first_refused(rows):
            where = f"{subject.kind}:{keyed_hash(subject.value, 'identity.limits.subject')[:16]}"
            audit.record(actor=ANONYMOUS, action="identity.limit-reached", subject=where, detail={"action": _ACTION})
    return limits.standing_of(row for rows in counts.values() for row in rows)


def _is_known_device(account_id: UUID | None, token: str) -> bool:
    """Asked for unknown names too, so that both cost the same."""
    if not token:
        return False
    return KnownDevice.objects.filter(account_id=account_id or _NOBODY, token_hash=_hash(token)).exists()


def _claims(counted: Counts) -> list[Claim]:
    return [Claim(subject, tuple(row.budget for row in rows)) for subject, rows in counted.items()]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
