"""Signing in and up, by the sign-in library's own flows; the second factor; signing out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.account.mixins import RedirectAuthenticatedUserMixin
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.generic.base import View

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import ANONYMOUS, account_holder, actor_of, public, say_who_acts
from tongban.kernel.ids import new_token
from tongban.surfaces.portal.account import forms
from tongban.surfaces.portal.account.preferences import put_preference_cookies, safe_next

_DEVICE_AGE = 365 * 24 * 3600
_AT_THE_DOOR = "people prove who they are here, so they cannot be known yet"

StrOrPromise = str | Promise
Page = Callable[..., HttpResponseBase]


def at_the_door(view: type[View], **options: Any) -> Page:
    """A page for people who are not known yet. Each statement commits by itself: attempts always count."""
    return transaction.non_atomic_requests(public(_AT_THE_DOOR)(never_cache(view.as_view(**options))))


def for_account(view: type[View], **options: Any) -> Page:
    """A page about the visitor's own account. What matters asks for the password again, and then goes on."""
    shown = view.as_view(**options)

    @wraps(shown)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return shown(request, *args, **kwargs)
        except ReauthenticationRequired:
            methods = get_adapter().get_reauthentication_methods(request.user)
            response: HttpResponseBase = reauthentication.suspend_request(request, methods[0]["url"])
            return response

    return account_holder(never_cache(page))


class Limited:
    """A form that one network may send only so often: what it does costs mail, or makes accounts."""

    limit: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            standing = identity.limits.admit(request, self.limit)
            if not standing.is_allowed:
                return too_often(request, standing)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a mixin
        return response


class Greeting:
    """Remembers the browser that signed in, and shows pages as its owner likes them."""

    request: HttpRequest
    is_told = False

    def greet(self, response: HttpResponse) -> HttpResponse:
        """Cookies of a fresh session; nothing when no session was opened, or on a machine that everybody uses."""
        account = self.request.user
        if not account.is_authenticated or identity.idle_seconds(self.request):
            return response
        token = self.request.COOKIES.get(identity.limits.DEVICE_COOKIE) or new_token(18)
        facts = identity.find_session(self.request)
        identity.note_device(
            account_id=account.pk,
            token=token,
            description=describe_browser(self.request),
            session_id=facts.id if facts else None,
            is_told=self.is_told,
        )
        response.delete_cookie(identity.END_COOKIE, samesite="Lax")
        response.set_cookie(
            identity.limits.DEVICE_COOKIE,
            token,
            max_age=_DEVICE_AGE,
            httponly=True,
            samesite="Lax",
            secure=self.request.is_secure(),
        )
        put_preference_cookies(response, account_language=account.language, account_mode=account.mode)
        return response


class SignIn(Greeting, account_views.LoginView):  # type: ignore[misc]  # allauth is untyped
    """The residents' door."""

    template_name = "portal/account/sign_in.html"
    form_class = forms.SignInForm
    other_kind = "staff"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Somebody signed in at the other door may change doors: the form is shown, and sending it signs them out."""
        response: HttpResponseBase
        if actor_of(request).kind == self.other_kind:
            if request.method != "POST":
                response = super(RedirectAuthenticatedUserMixin, self).dispatch(request, *args, **kwargs)
                return response
            logout(request)
            say_who_acts(request, lambda: ANONYMOUS)
        response = super().dispatch(request, *args, **kwargs)
        return response

    def get_form_class(self) -> type[forms.SignInForm]:
        return self.form_class

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "login": self.request.GET.get("login", "")[:254]}

    def form_valid(self, form: forms.SignInForm) -> HttpResponse:
        return self.greet(super().form_valid(form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["other_door"] = actor_of(self.request).kind == self.other_kind
        context["lost"] = identity.session_end_to_tell(self.request)
        context["next"] = self.get_next_url() or ""
        context["passkey"] = passkey_offer(self.request)
        context["demo_sign_ins"] = [one for one in identity.list_demo_sign_ins() if one.kind == "resident"]
        return context


class StaffSignIn(SignIn):
    """The staff's door."""

    template_name = "portal/account/staff_sign_in.html"
    form_class = forms.StaffSignInForm
    other_kind = "resident"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["demo_sign_ins"] = [one for one in identity.list_demo_sign_ins() if one.kind == "staff"]
        context["demo_code"] = identity.current_demo_code()
        return context


class SignUp(Limited, Greeting, account_views.SignupView):  # type: ignore[misc]  # allauth is untyped
    """A new account; the real name comes next."""

    template_name = "portal/account/sign_up.html"
    limit = "sign-up"

    def get_form_class(self) -> type[forms.SignUpForm]:
        return forms.SignUpForm

    def form_valid(self, form: forms.SignUpForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
        return self.greet(response)

    def get_success_url(self) -> str:
        return str(self.passthrough_next_url("/account/real-name/"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["next"] = self.get_next_url() or ""
        return context


class SignOut(account_views.LogoutView):  # type: ignore[misc]  # allauth is untyped
    """Asks once, then ends the session."""

    template_name = "portal/account/sign_out.html"


class ResetPassword(Limited, account_views.PasswordResetView):  # type: ignore[misc]  # allauth is untyped
    """Sends a link, or seems to."""

    template_name = "portal/account/password_reset.html"
    limit = "password-mail"

    def get_form_class(self) -> type[forms.ResetPasswordForm]:
        return forms.ResetPasswordForm

    def form_valid(self, form: forms.ResetPasswordForm) -> HttpResponse:
        """One address gets few mails, known or not; whoever asks for more sees the same page."""
        address = form.cleaned_data["email"].lower()
        standing = identity.limits.attempt("password-mail-to", subject=address, budgets=identity.limits.MAILS_TO_ONE)
        if not standing.is_allowed:
            return too_often(self.request, standing)
        response: HttpResponse = super().form_valid(form)
        return response


class ResetPasswordByLink(Limited, account_views.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth is untyped
    """A new password, by the link."""

    template_name = "portal/account/password_reset_by_link.html"
    limit = "password-link"

    def get_form_class(self) -> type[forms.ResetPasswordKeyForm]:
        return forms.ResetPasswordKeyForm


def too_often(request: HttpRequest, standing: identity.limits.Standing) -> HttpResponse:
    """The page of a limit that is reached, saying when to come back."""
    return render(request, "429.html", {"minutes": identity.limits.minutes_left(standing)}, status=429)


def words(title: StrOrPromise, lead: StrOrPromise, button: StrOrPromise, address: str = "/sign-in/") -> Page:
    """A page that only says something, in the language of the visitor."""

    @public("says what happened to somebody who is not signed in; holds no data")
    @never_cache
    def page(request: HttpRequest, **_parts: str) -> HttpResponse:
        context = {"title": title, "lead": lead, "button": button, "address": address}
        return render(request, "portal/account/words.html", context)

    return page


@account_holder
@never_cache
def staff_home(request: HttpRequest) -> HttpResponse:
    """Where a member of staff works, by role; residents go to their own space."""
    return HttpResponseRedirect(identity.home_of(actor_of(request)))


@public("says that a session has ended; holds no data")
@never_cache
def session_expired(request: HttpRequest) -> HttpResponse:
    """What an ended session means, and how to go on."""
    is_staff = actor_of(request).kind == "staff" or request.GET.get("realm") == "staff"
    return render(request, "portal/account/session_expired.html", {"is_staff": is_staff})


def passkey_offer(request: HttpRequest) -> dict[str, Any]:
    """Whether passkeys work at this address, and where else the same page is; for ``_passkey.html``."""
    works = identity.find_passkey_site(request) is not None
    elsewhere = "" if works else identity.find_passkey_address(request)
    back = safe_next(request, "")
    query = f"?{urlencode({'next': back})}" if back else ""
    return {"works": works, "elsewhere": elsewhere, "link": f"{elsewhere}{request.path}{query}"}


def describe_browser(request: HttpRequest) -> str:
    """A browser and its system as people call them, from the user agent."""
    agent = request.headers.get("User-Agent", "")
    names = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), *((name, name) for name in ("Firefox", "Chrome", "Safari")))
    systems = (
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in names if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part) or "—"
