"""Where somebody is signed in, and signing out from afar."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import account_holder, actor_of

_HOW: dict[str, Promise] = {
    "password": gettext_lazy("密码"),
    "otp": gettext_lazy("密码和验证码"),
    "passkey": gettext_lazy("通行密钥"),
}
_BY_OTHER_DEVICE = gettext_lazy("扫码")
_OTHER_DEVICE = "mca"
"""The method (RFC 8176) of a sign-in that was allowed from another device."""


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the list: a browser, how it was signed in, since when."""

    session: identity.OpenSession
    how: Promise


def places_of(request: HttpRequest, account_id: UUID) -> list[Place]:
    """Where an account is signed in: this browser first, then the latest used."""
    this = identity.find_session(request)
    found = identity.list_sessions(account_id=account_id, this=this.id if this else None)
    places = [Place(one, how_words(one.authenticator.value, one.methods)) for one in found]
    return sorted(places, key=lambda place: not place.session.is_this)


def how_words(authenticator: str, methods: tuple[str, ...]) -> Promise:
    """How a session was opened, in words."""
    return _BY_OTHER_DEVICE if _OTHER_DEVICE in methods else _HOW[authenticator]


@account_holder
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign one other browser out, or all others."""
    actor, this = actor_of(request), identity.find_session(request)
    assert actor.account_id is not None
    chosen = request.POST.get("session", "")
    if chosen == "others" and this is not None:
        count = identity.end_other_sessions(account_id=actor.account_id, keep=this.id, actor=actor)
        words = ngettext("已让其他 %(count)d 处登录退出", "已让其他 %(count)d 处登录退出", count)
        messages.success(request, words % {"count": count} if count else _("没有其他地方登录着"))
    elif wanted := _session_id(chosen):
        if this is not None and wanted == this.id:
            return HttpResponseRedirect("/sign-out/")
        try:
            identity.end_session(account_id=actor.account_id, session_id=wanted, actor=actor)
        except identity.SessionUnknown:
            messages.warning(request, _("那次登录已经退出"))
        else:
            messages.success(request, _("已让那台设备退出登录"))
    return HttpResponseRedirect("/my/security/#places")


def _session_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
