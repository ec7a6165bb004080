"""How often something may be tried, by whom it is counted, and what a count means.

Three things are counted: the account (or the name that was typed, known or not), the browser, the network. A browser
that the account was signed in from before has a budget of its own, so that whoever burns the account's budget from
elsewhere does not lock its holder out. A network is held by how many *different* accounts fail from it: that is what
stuffing looks like, and neither a family nor an office. Halls stand behind few addresses and have wide budgets.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Budget:
    """So many tries within a window. The last allowed try starts the window anew: then one waits the whole of it."""

    tries: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Count:
    """A budget, how much of it is used (refused tries included), and when its window ends."""

    budget: Budget
    used: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a try counts for: whether it may be evaluated, how many are left, and until when one waits if none is."""

    is_allowed: bool
    left: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NetworkBudgets:
    """What one address may try: attempts, different accounts that failed, attempts of one browser."""

    attempts: tuple[Budget, ...]
    accounts: tuple[Budget, ...]
    browser: tuple[Budget, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """What one network may do of an action, a hall's network, and one subject (a name, a browser)."""

    network: tuple[Budget, ...]
    in_hall: tuple[Budget, ...]
    subject: tuple[Budget, ...] = ()


SECRET = (Budget(5, 5 * MINUTE), Budget(100, DAY))
"""Guesses at what an account's holder knows or reads off: a password, a code. Source: NIST SP 800-63B 5.2.2."""

ADDRESS = NetworkBudgets(
    attempts=(Budget(100, 15 * MINUTE),),
    accounts=(Budget(30, 15 * MINUTE), Budget(300, DAY)),
    browser=(Budget(30, 15 * MINUTE),),
)
HALL = NetworkBudgets(
    attempts=(Budget(2_000, 15 * MINUTE),),
    accounts=(Budget(600, 15 * MINUTE), Budget(6_000, DAY)),
    browser=(Budget(600, 15 * MINUTE),),
)

SIGN_UP = Admission(network=(Budget(20, 10 * MINUTE), Budget(100, DAY)), in_hall=(Budget(400, 10 * MINUTE),))
PASSWORD_MAIL = Admission(network=(Budget(20, 10 * MINUTE),), in_hall=(Budget(200, 10 * MINUTE),))
PASSWORD_LINK = Admission(network=(Budget(30, 10 * MINUTE),), in_hall=(Budget(300, 10 * MINUTE),))
RECOVERY_SLIP = Admission(network=(Budget(60, 10 * MINUTE),), in_hall=(Budget(600, 10 * MINUTE),), subject=SECRET)
LOGIN_CODE = Admission(network=(Budget(300, MINUTE),), in_hall=(Budget(3_000, MINUTE),), subject=(Budget(20, MINUTE),))
DEVICE_ENROLMENT = Admission(network=(Budget(10, MINUTE),), in_hall=(Budget(10, MINUTE),))
MAILS_TO_ONE = (Budget(5, HOUR),)
CONFIRMATIONS_TO_ONE = (Budget(1, MINUTE),)


def standing_of(counts: Iterable[Count]) -> Standing:
    """What several counts of one try mean together: every budget must have room for it.

    Raises: ValueError without a count.
    """
    rows = tuple(counts)
    spent = [row.ends_at for row in rows if row.used > row.budget.tries]
    if spent:
        return Standing(is_allowed=False, left=0, until=max(spent))
    left = min(row.budget.tries - row.used for row in rows)
    ends = [row.ends_at for row in rows if row.used == row.budget.tries]
    return Standing(is_allowed=True, left=left, until=max(ends) if ends else None)


def is_last_allowed(counts: Iterable[Count]) -> bool:
    """Whether this try used a budget up: the one try of which that is so."""
    return any(row.used == row.budget.tries for row in counts)


def is_first_refused(counts: Iterable[Count]) -> bool:
    """Whether this try is the first beyond a budget: the one try of which that is so."""
    return any(row.used == row.budget.tries + 1 for row in counts)


def network_of(address: str) -> str:
    """By what an address is counted: IPv4 by itself, IPv6 by its /64, which one household holds whole.

    Text that is no address comes back as it is: it is counted all the same.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)


def minutes_until(until: datetime, now: datetime) -> int:
    """Whole minutes to wait, as people are told: at least one."""
    return max(1, -int((now - until).total_seconds() // 60))
