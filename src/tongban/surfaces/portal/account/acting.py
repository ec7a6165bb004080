"""For whom one acts: oneself, somebody who gave a mandate, a ward, or an enterprise."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, applicant
from tongban.surfaces.portal.account.preferences import safe_next

HERE = "/my/acting/"


@applicant
@never_cache
@require_GET
def acting(request: HttpRequest) -> HttpResponse:
    """Everybody for whom this person may act now, and who it is at present."""
    actor = actor_of(request)
    own_id = actor.acting.agent_person_id if actor.acting else actor.person_id
    assert own_id is not None
    context = {
        "rights": identity.list_rights(own_id),
        "own_name": actor.acting.agent_name if actor.acting else actor.name,
        "used": actor.acting.reference if actor.acting else None,
        "next": safe_next(request, "/"),
    }
    return render(request, "portal/account/acting.html", context)


@applicant
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for the chosen one from now on, or for oneself again, and go back to where one was."""
    after = safe_next(request, "/")
    reference = request.POST.get("reference", "")
    if not reference:
        identity.stop_acting(request, actor=actor_of(request))
        messages.success(request, _("现在是为自己办事"))
        return HttpResponseRedirect(after)
    try:
        right = identity.begin_acting(
            request, kind=request.POST.get("kind", ""), reference=UUID(reference), actor=actor_of(request)
        )
    except ValueError:
        return HttpResponseRedirect(HERE)
    except identity.RightUnknown as error:
        language = get_language() or "zh-hans"
        messages.error(request, f"{error.message.in_language(language)}。{error.remedy.in_language(language)}")
        return HttpResponseRedirect(HERE)
    words = _("现在是替%(name)s办事，办的每一件对方都看得到") % {"name": right.acting.principal_name}
    messages.success(request, words)
    return HttpResponseRedirect(after)
