"""The second factor, after the password: a code, or a passkey."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.mfa.base import views as factor_views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.generic.base import TemplateView

from tongban.contexts.identity import api as identity
from tongban.infra.problems import wants_json
from tongban.surfaces.portal.account import forms, passkey_forms, sign_in


class SecondFactor(sign_in.Greeting, factor_views.AuthenticateView):  # type: ignore[misc]  # allauth is untyped
    """Whatever second factor the account has; the library holds the sign-in open meanwhile."""

    template_name = "portal/account/second_factor.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_json(request):
            return JsonResponse(identity.begin_passkey_proof(request, "factor", self.stage.login.user))
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def _build_forms(self) -> forms.FactorForm | passkey_forms.FactorAnswer | None:
        """The code's form for the page, and the form that was sent. Called by the library."""
        account = self.stage.login.user
        if self.request.method == "POST" and "credential" in self.request.POST:
            self.auth_form = forms.FactorForm(user=account)
            return passkey_forms.FactorAnswer(self.request.POST, request=self.request, account=account)
        is_sent = self.request.method == "POST"
        self.auth_form = forms.FactorForm(user=account, data=self.request.POST if is_sent else None)
        return self.auth_form if is_sent else None

    def form_valid(self, form: Any) -> HttpResponse:
        return self.greet(super().form_valid(form))

    def form_invalid(self, form: Any) -> HttpResponse:
        if isinstance(form, passkey_forms.FactorAnswer):
            messages.error(self.request, form.first_problem)
            return HttpResponseRedirect(self.request.path)
        response: HttpResponse = self.render_to_response(self.get_context_data())
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.stage.login.user
        context: dict[str, Any] = TemplateView.get_context_data(self, **kwargs)
        return {
            **context,
            **get_entrance_context_data(self.request),
            "form": self.auth_form,
            "passkey": sign_in.passkey_offer(self.request) if identity.list_passkeys(account.pk) else None,
            "demo_code": identity.find_demo_code(account),
            "door": "/staff/sign-in/" if account.realm == "staff" else "/sign-in/",
        }
