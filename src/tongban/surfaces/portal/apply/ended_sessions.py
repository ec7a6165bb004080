"""A form posted after its session has ended: the answers wait behind the sign-in, for the same browser and owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from tongban.contexts.forms import api as forms
from tongban.infra.authorisation import actor_of
from tongban.surfaces.shared.application_forms.posted import read_posted

COOKIE = "kept-answers"
KEPT_SECONDS = 2 * 3600
View = Callable[..., HttpResponseBase]


def keeps_answers(view: View) -> View:
    """Wrap a form's view: an anonymous post is kept and sent to sign in, and comes back to the form."""

    @wraps(view)
    def kept(request: HttpRequest, application_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or actor_of(request).kind != "anonymous":
            return view(request, application_id, *args, **kwargs)
        posted = read_posted(request)
        token = forms.keep_for_sign_in(application_id=application_id, posted=posted.answers, revision=posted.revision)
        back = reverse("apply", args=[application_id])
        response = HttpResponseRedirect(f"/sign-in/?{urlencode({'next': back})}")
        if token:
            response.set_cookie(
                COOKIE, token, max_age=KEPT_SECONDS, path=back, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response

    return kept
