"""The second factor: secrets encrypted at rest, enrolment without a page (for the command line)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils.translation import gettext_lazy as _

from tongban.contexts.identity.api import passkeys
from tongban.contexts.identity.models import Account, Realm
from tongban.infra.fields import decrypt, encrypt

ISSUER = "云州市一网通办"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Our encryption, our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不对，或已经用过。请等下一个验证码再试"),
        "cannot_delete_authenticator": _("工作人员账号必须开着两步验证，不能关闭"),
        "cannot_generate_recovery_codes": _("先开启两步验证，才有恢复码"),
        "unverified_email": _("先确认邮箱，再开启两步验证"),
        "add_email_blocked": _("开着两步验证时不能添加邮箱"),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return ISSUER

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not is_last_factor_of_staff(authenticator)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        site = passkeys.find_passkey_site(context.request)
        assert site is not None  # the door refuses before it asks the library
        return {"id": site.rp_id, "name": ISSUER}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """What the browser's list of passkeys says, so that an owner of two accounts can tell them apart."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        holder = getattr(user, "staff", None) or getattr(user, "person", None)
        shown = f"{holder.name} · {user.username}" if holder else user.username
        return {**entity, "name": user.username, "display_name": shown}


def enrol_totp(account: Account) -> tuple[str, str]:
    """Give an account an authenticator and recovery codes. Returns the secret and its ``otpauth`` address."""
    secret: str = generate_totp_secret()
    TOTP.activate(account, secret)
    RecoveryCodes.activate(account)
    parameters = urlencode({"secret": secret, "issuer": ISSUER}, quote_via=quote)
    return secret, f"otpauth://totp/{quote(account.username)}?{parameters}"


def is_last_factor_of_staff(authenticator: Authenticator) -> bool:
    """Whether a member of staff would be left without a second factor if this one went."""
    if authenticator.user.realm != Realm.STAFF:
        return False
    others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
    return not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def remove_second_factor(account: Account) -> None:
    """Take authenticators and recovery codes away."""
    Authenticator.objects.filter(user=account).delete()


def has_second_factor(account: Account) -> bool:
    """Whether an authenticator is enrolled."""
    return bool(Authenticator.objects.filter(user=account).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
