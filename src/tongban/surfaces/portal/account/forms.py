"""Forms of the account pages: the sign-in library's, with our fields, words and looks."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from uuid import UUID

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.contexts.identity import api as identity

PASSWORD_RULE = _("至少 10 位；不要只用数字，不要带用户名、手机号和城市名，不要用常见密码")
_TEXT_INPUTS = (forms.TextInput, forms.PasswordInput, forms.EmailInput)


class CityForm(forms.Form):
    """Looks of every form here: the city's input class, no placeholders, required fields named as such."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}
    wide: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if isinstance(field.widget, _TEXT_INPUTS):
                field.widget.attrs.pop("placeholder", None)
                field.widget.attrs["class"] = "in" if name in self.wide else "in in-w"
            if not isinstance(field, forms.BooleanField):
                field.error_messages["required"] = _("请填写这一项")
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = _("邮箱写得不对，例如 name@example.com")

    @property
    def problem_count(self) -> int:
        """How many messages the page shows."""
        return sum(len(messages) for messages in self.errors.values())


def say_passwords_differ(form: forms.Form) -> None:
    """Say in our words that the second password is another one."""
    if form.data.get("password2") and form.has_error("password2"):
        del form.errors["password2"]
        form.add_error("password2", _("两次输入的密码不一样"))


class SignInForm(CityForm, account_forms.LoginForm):  # type: ignore[misc]  # allauth is untyped
    """Username, telephone or e-mail, and password; of one realm."""

    realm = "public"
    labels = {"login": _("用户名、手机号或邮箱"), "password": _("密码")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(
            {"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false", "maxlength": "254"}
        )
        self.fields["password"].widget.attrs["maxlength"] = "128"

    def clean_login(self) -> str:
        return str(super().clean_login()).replace("\x00", "")

    def user_credentials(self) -> dict[str, Any]:
        return {**super().user_credentials(), "realm": self.realm}


class StaffSignInForm(SignInForm):
    """The staff realm's."""

    realm = "staff"
    labels = {"login": _("工号或用户名"), "password": _("密码")}


class SignUpForm(CityForm, account_forms.SignupForm):  # type: ignore[misc]  # allauth is untyped
    """A new account. Telephone and e-mail are optional, and never tell whether another account has them."""

    labels = {
        "username": _("用户名"),
        "phone": _("手机号（可不填）"),
        "email": _("邮箱（可不填）"),
        "password1": _("密码"),
        "password2": _("再输一次密码"),
    }
    hints = {
        "username": _("2 到 40 位小写字母、数字、点或横线，字母开头"),
        "phone": _("可以用来登录"),
        "email": _("可以用来登录、收办事进展，忘了密码时找回账号"),
        "password1": PASSWORD_RULE,
    }
    consent = forms.BooleanField(
        label=_("我同意按隐私与授权说明处理登录信息"),
        error_messages={"required": _("同意后才能建账号")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})
        self.order_fields(["username", "password1", "password2", "phone", "email", "consent"])

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        say_passwords_differ(self)
        phone, password = str(self.cleaned_data.get("phone") or ""), str(self.cleaned_data.get("password1") or "")
        if phone and phone in password:
            self.add_error("password1", _("密码里不要有手机号：最先被人试"))
        return cleaned

    def _clean_phone(self) -> None:
        """A number that nobody has confirmed belongs to nobody: there is nothing to compare it with."""


class ReauthenticateForm(CityForm, account_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The password once more."""

    labels = {"password": _("密码")}


class NewPassword(CityForm):
    """A new password, twice."""

    labels = {"oldpassword": _("现在的密码"), "password1": _("新密码"), "password2": _("再输一次新密码")}
    hints = {"password1": PASSWORD_RULE}

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        say_passwords_differ(self)
        return cleaned


class ChangePasswordForm(NewPassword, account_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The present password and a new one."""

    def clean_oldpassword(self) -> str:
        count_a_guess("present-password", self.user.pk)
        password = str(super().clean_oldpassword())
        identity.limits.forgive("present-password", subject=str(self.user.pk))
        return password


class ResetPasswordForm(CityForm, account_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    """Where to send the link."""

    labels = {"email": _("账号里的邮箱")}


class ResetPasswordKeyForm(NewPassword, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth is untyped
    """A new password, by the link."""


class ChangeEmailForm(CityForm, account_forms.AddEmailForm):  # type: ignore[misc]  # allauth is untyped
    """A new address, to be confirmed."""

    labels = {"email": _("新邮箱")}


def count_a_guess(action: str, account_id: UUID) -> None:
    """Count a guess at an account's secret before it is looked at. Raises: ValidationError when there were too many."""
    standing = identity.limits.attempt(action, subject=str(account_id))
    if not standing.is_allowed:
        minutes = identity.limits.minutes_left(standing)
        raise forms.ValidationError(
            _("试错次数太多，%(minutes)d 分钟后再试"), params={"minutes": minutes}, code="too_many_attempts"
        )


class CodeForm(CityForm):
    """A code of six digits from the authenticator, or a recovery code."""

    labels = {"code": _("验证码")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("code"):
            field.widget.attrs.update(
                {"maxlength": "20", "autocomplete": "one-time-code", "inputmode": "numeric", "class": "in in-s"}
            )


class DemoCode:
    """Takes the published authenticator's codes for demo accounts, and refuses such accounts in production."""

    user: Any
    authenticator: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        if identity.is_demo_account_in_production(self.user):
            raise forms.ValidationError(_("演示账号不能用于正式环境，请找管理员重置"), code="demo_account")
        code = str(self.cleaned_data["code"])
        if (shown := identity.accept_demo_code(self.user, code)) is not None:
            self.authenticator = shown
            return code
        return str(super().clean_code())  # type: ignore[misc]  # the library's form comes next


class CountedCode(CodeForm, factor_forms.BaseAuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """Guesses at codes are counted for the account; a right code is good once, by whichever form it comes."""

    def clean_code(self) -> str:
        count_a_guess("second-factor", self.user.pk)
        code = str(super().clean_code())
        digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", code))
        shown = f"{self.user.pk}:{digits}"
        if not identity.limits.claim_once("second-factor-code", shown, kept=identity.limits.CODE_KEPT):
            raise forms.ValidationError(_("验证码不对，或已经用过。请等下一个验证码再试"), code="incorrect_code")
        identity.limits.forgive("second-factor", subject=str(self.user.pk))
        return code


class FactorForm(DemoCode, CountedCode, factor_forms.AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The second factor at sign-in."""

    hints = {"code": _("打开手机上的验证器，输入 6 位数字；手机不在身边，输入一个 8 位恢复码")}


class FactorAgainForm(DemoCode, CountedCode, factor_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The second factor once more."""

    hints = FactorForm.hints


class EnrolFactorForm(CodeForm, ActivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    """Proof that the authenticator was set up."""

    labels = {"code": _("验证器显示的 6 位数字")}


class RemoveFactorForm(CityForm, DeactivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    """Turning the second factor off."""


class NewCodesForm(CityForm, GenerateRecoveryCodesForm):  # type: ignore[misc]  # allauth is untyped
    """New recovery codes."""


class PhoneForm(CityForm):
    """The telephone number of the account."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    hints = {"phone": _("留空就是不用手机号登录")}
