"""How the sign-in library (django-allauth) works with our accounts: realms, telephone numbers, limits, words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tongban.contexts.identity.adapters import guard
from tongban.contexts.identity.adapters.lookup import find_account, find_account_by_confirmed_phone
from tongban.contexts.identity.api import limits, passkeys, sessions
from tongban.contexts.identity.domain import contact
from tongban.contexts.identity.domain.levels import AuthenticatorLevel
from tongban.contexts.identity.domain.limits import CONFIRMATIONS_TO_ONE, minutes_until
from tongban.contexts.identity.http import actor_from
from tongban.contexts.identity.models import Account, Realm
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.runtime import settings

_AGAIN_BY_PASSKEY = "mfa_reauthenticate:webauthn"
_AGAIN = {
    "reauthenticate": _("用密码"),
    "mfa_reauthenticate": _("用验证码"),
    _AGAIN_BY_PASSKEY: _("用通行密钥"),
}
_REFUSED = {guard.Ruling.LOCKED: "sign_in_locked", guard.Ruling.NETWORK_LIMITED: "network_limited"}


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
    """Checks a password within one realm, at the cost of one slow hash, whatever was typed."""

    _realm: str | None = None

    def authenticate(self, request: HttpRequest | None, realm: str | None = None, **credentials: Any) -> Account | None:
        self._realm = realm
        found: Account | None = super().authenticate(request, **credentials)
        return found

    def get_user(self, user_id: Any) -> Account | None:
        row = Account.objects.select_related("person", "staff__organisation").filter(pk=user_id).first()
        return row if row is not None and self.user_can_authenticate(row) else None

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Account | None:
        return self._check_password(find_account(typed_name(credentials)), credentials["password"])

    def _check_password(self, user: Account | None, password: str) -> Account | None:
        if user is not None and self._realm is not None and user.realm != self._realm:
            return None
        found: Account | None = super()._check_password(user, password)
        return found


def typed_name(credentials: Mapping[str, Any]) -> str:
    """What somebody typed to say who they are: the library passes one text under several names."""
    return str(credentials.get("username") or credentials.get("email") or credentials.get("phone") or "")


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
        "sign_in_locked": _(
            "试错次数太多，%(minutes)d 分钟后才能再用密码登录。急用可以找回密码、用通行密钥，或带身份证到政务大厅"
        ),
        "network_limited": _(
            "这个网络里试错的账号太多，%(minutes)d 分钟后再试。你平时用的手机和电脑不受影响，也可以用通行密钥登录"
        ),
        "too_many_login_attempts": _("试错次数太多，请稍后再试"),
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
        return find_account_by_confirmed_phone(phone)

    _try: guard.SignInTry | None = None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Look at a password if the guard lets it be looked at. What it counted is committed before."""
        self._try = this = guard.begin(request, typed_name(credentials))
        if this.ruling in _REFUSED:
            raise self._refusal(this)
        if this.ruling is guard.Ruling.ANSWER_AS_WRONG:
            make_password(str(credentials.get("password")))
            self.authentication_failed(request, **credentials)
            return None
        found: Account | None = super().authenticate(request, **credentials)
        if found is not None:
            guard.succeed(this, found)
        return found

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The library's own counting is not used."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if self._try is not None:
            guard.fail(self._try)

    def validation_error(self, code: str, *args: Any) -> forms.ValidationError:
        """Beside a wrong password stands how many tries are left, the same for known and unknown names."""
        if code.endswith("_password_mismatch") and self._try is not None:
            return forms.ValidationError(_wrong_with(self._try), code=code)
        error: forms.ValidationError = super().validation_error(code, *args)
        return error

    def _refusal(self, this: guard.SignInTry) -> forms.ValidationError:
        code = _REFUSED[this.ruling]
        until = this.standing.until or utc_now()
        words = self.error_messages[code] % {"minutes": minutes_until(until, utc_now())}
        return forms.ValidationError(words, code=code)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """A password was set by a mailed link: its holder may use it at once."""
        account = find_account(typed_name(credentials))
        if account is not None:
            limits.forgive_account(account.pk)

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.address_of(request)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = str(emailconfirmation.email_address.email).lower()
        if limits.attempt("confirmation-mail", subject=address, budgets=CONFIRMATIONS_TO_ONE).is_allowed:
            super().send_confirmation_mail(request, emailconfirmation, signup)

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


def _wrong_with(this: guard.SignInTry) -> str:
    left = this.standing.left
    if left > 0:
        return ngettext(
            "账号或密码不对，还可以试 %(left)d 次。密码没记错的话，可能是刚才有人连着试错，过 5 分钟再试",
            "账号或密码不对，还可以试 %(left)d 次。密码没记错的话，可能是刚才有人连着试错，过 5 分钟再试",
            left,
        ) % {"left": left}
    minutes = minutes_until(this.standing.until or utc_now(), utc_now())
    return _("账号或密码不对。试错次数用完了，%(minutes)d 分钟后再试，或找回密码") % {"minutes": minutes}
