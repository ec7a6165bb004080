"""Passkeys on pages: signing in, proving oneself, adding, naming and removing them.

A page's address also answers a script that asks for JSON, with what the browser is to sign: always fresh.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.mfa.webauthn.internal import flows
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic.edit import FormView

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import account_holder, actor_of
from tongban.infra.problems import wants_json
from tongban.surfaces.portal.account import passkey_forms, sign_in

_must_prove = method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
SECURITY = "/my/security/"


class PasskeySignIn(sign_in.SignIn):
    """Signing in at the residents' door without a name or a password."""

    door = "/sign-in/"
    answer_class: type[passkey_forms.SignInAnswer] = passkey_forms.SignInAnswer

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_json(request):
            return JsonResponse(identity.begin_passkey_proof(request, "sign-in"))
        return HttpResponseRedirect(self.door)

    def get_form_class(self) -> Any:
        return self.answer_class

    def form_invalid(self, form: passkey_forms.SignInAnswer) -> HttpResponse:
        messages.error(self.request, form.first_problem)
        wanted = self.get_next_url()
        return HttpResponseRedirect(self.door + (f"?{urlencode({'next': wanted})}" if wanted else ""))


class StaffPasskeySignIn(PasskeySignIn):
    """At the staff's door."""

    door = "/staff/sign-in/"
    other_kind = "resident"
    answer_class = passkey_forms.StaffSignInAnswer


class PasskeyAgain(account_views.BaseReauthenticateView):  # type: ignore[misc]  # allauth is untyped
    """A passkey once more, before something that matters."""

    template_name = "portal/account/passkey_again.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_json(request):
            return JsonResponse(identity.begin_passkey_proof(request, "again", request.user))  # type: ignore[arg-type]
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_form(self, form_class: Any = None) -> passkey_forms.AgainAnswer:
        sent = self.request.POST if self.request.method == "POST" else None
        return passkey_forms.AgainAnswer(sent, request=self.request, account=self.request.user)

    def form_valid(self, form: passkey_forms.AgainAnswer) -> HttpResponse:
        flows.reauthenticate(self.request, form.cleaned_data["credential"])
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: passkey_forms.AgainAnswer) -> HttpResponse:
        messages.error(self.request, form.first_problem)
        return HttpResponseRedirect(self.passthrough_next_url(self.request.path))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "next": self.get_next_url() or "", "passkey": sign_in.passkey_offer(self.request)}


@_must_prove
class AddPasskey(FormView):  # type: ignore[type-arg]  # generic for the checker only
    """A new passkey, and its name."""

    template_name = "portal/account/passkey_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_json(request):
            return JsonResponse(identity.begin_passkey_enrolment(request, request.user))  # type: ignore[arg-type]
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> passkey_forms.EnrolAnswer:
        sent = self.request.POST if self.request.method == "POST" else None
        initial = {"name": sign_in.describe_browser(self.request)}
        return passkey_forms.EnrolAnswer(sent, request=self.request, initial=initial)

    def form_valid(self, form: passkey_forms.EnrolAnswer) -> HttpResponse:
        name = form.cleaned_data["name"] or sign_in.describe_browser(self.request)
        made_codes = identity.add_passkey(self.request, name=name, key=form.cleaned_data["credential"])
        if made_codes:
            messages.success(self.request, _("通行密钥已添加。请把下面的恢复码抄下来，设备丢了靠它登录"))
            return HttpResponseRedirect("/my/security/codes/")
        messages.success(self.request, _("通行密钥已添加，下次可以直接用它登录"))
        return HttpResponseRedirect(SECURITY)

    def form_invalid(self, form: passkey_forms.EnrolAnswer) -> HttpResponse:
        messages.error(self.request, form.first_problem)
        return HttpResponseRedirect(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "passkey": sign_in.passkey_offer(self.request)}


@account_holder
@never_cache
@require_http_methods(["GET", "POST"])
def rename_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Another name for a passkey."""
    actor = actor_of(request)
    assert actor.account_id is not None
    found = identity.get_passkey(account_id=actor.account_id, passkey_id=passkey_id)
    sent = request.POST if request.method == "POST" else None
    form = passkey_forms.PasskeyName(sent, initial={"name": found.name})
    if form.is_valid():
        name = form.cleaned_data["name"]
        identity.rename_passkey(account_id=actor.account_id, passkey_id=passkey_id, name=name, actor=actor)
        messages.success(request, _("名字已改"))
        return HttpResponseRedirect(SECURITY)
    return render(request, "portal/account/passkey_rename.html", {"form": form, "key": found})


@_must_prove
class RemovePasskey(FormView):  # type: ignore[type-arg]  # generic for the checker only
    """Asks once, then takes a passkey away."""

    template_name = "portal/account/passkey_remove.html"
    form_class = passkey_forms.RemovePasskey

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account_id = actor_of(self.request).account_id
        assert account_id is not None
        key = identity.get_passkey(account_id=account_id, passkey_id=self.kwargs["passkey_id"])
        return {**super().get_context_data(**kwargs), "key": key}

    def form_valid(self, form: passkey_forms.RemovePasskey) -> HttpResponse:
        try:
            identity.remove_passkey(self.request, account=self.request.user, passkey_id=self.kwargs["passkey_id"])  # type: ignore[arg-type]
        except identity.PasskeyRefused as error:
            messages.error(self.request, passkey_forms.said(error))
        else:
            messages.success(self.request, _("通行密钥已删除，不能再用它登录"))
        return HttpResponseRedirect(SECURITY)
