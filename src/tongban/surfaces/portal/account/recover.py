"""Getting an account back: every way in plain words, and the slip from the window."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import public
from tongban.surfaces.portal.account.forms import PASSWORD_RULE, CityForm
from tongban.surfaces.portal.account.real_name import HALLS_SHOWN

SLIP_KEY = "identity.recovery_slip"
_LOST = "people who cannot sign in begin here"


class SlipForm(CityForm):
    """Who it is, and the code on the slip."""

    login = forms.CharField(
        label=gettext_lazy("用户名或证件号码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=gettext_lazy("找回单上的码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    hints = {"code": gettext_lazy("10 位字母和数字，中间的横线可以不输")}


class FreshPasswordForm(CityForm):
    """A password that only its holder has seen."""

    password1 = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("再输一次新密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    hints = {"password1": PASSWORD_RULE}

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or {}
        if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
            self.add_error("password2", _("两次输入的密码不一样"))
        return cleaned


@public(_LOST)
@require_GET
def lost(request: HttpRequest) -> HttpResponse:
    """Every way to get an account back, and the halls where a window helps."""
    return render(request, "portal/account/lost.html", {"halls": halls.list_halls()[:HALLS_SHOWN]})


@transaction.non_atomic_requests
@public(_LOST)
@never_cache
@sensitive_post_parameters("login", "code")
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Take a name and a code. A wrong name and a wrong code get the same answer; every try counts."""
    form = SlipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login = form.cleaned_data["login"]
        if not identity.may_try_slip(request, login=login):
            form.add_error(None, _("试的次数太多了，请过 5 分钟再试"))
            return render(request, "portal/account/recover.html", {"form": form}, status=429)
        slip_id = identity.find_slip(login=login, code=form.cleaned_data["code"])
        if slip_id is not None:
            request.session.cycle_key()
            request.session[SLIP_KEY] = str(slip_id)
            return HttpResponseRedirect("/account/recover/password/")
        form.add_error(None, _("没有对上：请核对用户名或证件号码，以及找回单上的码；找回单 30 分钟内有效，只能用一次"))
    return render(request, "portal/account/recover.html", {"form": form})


@transaction.non_atomic_requests
@public(_LOST)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Set the new password, with the slip that this browser has just shown."""
    kept = request.session.get(SLIP_KEY)
    if kept is None or not identity.slip_is_open(UUID(kept)):
        request.session.pop(SLIP_KEY, None)
        return render(request, "portal/account/recover_password.html", {"is_spent": True, "form": None})
    form = FreshPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            identity.use_slip(slip_id=UUID(kept), password=form.cleaned_data["password1"])
        except identity.PasswordRefused as error:
            for reason in error.reasons:
                form.add_error("password1", reason)
        except identity.SlipSpent:
            return render(request, "portal/account/recover_password.html", {"is_spent": True, "form": None})
        else:
            request.session.flush()
            return HttpResponseRedirect("/account/recover/done/")
    return render(request, "portal/account/recover_password.html", {"form": form})
