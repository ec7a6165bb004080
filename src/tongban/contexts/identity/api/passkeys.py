"""Passkeys: enrolled, listed, renamed, removed, and shown to sign in or to prove oneself again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from tongban.contexts.identity import models
from tongban.contexts.identity.domain import passkeys as rules
from tongban.contexts.identity.domain.passkeys import Purpose
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.errors import Invalid, NotFound, Text
from tongban.runtime import settings

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner sees it. ``is_synced``: the key is kept by the owner's cloud, not by one device alone."""

    id: int
    name: str
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that a browser has just made, proven to be there."""

    credential: dict[str, Any]
    sign_count: int


class PasskeyRefused(Invalid):
    """The passkey did not prove what was asked."""

    code = "passkey-refused"


class PasskeyUnknown(NotFound):
    """The account holds no such passkey."""

    code = "passkey-unknown"


def find_passkey_site(request: HttpRequest) -> rules.Site | None:
    """The site that passkeys are bound to at the address of this request; ``None`` where they do not work."""
    current = settings.current()
    return rules.site_at(web_url=current.web_url, asked=_asked(request), is_production=current.is_production)


def find_passkey_address(request: HttpRequest) -> str:
    """Where the site can use passkeys, for a request that came to an address where it cannot; empty if nowhere."""
    current = settings.current()
    return rules.other_site(web_url=current.web_url, asked=_asked(request), is_production=current.is_production)


def list_passkeys(account_id: UUID) -> tuple[Passkey, ...]:
    """The passkeys of an account, the oldest first."""
    return tuple(_view(row) for row in _rows(account_id).order_by("created_at", "pk"))


def begin_passkey_enrolment(request: HttpRequest, account: models.Account) -> dict[str, Any]:
    """Ask the browser for a new key. Raises: PasskeyRefused where passkeys do not work, or when there are too many."""
    from tongban.contexts.identity.adapters import passkeys as adapter

    _site(request)
    if _rows(account.pk).count() >= rules.PASSKEYS_PER_ACCOUNT:
        raise PasskeyRefused(
            Text(
                zh=f"最多只能有 {rules.PASSKEYS_PER_ACCOUNT} 个通行密钥",
                en=f"An account holds at most {rules.PASSKEYS_PER_ACCOUNT} passkeys",
            ),
            remedy=Text(zh="先删掉不用的", en="Remove one that you no longer use"),
        )
    return adapter.begin_enrolment(request, account)


def begin_passkey_proof(
    request: HttpRequest, purpose: Purpose, account: models.Account | None = None
) -> dict[str, Any]:
    """Ask the browser to sign with a key: any it has for this site, or one of the account's. Raises: PasskeyRefused."""
    from tongban.contexts.identity.adapters import passkeys as adapter

    _site(request)
    return adapter.begin_proof(request, purpose, account)


def check_new_passkey(request: HttpRequest, credential: object) -> NewKey:
    """A fresh key's answer to this session's challenge. Raises: PasskeyRefused."""
    from tongban.contexts.identity.adapters import passkeys as adapter

    try:
        kept, sign_count = adapter.complete_enrolment(request, _site(request), credential)
    except adapter.NotProven as error:
        raise _refusal(error) from error
    return NewKey(kept, sign_count)


def check_passkey(
    request: HttpRequest,
    purpose: Purpose,
    credential: object,
    *,
    account: models.Account | None = None,
    realm: str | None = None,
) -> Authenticator:
    """The library's record of the key that signed this session's challenge; of one realm at a door.

    A lockout by wrong passwords or codes does not reach here: a signature cannot be guessed. Raises: PasskeyRefused.
    """
    from tongban.contexts.identity.adapters import passkeys as adapter

    try:
        found = adapter.complete_proof(request, _site(request), purpose, credential, account)
    except adapter.Copied as error:
        _note_copy(error.authenticator)
        raise _copied() from error
    except adapter.NotProven as error:
        raise _refusal(error) from error
    if realm is not None and found.user.realm != realm:
        raise _wrong_door(found.user.realm)
    return found


def add_passkey(request: HttpRequest, *, name: str, key: NewKey) -> bool:
    """Give the signed-in account a passkey. Returns whether recovery codes were made with it.

    Raises: the library's ReauthenticationRequired when the holder has not just proven themselves.
    """
    from allauth.mfa.webauthn.internal import flows

    with transaction.atomic():
        made, codes = flows.add_authenticator(request, name=cleaned_name(name), credential=key.credential)
        made.data["sign_count"] = key.sign_count
        made.save(update_fields=["data"])
    return codes is not None


def rename_passkey(*, account_id: UUID, passkey_id: int, name: str, actor: Actor) -> None:
    """Call a passkey something else. Raises: PasskeyUnknown."""
    with transaction.atomic():
        row = _get(account_id, passkey_id, lock=True)
        row.data["name"] = cleaned_name(name) or row.data["name"]
        row.save(update_fields=["data"])
        audit.record(actor=actor, action="identity.passkey-renamed", subject=f"passkey:{passkey_id}")


def get_passkey(*, account_id: UUID, passkey_id: int) -> Passkey:
    """One passkey of an account. Raises: PasskeyUnknown."""
    return _view(_get(account_id, passkey_id))


def remove_passkey(request: HttpRequest, *, account: models.Account, passkey_id: int) -> None:
    """Take a passkey away. Raises: PasskeyUnknown; PasskeyRefused for the last second factor of staff;
    the library's ReauthenticationRequired."""
    from allauth.mfa.webauthn.internal import flows

    from tongban.contexts.identity.adapters.second_factor import is_last_factor_of_staff

    row = _get(account.pk, passkey_id)
    if is_last_factor_of_staff(row):
        raise PasskeyRefused(
            Text(zh="工作人员账号至少要留一种第二步验证", en="A staff account keeps at least one second factor"),
            remedy=Text(zh="先添加另一个通行密钥或验证器，再删这个", en="Add another passkey or authenticator first"),
        )
    flows.remove_authenticator(request, row)


def cleaned_name(name: str) -> str:
    """A passkey's name in one line, cut to what a page shows."""
    return " ".join(name.replace("\x00", "").split())[:NAME_LENGTH]


def _asked(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _site(request: HttpRequest) -> rules.Site:
    site = find_passkey_site(request)
    if site is None:
        raise PasskeyRefused(
            Text(zh="这个网址不能用通行密钥", en="Passkeys do not work at this address"),
            remedy=Text(zh="请打开本站的域名再试", en="Open this site by its domain name"),
        )
    return site


def _rows(account_id: UUID) -> Any:
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.WEBAUTHN)


def _get(account_id: UUID, passkey_id: int, *, lock: bool = False) -> Any:
    rows = _rows(account_id).select_for_update() if lock else _rows(account_id)
    row = rows.filter(pk=passkey_id).first()
    if row is None:
        raise PasskeyUnknown(
            Text(zh="这个通行密钥已经不在你的账号里", en="That passkey is no longer in your account"),
            remedy=Text(zh="请刷新账号安全页再看", en="Reload the security page"),
        )
    return row


def _view(row: Any) -> Passkey:
    from tongban.contexts.identity.adapters import passkeys as adapter

    said = adapter.authenticator_data(row)
    return Passkey(row.pk, row.wrap().name, bool(said.flags & said.FLAG.BS), row.created_at, row.last_used_at)


def _note_copy(authenticator: Authenticator) -> None:
    from tongban.contexts.identity.adapters import signals

    account = authenticator.user
    actor = Actor(kind="staff" if account.realm == models.Realm.STAFF else "resident", account_id=account.pk)
    audit.record(actor=actor, action="identity.passkey-copied", subject=f"passkey:{authenticator.pk}")
    signals.tell(account, "passkey-copied", name=authenticator.wrap().name)


def _refusal(error: Exception) -> PasskeyRefused:
    from tongban.contexts.identity.adapters import passkeys as adapter

    if isinstance(error, adapter.Late):
        return PasskeyRefused(
            Text(zh="等得太久，或这一步已经用过", en="That took too long, or was used already"),
            remedy=Text(zh="请再点一次通行密钥", en="Press the passkey button again"),
        )
    return PasskeyRefused(
        Text(zh="没有认出这个通行密钥", en="This passkey was not recognised"),
        remedy=Text(
            zh="它可能已从账号里删除。请换一个，或用密码登录",
            en="It may have been removed from the account. Use another one, or your password",
        ),
    )


def _copied() -> PasskeyRefused:
    return PasskeyRefused(
        Text(zh="这个通行密钥像是被复制过，没有放行", en="This passkey seems to have been copied and was refused"),
        remedy=Text(
            zh="请用密码登录，在账号安全里删掉它，再添加新的",
            en="Sign in with your password, remove it on the security page and add a new one",
        ),
    )


def _wrong_door(realm: str) -> PasskeyRefused:
    if realm == models.Realm.STAFF:
        return PasskeyRefused(
            Text(zh="这是工作人员账号的通行密钥", en="This passkey belongs to a staff account"),
            remedy=Text(zh="请从工作人员入口登录", en="Use the staff sign-in"),
        )
    return PasskeyRefused(
        Text(zh="这是居民账号的通行密钥", en="This passkey belongs to a resident's account"),
        remedy=Text(zh="请从居民入口登录", en="Use the residents' sign-in"),
    )
