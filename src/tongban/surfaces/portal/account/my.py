"""One's own space: what to do next, cases, licences, data; profile; notices."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.contexts.identity import api as identity
from tongban.contexts.notices import api as notices
from tongban.infra.authorisation import account_holder, actor_of, resident
from tongban.surfaces.portal.account.forms import PhoneForm
from tongban.surfaces.portal.account.own_space import space_of
from tongban.surfaces.portal.account.preferences import safe_next


@resident
@never_cache
@require_GET
def my(request: HttpRequest) -> HttpResponse:
    """What waits for this person first, then what is under way and what they hold."""
    own = identity.get_own(request)
    context = {"person": own.person, "space": space_of(own)}
    return render(request, "portal/account/my.html", context)


@account_holder
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What the city knows of the account, and changing the telephone number."""
    actor = actor_of(request)
    assert actor.account_id is not None
    account = identity.get_account(actor.account_id)
    form = PhoneForm(request.POST or None, initial={"phone": account.phone})
    if request.method == "POST" and form.is_valid():
        try:
            identity.set_contact(account_id=actor.account_id, phone=form.cleaned_data["phone"], actor=actor)
        except identity.PersonInvalid as error:
            form.add_error("phone", error.message.in_language(get_language() or "zh-hans"))
        else:
            messages.success(request, _("手机号已保存"))
            return HttpResponseRedirect("/my/profile/")
    person = identity.get_person(actor.person_id) if actor.person_id else None
    staff = identity.find_staff(actor.account_id) if actor.kind == "staff" else None
    context = {"account": account, "person": person, "staff": staff, "form": form}
    return render(request, "portal/account/profile.html", context)


@resident
@never_cache
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Notices, newest first."""
    person_id = actor_of(request).person_id
    assert person_id is not None
    page = notices.list_notices(person_id, cursor=request.GET.get("cursor"))
    context = {"page": page, "unread": notices.count_unread(person_id), "base": "/my/notices/?"}
    return render(request, "portal/account/notices.html", context)


@resident
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read and open its link, or mark all."""
    person_id = actor_of(request).person_id
    assert person_id is not None
    one = request.POST.get("notice", "")
    notices.mark_read(person_id, [UUID(one)] if _is_uuid(one) else None if one == "" else [])
    return HttpResponseRedirect(safe_next(request, "/my/notices/"))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
