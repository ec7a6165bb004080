"""Accounts: demo accounts, preferences, known devices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from tongban.contexts.identity import models
from tongban.contexts.identity.api import persons, staff
from tongban.contexts.identity.api.persons import confirmed_email
from tongban.contexts.identity.domain import contact
from tongban.contexts.notices import api as notices
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Forbidden, Invalid, NotFound, Text
from tongban.runtime import settings


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One demo account, as the demo prints and shows it."""

    username: str
    name: str
    kind: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its own holder sees it: contact in full."""

    id: UUID
    username: str
    phone: str
    is_phone_verified: bool
    email: str
    is_email_verified: bool
    language: str
    mode: str


class AccountUnknown(NotFound):
    """No such account."""

    code = "account-unknown"


class DemoAccountsRefused(Forbidden):
    """Accounts with a published password do not belong where residents depend on the deployment."""

    code = "demo-accounts-refused"


class DemoAccountInvalid(Invalid):
    """A row of the demo accounts cannot be used."""

    code = "demo-account-invalid"


ADDED_PREFIX = "demo-"
"""How the usernames of accounts begin that a demo made on request: their passwords are not the published one."""
LANGUAGES = ("zh-hans", "en")
MODES = ("", "elder", "elder-xl")


@transaction.atomic
def load_demo_accounts(rows: Iterable[Mapping[str, Any]]) -> int:
    """Make the pack's demo residents and staff where absent; a repeat changes nothing. Returns how many were made.

    Staff get the demo's published authenticator, also those of an older demo whose password is still the published one.

    Raises: DemoAccountsRefused in production; DemoAccountInvalid naming the row.
    """
    refuse_in_production()
    made, hashes = 0, _SharedHashes()
    known = set(models.Account.objects.values_list("username", flat=True).filter(realm__in=models.Realm.values))
    for number, row in enumerate(rows, start=1):
        username = contact.normalise_username(str(row.get("username", "")))
        if username in known:
            if row.get("kind") == "staff":
                _give_missing_demo_factor(username, str(row.get("password", "")))
            continue
        _make_demo_account(number, username, row, hashes)
        known.add(username)
        made += 1
    return made


def refuse_in_production() -> None:
    """Demo accounts are for demos. Raises: DemoAccountsRefused where residents depend on the deployment."""
    if settings.current().is_production:
        raise DemoAccountsRefused(
            Text(zh="生产环境不建演示账号", en="Demo accounts are not made in production"),
            remedy=Text(zh="用 tongban identity create-staff 建立工作人员账号", en="Use tongban identity create-staff"),
        )


def list_demo_sign_ins() -> tuple[DemoSignIn, ...]:
    """The pack's demo accounts, whose password is published: residents first; nothing in production."""
    from tongban.contexts.identity.adapters import demo_factor

    if settings.current().is_production:
        return ()
    residents = (
        models.Person.objects.exclude(account=None)
        .filter(verified_by="demo")
        .select_related("account")
        .order_by("account__joined_at")
    )
    members = (
        models.StaffMember.objects.filter(is_active=True, account__in=demo_factor.holders())
        .select_related("account")
        .order_by("created_at")
    )
    return (
        *(DemoSignIn(row.account.username, row.name, "resident", ()) for row in residents if row.account),
        *(DemoSignIn(row.account.username, row.name, "staff", tuple(row.roles)) for row in members),
    )


def get_account(account_id: UUID) -> Account:
    """One's own account. Raises: AccountUnknown."""
    row = models.Account.objects.filter(pk=account_id).first()
    if row is None:
        raise AccountUnknown(
            Text(zh="没有这个账号", en="There is no such account"),
            remedy=Text(zh="请重新登录", en="Please sign in again"),
        )
    return Account(
        id=row.pk,
        username=row.username,
        phone=row.phone or "",
        is_phone_verified=row.is_phone_verified,
        email=row.email,
        is_email_verified=bool(row.email) and confirmed_email(row).lower() == row.email.lower(),
        language=row.language,
        mode=row.mode,
    )


def set_preferences(*, account_id: UUID, language: str | None = None, mode: str | None = None) -> None:
    """Remember how someone wants pages shown. Unknown values are left out."""
    changed: dict[str, str] = {}
    if language in LANGUAGES:
        changed["language"] = str(language)
    if mode in MODES:
        changed["mode"] = str(mode)
    if changed:
        models.Account.objects.filter(pk=account_id).update(**changed)


def note_device(
    *, account_id: UUID, token: str, description: str, session_id: UUID | None = None, is_told: bool = False
) -> bool:
    """Remember a browser that signed in; tell the person when it is a new one beside others. True when it was new.

    ``session_id`` is the account session that it carries; ``is_told`` when the person has been told already.
    """
    now = utc_now()
    device, is_new = models.KnownDevice.objects.get_or_create(
        account_id=account_id,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        defaults={"description": description[:120], "first_seen_at": now, "last_seen_at": now},
    )
    if session_id is not None:
        models.AccountSession.objects.filter(pk=session_id, account_id=account_id).update(
            device=device, description=description[:120]
        )
    if not is_new:
        models.KnownDevice.objects.filter(pk=device.pk).update(last_seen_at=now)
        return False
    has_others = models.KnownDevice.objects.filter(account_id=account_id).exclude(pk=device.pk).exists()
    person = models.Person.objects.filter(account_id=account_id).only("id").first()
    if has_others and person is not None and not is_told:
        notices.notify(
            person_id=person.pk,
            template="sign-in-new-device",
            values={"device": description[:120], "at": now},
            idempotency_key=f"new-device:{device.pk}",
            link="/my/security/",
        )
    return True


class _SharedHashes(dict[str, str]):
    """One slow hash for each published password of the demo, not one for each account."""

    def __missing__(self, password: str) -> str:
        self[password] = make_password(password)
        return self[password]


def _make_demo_account(number: int, username: str, row: Mapping[str, Any], hashes: _SharedHashes) -> None:
    kind, password = row.get("kind", "resident"), str(row.get("password", ""))
    if not contact.is_username(username) or not password or kind not in ("resident", "staff"):
        raise DemoAccountInvalid(
            Text(zh=f"演示账号第 {number} 行不完整", en=f"Demo account {number} is incomplete"),
            remedy=Text(zh="需要 username、password、kind", en="It needs username, password and kind"),
            row=number,
        )
    if kind == "staff":
        made = staff.create_staff(
            username=username,
            name=str(row.get("name", username)),
            organisation=str(row.get("organisation", "")),
            roles=row.get("roles") or (),
            password_hash=hashes[password],
            hall=str(row.get("hall") or ""),
            window=str(row.get("window") or ""),
            with_second_factor=False,
        )
        _give_demo_factor(models.Account.objects.get(pk=made.staff.account_id))
        return
    account = models.Account(username=username, joined_at=utc_now(), email=f"{username}@residents.yunzhou.example")
    if phone := row.get("phone"):
        account.set_phone(persons.checked_phone(str(phone)), verified=True)
    account.password = hashes[password]
    account.save(force_insert=True)
    confirm_demo_email(account)
    person, _ = persons.ensure_person(
        name=str(row.get("name", "")),
        id_number=str(row.get("id_number", "")),
        level=models.Level.REAL_NAME,
        verified_by="demo",
    )
    person.account = account
    person.save(update_fields=["account"])


def confirm_demo_email(account: models.Account) -> None:
    """Count a demo account's address as confirmed."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)


def _give_demo_factor(account: models.Account) -> None:
    from tongban.contexts.identity.adapters import demo_factor

    demo_factor.enrol(account)


def _give_missing_demo_factor(username: str, password: str) -> None:
    """Staff of a demo that was filled before they needed a second factor. Checked by password: a slow hash, once."""
    from tongban.contexts.identity.adapters.second_factor import has_second_factor

    account = models.Account.objects.filter(username=username, realm=models.Realm.STAFF).first()
    if account is not None and not has_second_factor(account) and account.check_password(password):
        _give_demo_factor(account)
