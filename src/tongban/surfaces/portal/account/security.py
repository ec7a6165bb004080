"""Password, second factor, recovery codes: by the sign-in library's own flows, on our pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tongban.contexts.identity import api as identity
from tongban.surfaces.portal.account import forms
from tongban.surfaces.portal.account.own_sessions import places_of
from tongban.surfaces.portal.account.preferences import safe_next


class Security(factor_views.IndexView):  # type: ignore[misc]  # allauth is untyped
    """What protects the account."""

    template_name = "portal/account/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        account = self.request.user
        context["password_changed_at"] = account.password_changed_at
        context["passkeys"] = identity.list_passkeys(account.pk)
        context["places"] = places_of(self.request, account.pk)
        facts = identity.find_session(self.request)
        context["this_level"] = facts.authenticator.value if facts else "password"
        context["has_factor"] = bool(context["passkeys"]) or "totp" in context["authenticators"]
        codes = context["authenticators"].get("recovery_codes")
        context["codes_left"] = len(codes.get_unused_codes()) if codes else 0
        context["factor_is_due"] = account.realm == "staff" and not context["has_factor"]
        return context


class ChangePassword(account_views.PasswordChangeView):  # type: ignore[misc]  # allauth is untyped
    """A new password, knowing the present one."""

    template_name = "portal/account/password_change.html"

    def get_form_class(self) -> type[forms.ChangePasswordForm]:
        return forms.ChangePasswordForm

    def form_valid(self, form: forms.ChangePasswordForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("密码已修改，其他设备上的登录都已退出"))
        return response


class PasswordAgain(account_views.ReauthenticateView):  # type: ignore[misc]  # allauth is untyped
    """The password once more, before something that matters."""

    template_name = "portal/account/password_again.html"

    def get_form_class(self) -> type[forms.ReauthenticateForm]:
        return forms.ReauthenticateForm


class FactorAgain(factor_views.ReauthenticateView):  # type: ignore[misc]  # allauth is untyped
    """The second factor once more."""

    template_name = "portal/account/factor_again.html"

    def get_form_class(self) -> type[forms.FactorAgainForm]:
        return forms.FactorAgainForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "demo_code": identity.find_demo_code(self.request.user)}


class EnrolFactor(totp_views.ActivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Setting up an authenticator: scan, type the code."""

    template_name = "portal/account/totp_enrol.html"

    def get_form_class(self) -> type[forms.EnrolFactorForm]:
        return forms.EnrolFactorForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        context["spaced_secret"] = " ".join(secret[index : index + 4] for index in range(0, len(secret), 4))
        context["next"] = safe_next(self.request, "")
        return context

    def get_success_url(self) -> str:
        """The recovery codes come first, and then what the factor was set up for."""
        after, url = safe_next(self.request, ""), str(super().get_success_url())
        return f"{url}?{urlencode({'next': after})}" if after else url

    def form_valid(self, form: forms.EnrolFactorForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("两步验证已开启。请把下面的恢复码抄下来，手机丢了靠它登录"))
        return response


class RemoveFactor(totp_views.DeactivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Turning the second factor off."""

    template_name = "portal/account/totp_remove.html"

    def get_form_class(self) -> type[forms.RemoveFactorForm]:
        return forms.RemoveFactorForm

    def form_valid(self, form: forms.RemoveFactorForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("两步验证已关闭"))
        return response


class RecoveryCodes(code_views.ViewRecoveryCodesView):  # type: ignore[misc]  # allauth is untyped
    """The codes that are left."""

    template_name = "portal/account/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["next"] = safe_next(self.request, "")
        return context


class NewRecoveryCodes(code_views.GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth is untyped
    """New codes in place of all old ones."""

    template_name = "portal/account/recovery_codes_new.html"

    def get_form_class(self) -> type[forms.NewCodesForm]:
        return forms.NewCodesForm


class RecoveryCodesFile(code_views.DownloadRecoveryCodesView):  # type: ignore[misc]  # allauth is untyped
    """The codes as a text file."""

    template_name = "portal/account/recovery_codes.txt"


class ChangeEmail(account_views.EmailView):  # type: ignore[misc]  # allauth is untyped
    """A new address: it replaces the present one when its owner follows the link."""

    template_name = "portal/account/email_change.html"

    def get_form_class(self) -> type[forms.ChangeEmailForm]:
        return forms.ChangeEmailForm

    def form_valid(self, form: forms.ChangeEmailForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("确认邮件已发出，请打开邮件里的链接"))
        return response


class ConfirmEmail(account_views.ConfirmEmailView):  # type: ignore[misc]  # allauth is untyped
    """The link in the confirmation mail."""

    template_name = "portal/account/email_confirm.html"

    def respond(self, success: bool) -> HttpResponse:
        if success:
            messages.success(self.request, _("邮箱已确认"))
        response: HttpResponse = super().respond(success)
        return response
