"""A sign-in that another device of the same person has allowed, through the sign-in library's own flow."""

from __future__ import annotations

from datetime import datetime

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.mfa.internal.constants import LoginStageKey
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tongban.contexts.identity.domain.levels import AuthenticatorLevel
from tongban.contexts.identity.models import Account


def sign_in(
    request: HttpRequest, account: Account, *, level: AuthenticatorLevel, proven_at: datetime, next_url: str
) -> HttpResponseBase:
    """Open a session worth ``level``, proven when the other device proved it: what asks for a fresh proof still does.

    The second factor is taken as shown only when the other device has shown one. Whoever was signed in is signed out.
    """
    if request.user.is_authenticated:
        logout(request)
    clear_login(request)
    stages = {}
    if level is not AuthenticatorLevel.PASSWORD:
        stages[LoginStageKey.MFA_AUTHENTICATE.value] = {"handled": True}
    record_authentication(request, account, method="device", type=level.value, at=proven_at.timestamp())
    request.session.set_expiry(0)
    response: HttpResponseBase = perform_login(
        request, Login(user=account, redirect_url=next_url or None, state={"stages": stages})
    )
    return response
