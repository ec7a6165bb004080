"""What a browser answers when asked for a passkey. The answer comes in one hidden field, filled by passkey.js."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal import flows
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.contexts.identity import api as identity
from tongban.surfaces.portal.account.forms import CityForm

ANSWER_LENGTH = 20_000
"""Longer than any authenticator's answer: a key of the largest kind with its attestation."""


class Answer(CityForm):
    """The field that the answer comes in."""

    credential = forms.CharField(
        max_length=ANSWER_LENGTH,
        widget=forms.HiddenInput,
        error_messages={"max_length": _("没有收到通行密钥的答复，请再试一次")},
    )

    def __init__(self, *args: Any, request: HttpRequest, account: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.account = request, account
        self.fields["credential"].error_messages["required"] = _("没有收到通行密钥的答复，请再试一次")

    @property
    def first_problem(self) -> str:
        """What to tell: there is one thing that can be wrong."""
        return str(next(iter(self.errors.values()))[0])

    def clean_credential(self) -> Any:
        try:
            return self.checked(_read(self.cleaned_data["credential"]))
        except identity.PasskeyRefused as error:
            raise forms.ValidationError(said(error), code=error.code) from error

    def checked(self, credential: object) -> Any:
        """What the answer proves. Raises: PasskeyRefused."""
        raise NotImplementedError


class SignInAnswer(Answer):
    """Signing in with whichever key the browser has, at one door."""

    realm = "public"

    def checked(self, credential: object) -> Any:
        return identity.check_passkey(self.request, "sign-in", credential, realm=self.realm)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign the key's owner in; called by the library's view."""
        found = self.cleaned_data["credential"]
        login = Login(user=found.user, redirect_url=redirect_url)
        response: HttpResponse = flows.perform_passwordless_login(request, found, login)
        return response


class StaffSignInAnswer(SignInAnswer):
    """At the staff's door."""

    realm = "staff"


class FactorAnswer(Answer):
    """The second factor, after the password."""

    def checked(self, credential: object) -> Any:
        return identity.check_passkey(self.request, "factor", credential, account=self.account)

    def save(self) -> None:
        """Note the factor; called by the library's view."""
        post_authentication(context.request, self.cleaned_data["credential"])


class AgainAnswer(Answer):
    """Proving oneself once more."""

    def checked(self, credential: object) -> Any:
        return identity.check_passkey(self.request, "again", credential, account=self.account)


class EnrolAnswer(Answer):
    """A fresh key, and what its owner calls it."""

    name = forms.CharField(max_length=40, required=False)
    labels = {"name": _("给它起个名字")}
    hints = {"name": _("以后好认，比如“我的手机”")}

    def checked(self, credential: object) -> Any:
        return identity.check_new_passkey(self.request, credential)


class RemovePasskey(CityForm):
    """Nothing to fill in: the button is the answer."""


class PasskeyName(CityForm):
    """A passkey's name."""

    name = forms.CharField(max_length=40)
    labels = {"name": _("名字")}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise forms.ValidationError(_("请填写这一项"), code="required")
        return name


def said(error: identity.PasskeyRefused) -> str:
    """A refusal and what to do, in the reader's language."""
    language = get_language() or "zh-hans"
    stop = ". " if language.startswith("en") else "。"
    return stop.join(filter(None, (error.message.in_language(language), error.remedy.in_language(language))))


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
