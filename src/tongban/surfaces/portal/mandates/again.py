"""Before something that binds, people prove themselves once more: by password, code or passkey, whatever they have."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from tongban.infra.authorisation import resident

View = Callable[..., HttpResponseBase]


def proven_again(view: View) -> View:
    """A resident's page, shown only within minutes of a fresh proof; without one it asks, and then goes on."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if reauthentication.did_recently_reauthenticate(request):
            return view(request, *args, **kwargs)
        methods = get_adapter().get_reauthentication_methods(request.user)
        if not methods:
            return HttpResponseRedirect("/my/security/")
        # Only a look is resumed: the act itself is pressed once more, on a page that says what it does.
        suspended: HttpResponseBase = reauthentication.suspend_request(request, methods[0]["url"])
        request.session.pop(reauthentication.STATE_SESSION_KEY, None)
        return suspended

    return resident(page)
