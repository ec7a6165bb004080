"""Limits on trying: counted across all processes, before what is tried is evaluated.

For whatever can be guessed or flooded: ``attempt`` where a refusal is an outcome, ``require`` where it is an error,
``admit`` by the caller's network, ``claim_once`` for what is good once. Counts commit by themselves: a request that
fails and is rolled back has counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest

from tongban.contexts.halls import api as halls
from tongban.contexts.identity import models
from tongban.contexts.identity.adapters import counting
from tongban.contexts.identity.adapters.counting import Claim, Subject
from tongban.contexts.identity.domain import contact, limits
from tongban.contexts.identity.domain.limits import MAILS_TO_ONE, SECRET, Budget, Standing
from tongban.infra import audit
from tongban.infra.authorisation import ANONYMOUS
from tongban.infra.fields import keyed_hash
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Forbidden, Text
from tongban.runtime import settings

DEVICE_COOKIE = "device"
"""The cookie by which a browser that somebody signed in from is known again."""

CODE_KEPT = timedelta(minutes=5)
"""How long a code that was used is remembered: longer than any of them is valid."""

_ADMISSIONS = {
    "sign-up": limits.SIGN_UP,
    "password-mail": limits.PASSWORD_MAIL,
    "password-link": limits.PASSWORD_LINK,
    "recovery-slip": limits.RECOVERY_SLIP,
    "login-code": limits.LOGIN_CODE,
    "login-code-scan": limits.LOGIN_CODE,
    "device-enrolment": limits.DEVICE_ENROLMENT,
}


__all__ = [
    "CODE_KEPT",
    "DEVICE_COOKIE",
    "MAILS_TO_ONE",
    "SECRET",
    "Budget",
    "Standing",
    "TooManyAttempts",
    "admit",
    "attempt",
    "claim_once",
    "forgive",
    "forgive_account",
    "hall_of",
    "minutes_left",
    "network_of",
    "require",
]


class TooManyAttempts(Forbidden):
    """Somebody tries too often."""

    code = "too-many-attempts"
    status = 429


def attempt(action: str, *, subject: str, budgets: Iterable[Budget] = SECRET) -> Standing:
    """Count one try of an action by or against a subject, and say whether it may be evaluated.

    ``action`` is a stable name such as ``qr-ticket``; ``subject`` names what is guarded or who tries (an id, a client,
    an address): it is stored as a keyed hash. One statement, safe against any number of processes.
    """
    claim = Claim(Subject(action, "subject", subject), tuple(budgets))
    [counts] = counting.reserve([claim], now=utc_now()).values()
    if limits.is_first_refused(counts):
        _note_limited(action, f"subject:{_short_hash(subject)}")
    return limits.standing_of(counts)


def require(action: str, *, subject: str, budgets: Iterable[Budget] = SECRET) -> Standing:
    """``attempt``, as an error when it is refused. Raises: TooManyAttempts saying when to try again."""
    standing = attempt(action, subject=subject, budgets=budgets)
    if standing.until is not None and not standing.is_allowed:
        raise too_many(standing.until)
    return standing


def forgive(action: str, *, subject: str, budgets: Iterable[Budget] = SECRET) -> None:
    """Begin again at nothing: the subject has shown that it was no guessing."""
    counting.forget([Claim(Subject(action, "subject", subject), tuple(budgets))])


def claim_once(purpose: str, value: str, *, kept: timedelta) -> bool:
    """Whether this is the first use of something that is good once; ``kept`` is how long it could be shown again."""
    budget = (Budget(1, kept),)
    return attempt(purpose, subject=value, budgets=budget).is_allowed


def admit(request: HttpRequest, action: str, *, subject: str | None = None) -> Standing:
    """Count one try by the network that a request comes from, where halls have wide budgets, and by a subject if given.

    Raises: KeyError for an action without such budgets.
    """
    admission, network = _ADMISSIONS[action], network_of(request)
    budgets = admission.in_hall if hall_of(request) else admission.network
    claims = [Claim(Subject(action, "network", network), budgets)]
    if subject is not None:
        claims.append(Claim(Subject(action, "subject", subject), admission.subject))
    counts = counting.reserve(claims, now=utc_now())
    for counted, rows in counts.items():
        if limits.is_first_refused(rows):
            _note_limited(action, f"{counted.kind}:{_short_hash(counted.value)}")
    return limits.standing_of(row for rows in counts.values() for row in rows)


def forgive_account(account_id: UUID) -> None:
    """Open an account that wrong passwords have locked, under all its names: its holder was proven otherwise."""
    account = models.Account.objects.get(pk=account_id)
    counting.forget(claims_of_account(account))


def forget_expired_counts(*, now: datetime) -> int:
    """Delete counts whose window is over. Returns how many."""
    return counting.forget_ended(now=now)


def claims_of_account(account: models.Account) -> list[Claim]:
    """All that is counted against an account from browsers that it does not know: under each name it signs in by."""
    from allauth.account.models import EmailAddress

    addresses = EmailAddress.objects.filter(user_id=account.pk).values_list("email", flat=True)
    names = {account.username, account.email, account.phone or "", *addresses} - {""}
    named = (Claim(Subject("sign-in", "name", contact.normalise_login(name)), SECRET) for name in names)
    return [Claim(Subject("sign-in", "account", str(account.pk)), SECRET), *named]


def address_of(request: HttpRequest) -> str:
    """The address a request comes from: what the outermost proxy of ours saw. Others' claims are not believed."""
    direct = str(request.META.get("REMOTE_ADDR") or "unknown")
    trusted = settings.current().trusted_proxies
    if not trusted:
        return direct
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return seen[-trusted] if len(seen) >= trusted else direct


def network_of(request: HttpRequest) -> str:
    """By what a request's address is counted: IPv6 by its /64."""
    return limits.network_of(address_of(request))


def hall_of(request: HttpRequest) -> str | None:
    """The hall whose network a request comes from, or ``None``."""
    return halls.find_hall_by_address(address_of(request))


def minutes_left(standing: Standing) -> int:
    """How long somebody waits who was refused, in whole minutes."""
    now = utc_now()
    return limits.minutes_until(standing.until or now, now)


def too_many(until: datetime) -> TooManyAttempts:
    """The refusal of a try, saying how long to wait."""
    minutes = limits.minutes_until(until, utc_now())
    return TooManyAttempts(
        Text(zh="试的次数太多了", en="Too many attempts"),
        remedy=Text(zh=f"请过 {minutes} 分钟再试", en=f"Try again in {minutes} min"),
        retry_after_minutes=minutes,
    )


def _note_limited(action: str, subject: str) -> None:
    audit.record(actor=ANONYMOUS, action="identity.limit-reached", subject=subject, detail={"action": action})


def _short_hash(value: str) -> str:
    return keyed_hash(value, "identity.limits.subject")[:16]
