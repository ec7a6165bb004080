"""The demo staff's authenticator: a published secret, marked as such in the library's own record of it."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db.models import QuerySet

from tongban.contexts.identity.domain.demo import TOTP_SECRET
from tongban.contexts.identity.models import Account
from tongban.infra.fields import encrypt
from tongban.runtime import settings

_STEP_SECONDS = 30


def enrol(account: Account) -> None:
    """Give an account the authenticator that everybody may read."""
    assert not settings.current().is_production
    data = {"secret": encrypt(TOTP_SECRET), "is_demo": True}
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data=data)


def find(account: Account) -> Authenticator | None:
    """An account's demo authenticator, if that is what it has."""
    found: Authenticator | None = _rows().filter(user=account).select_related("user").first()
    return found


def holders() -> set[Any]:
    """Ids of the accounts that have the demo authenticator."""
    return set(_rows().values_list("user_id", flat=True))


def shown_now() -> tuple[str, int]:
    """The code that it shows, and for how many more seconds. Source: RFC 6238."""
    step, gone = divmod(int(time.time()), _STEP_SECONDS)
    return totp.format_hotp_value(totp.hotp_value(TOTP_SECRET, step)), _STEP_SECONDS - gone


def shows(code: str) -> bool:
    """Whether a code is one that it shows now, or showed or will show a step away."""
    return bool(totp.validate_totp_code(TOTP_SECRET, code))


def _rows() -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(type=Authenticator.Type.TOTP, data__is_demo=True)
    return rows
