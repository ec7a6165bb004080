"""Giving an account back to its holder, and letting go of what is past its time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api import limits, sessions
from tongban.contexts.identity.domain import contact
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import NotFound, Text

DEVICE_KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class FreshCredentials:
    """What an account's holder is handed once: a password, and for staff a second factor."""

    username: str
    password: str
    totp_secret: str
    totp_url: str


class UsernameUnknown(NotFound):
    """No account has this name."""

    code = "username-unknown"


@transaction.atomic
def reset_account(*, username: str, actor: Actor = SYSTEM) -> FreshCredentials:
    """A new password in place of all that was known: sessions end, the second factor goes, staff get a new one.

    For a holder who stands before the operator with their ID card. Raises: UsernameUnknown.
    """
    from tongban.contexts.identity.adapters.second_factor import enrol_totp

    name = contact.normalise_username(username)
    account = models.Account.objects.select_for_update().filter(username=name).first()
    if account is None:
        raise UsernameUnknown(
            Text(zh=f"没有用户名为“{name}”的账号", en=f"No account is called “{name}”"),
            remedy=Text(zh="请核对用户名", en="Check the username"),
        )
    password = secrets.token_urlsafe(12)
    give_new_password(account, password)
    secret, url = enrol_totp(account) if account.realm == models.Realm.STAFF else ("", "")
    audit.record(actor=actor, action="identity.account-reset", subject=f"account:{account.pk}")
    return FreshCredentials(username=name, password=password, totp_secret=secret, totp_url=url)


def give_new_password(account: models.Account, password: str) -> None:
    """A password in place of all that was known before, in the caller's transaction: sessions end, factors go."""
    from tongban.contexts.identity.adapters.second_factor import remove_second_factor

    account.set_password(password)
    account.password_changed_at = utc_now()
    account.save(update_fields=["password", "password_changed_at"])
    remove_second_factor(account)
    limits.forgive_account(account.pk)
    sessions.end_sessions(account_id=account.pk, because=models.Ending.ACCOUNT_RESET)


def forget_unused_devices(*, now: datetime) -> int:
    """Delete devices that were not used for a year. Returns how many."""
    gone, _ = models.KnownDevice.objects.filter(last_seen_at__lte=now - DEVICE_KEPT).delete()
    return gone
