"""How the sign-in library (django-allauth) works with our accounts: realms, telephone numbers, limits, words."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongban.contexts.identity.api import passkeys, sessions
from tongban.contexts.identity.domain import contact
from tongban.contexts.identity.domain.levels import AuthenticatorLevel
from tongban.contexts.identity.http import actor_from
from tongban.contexts.identity.models import Account, Realm, phone_hash_of
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.runtime import settings

CANDIDATES = 3
"""How many accounts of one unconfirmed address are tried: a bound on what one request can cost."""
_AGAIN_BY_PASSKEY = "mfa_reauthenticate:webauthn"
_AGAIN = {
    "reauthenticate": _("用密码"),
    "mfa_reauthenticate": _("用验证码"),
    _AGAIN_BY_PASSKEY: _("用通行密钥"),
}


class PhoneField(forms.CharField):
    """A mainland mobile number, in any usual way of typing it."""

    default_error_messages = {"mobile": _("手机号是 11 位数字，以 1 开头")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("手机号"))
        widget = forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "maxlength": "20"})
        super().__init__(max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        text = contact.normalise_phone(str(super().clean(value) or ""))
        if text and not contact.is_mobile(text):
            raise forms.ValidationError(self.error_messages["mobile"], code="mobile")
        return text


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """Checks a password within one realm. A request costs at most three password checks, and always at least one."""

    _realm: str | None = None

    def authenticate(self, request: HttpRequest | None, realm: str | None = None, **credentials: Any) -> Account | None:
        self._realm = realm
        found: Account | None = super().authenticate(request, **credentials)
        return found

    def get_user(self, user_id: Any) -> Account | None:
        row = Account.objects.select_related("person", "staff__organisation").filter(pk=user_id).first()
        return row if row is not None and self.user_can_authenticate(row) else None

    def _check_password(self, user: Account | None, password: str) -> Account | None:
        if user is not None and self._realm is not None and user.realm != self._realm:
            return None
        found: Account | None = super()._check_password(user, password)
        return found

    def _authenticate_by_phone(self, phone: str, password: str) -> Account | None:
        return self._first_match(accounts_by_phone(phone), password)

    def _authenticate_by_email(self, email: str, password: str) -> Account | None:
        return self._first_match(accounts_by_email(email), password) if email else None

    def _first_match(self, candidates: list[Account], password: str) -> Account | None:
        return next((account for account in candidates if self._check_password(account, password)), None)


def accounts_by_phone(phone: str) -> list[Account]:
    """Accounts that state a number, the confirmed one first."""
    number = contact.normalise_phone(phone)
    if not contact.is_mobile(number):
        return []
    rows = Account.objects.filter(phone_hash=phone_hash_of(number)).order_by("-is_phone_verified", "joined_at")
    return list(rows[:CANDIDATES])


def accounts_by_email(email: str) -> list[Account]:
    """Accounts that state an address: whoever confirmed it, else the earliest that state it."""
    from allauth.account.models import EmailAddress

    rows = EmailAddress.objects.filter(email=email.lower()).select_related("user").order_by("-verified", "pk")
    addresses = list(rows[:CANDIDATES])
    confirmed = [address for address in addresses if address.verified]
    return [address.user for address in confirmed or addresses]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Our accounts, our limits, our words."""

    _wrong = _("账号或密码不对")
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("这个账号已停用，请打 12345"),
        "email_password_mismatch": _wrong,
        "phone_password_mismatch": _wrong,
        "username_password_mismatch": _wrong,
        "invalid_login": _wrong,
        "incorrect_password": _("密码不对"),
        "enter_current_password": _("现在的密码不对"),
        "incorrect_code": _("验证码不对，或已经用过。请等下一个验证码再试"),
        "too_many_login_attempts": _("试错次数太多，请过 5 分钟再试，或找回密码"),
        "rate_limited": _("操作太频繁，请稍等一会儿再试"),
        "invalid_password_reset": _("这个链接已失效，请重新找回密码"),
        "username_taken": _("这个用户名已有人用，请换一个"),
        "username_blacklisted": _("这个用户名不能用，请换一个"),
        "email_taken": _("这个邮箱不能用，请换一个"),
        "duplicate_email": _("这个邮箱已经在你的账号里"),
        "max_email_addresses": _("最多只能有 %d 个邮箱"),
        "cannot_remove_primary_email": _("主邮箱不能删除"),
        "invalid_or_expired_key": _("链接已失效"),
    }

    def new_user(self, request: HttpRequest) -> Account:
        return Account(realm=Realm.PUBLIC, joined_at=utc_now())

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        saved: Account = super().save_user(request, user, form, commit=False)
        saved.set_phone(form.cleaned_data.get("phone") or None, verified=False)
        saved.password_changed_at = utc_now()
        if commit:
            saved.save()
        return saved

    def clean_username(self, username: str, shallow: bool = False) -> str:
        name = contact.normalise_username(username)
        if not contact.is_username(name):
            raise forms.ValidationError(_("用 2 到 40 位小写字母、数字、点或横线，字母开头"), code="username")
        cleaned: str = super().clean_username(name, shallow)
        return cleaned

    def set_password(self, user: Account, password: str) -> None:
        user.password_changed_at = utc_now()
        super().set_password(user, password)
        actor = Actor(kind="system", account_id=user.pk)
        audit.record(actor=actor, action="identity.password-changed", subject=f"account:{user.pk}")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Ways to prove oneself again, in our words; a session that a passkey opened is asked for it first."""
        methods = [
            {**method, "description": _AGAIN[method["id"]]} for method in super().get_reauthentication_methods(user)
        ]
        by_passkey = [method for method in methods if method["id"] == _AGAIN_BY_PASSKEY]
        others = [method for method in methods if method["id"] != _AGAIN_BY_PASSKEY]
        if passkeys.find_passkey_site(self.request) is None:
            return others
        facts = sessions.find_session(self.request)
        opened_by_passkey = facts is not None and facts.authenticator is AuthenticatorLevel.PASSKEY
        return [*by_passkey, *others] if opened_by_passkey else [*others, *by_passkey]

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        kwargs.pop("label", None)
        return PhoneField(**kwargs)

    def get_phone(self, user: Account) -> tuple[str, bool] | None:
        return (user.phone, user.is_phone_verified) if user.phone else None

    def set_phone(self, user: Account, phone: str, verified: bool) -> None:
        user.set_phone(phone, verified=verified)

    def set_phone_verified(self, user: Account, phone: str) -> None:
        user.set_phone(phone, verified=True)
        user.save(update_fields=["phone", "phone_hash", "is_phone_verified"])

    def get_user_by_phone(self, phone: str) -> Account | None:
        return next((account for account in accounts_by_phone(phone) if account.is_phone_verified), None)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for an account, whether it is tried by username, telephone or e-mail."""
        typed = str(credentials.get("username") or credentials.get("email") or credentials.get("phone") or "")
        by_name = Account.objects.filter(username=contact.normalise_username(typed)).first()
        found = by_name or next(iter([*accounts_by_phone(typed), *accounts_by_email(typed)]), None)
        return f"account:{found.pk}" if found else f"typed:{typed.lower()}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        key = self._get_login_attempts_cache_key(request, **credentials)
        if key.startswith("account:"):
            audit.record(actor=Actor(kind="anonymous"), action="identity.sign-in-failed", subject=key)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return sessions.home_of(actor_from(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("real_name")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("my_profile") if self.request.user.is_authenticated else reverse("account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.current().web_url + path.replace("UID-KEY", quote(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return settings.current().web_url + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        signup_url = settings.current().web_url + reverse("account_signup")
        super().send_mail(template_prefix, email, {**context, "signup_url": signup_url})

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's own flash messages are left out: our pages say what happened."""

    def is_ajax(self, request: HttpRequest) -> bool:
        """Forms answer with pages, whatever a client claims to be."""
        return False
