"""Whom a typed name means. One query, whoever types what, so that the answer's cost tells nothing."""

from __future__ import annotations

from tongban.contexts.identity.domain import contact
from tongban.contexts.identity.models import Account, phone_hash_of


def find_account(typed: str) -> Account | None:
    """The account that a username, mobile number or e-mail address opens, or ``None``.

    A number or address belongs to whoever confirmed it; until somebody has, to the earliest account that states it.
    """
    name = contact.normalise_login(typed)
    if "@" in name:
        return _by_email(name)
    if contact.is_mobile(name):
        return _by_phone(name)
    return Account.objects.filter(username=name).first()


def find_account_by_confirmed_phone(phone: str) -> Account | None:
    """The account whose holder confirmed a mobile number, or ``None``."""
    number = contact.normalise_phone(phone)
    return Account.objects.filter(phone_hash=phone_hash_of(number), is_phone_verified=True).first()


def _by_phone(number: str) -> Account | None:
    rows = Account.objects.filter(phone_hash=phone_hash_of(number))
    return rows.order_by("-is_phone_verified", "joined_at").first()


def _by_email(address: str) -> Account | None:
    from allauth.account.models import EmailAddress

    rows = EmailAddress.objects.filter(email=address).select_related("user").order_by("-verified", "pk")
    found = rows.first()
    return found.user if found else None
