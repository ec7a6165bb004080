"""The demo's published authenticator: nobody has the demo staff's telephone, so pages show what it would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.contexts.identity import models
from tongban.contexts.identity.domain.demo import TOTP_SECRET
from tongban.runtime import settings

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator


@dataclass(frozen=True, slots=True)
class DemoCode:
    """What the demo authenticator shows at this moment, and its published secret. Units: seconds."""

    code: str
    seconds_left: int
    secret: str


def find_demo_code(account: models.Account) -> DemoCode | None:
    """What an account's demo authenticator shows; ``None`` for every other account, and always in production."""
    from tongban.contexts.identity.adapters import demo_factor

    if settings.current().is_production or demo_factor.find(account) is None:
        return None
    return current_demo_code()


def current_demo_code() -> DemoCode | None:
    """What the authenticator of all demo staff shows; ``None`` in production."""
    from tongban.contexts.identity.adapters import demo_factor

    if settings.current().is_production:
        return None
    code, seconds_left = demo_factor.shown_now()
    return DemoCode(code, seconds_left, TOTP_SECRET)


def accept_demo_code(account: models.Account, code: str) -> Authenticator | None:
    """The demo authenticator of an account when it shows this code; ``None`` leaves the decision to the library.

    The library takes a code once in its time step, for each account. A demo account is used by several people and
    tests at the same moment, and its secret is published: here a code may be used again. Never in production.
    """
    from tongban.contexts.identity.adapters import demo_factor

    if settings.current().is_production:
        return None
    found = demo_factor.find(account)
    return found if found is not None and demo_factor.shows(code) else None


def is_demo_account_in_production(account: models.Account) -> bool:
    """Whether an account of the demo is being used in production, where its published secrets must open nothing."""
    from tongban.contexts.identity.adapters import demo_factor

    return settings.current().is_production and demo_factor.find(account) is not None
