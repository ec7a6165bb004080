"""Pages of sites: list, register, one site, what is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.contexts.identity import api as identity
from tongban.infra import idempotency
from tongban.infra.authorisation import Actor, actor_of, staff
from tongban.kernel.errors import Forbidden, Text
from tongban.kernel.ids import new_token
from tongban.runtime import settings
from tongban.surfaces.console.sites.forms import SiteForm

_SEES_ALL = frozenset({"official", "auditor"})


@staff("steward", "official", "auditor")
@require_GET
def sites(request: HttpRequest) -> HttpResponse:
    """Registered sites by state, those that wait for a decision first. A steward sees their own department's."""
    actor, counts = actor_of(request), identity.count_clients(organisation=_own_only(actor_of(request)))
    wanted = request.GET.get("state") or ("requested" if counts[identity.ClientState.REQUESTED] else "")
    state = next((one for one in identity.ClientState if one.value == wanted), None)
    page = identity.list_clients(
        state=state, organisation=_own_only(actor), cursor=request.GET.get("cursor") or None, limit=20
    )
    context = {
        "page": page,
        "names": _names(),
        "counts": {one.value: counts[one] for one in identity.ClientState},
        "total": sum(counts.values()),
        "waiting": counts[identity.ClientState.REQUESTED],
        "state": state.value if state else "all",
        "base": f"?{urlencode({'state': state.value if state else 'all'})}&",
        "may_register": "auditor" not in actor.roles or len(actor.roles) > 1,
    }
    return render(request, "console/sites/list.html", context)


@staff("steward", "official")
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponseBase:
    """State a new site. Its secret is on the answering page, once."""
    actor = actor_of(request)
    initial = {"organisation": actor.organisation, "scopes": ["profile"]}
    form = SiteForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _registered(request, form, actor)
        except identity.ClientInvalid as error:
            _show(form, error)
    context = {"form": form, "key": request.POST.get("key") or new_token(), "client": None}
    return render(request, "console/sites/form.html", context)


@staff("steward", "official", "auditor")
@never_cache
@require_GET
def site(request: HttpRequest, client_id: str) -> HttpResponse:
    """One site: what it stated, and what can be done about it."""
    return _page(request, _visible(client_id, actor_of(request)))


@staff("steward", "official")
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, client_id: str) -> HttpResponseBase:
    """State a site anew."""
    actor, client = actor_of(request), _visible(client_id, actor_of(request))
    form = SiteForm(request.POST or None, actor=actor, initial=SiteForm.stated(client))
    if request.method == "POST" and form.is_valid():
        try:
            identity.change_client(client_id, form.registration(), actor=actor)
        except identity.ClientInvalid as error:
            _show(form, error)
        else:
            messages.success(request, _("已保存，马上生效"))
            return redirect("console-site", client_id=client_id)
    return render(request, "console/sites/form.html", {"form": form, "client": client})


@staff("official")
@require_POST
def decide(request: HttpRequest, client_id: str) -> HttpResponseBase:
    """Approve, refuse, suspend or restore a site; refusing and suspending take a reason."""
    actor, step, reason = actor_of(request), request.POST.get("step", ""), request.POST.get("reason", "").strip()
    if step in ("refuse", "suspend") and len(reason) < 2:
        messages.error(request, _("请写明理由，部门看得到"))
        return redirect("console-site", client_id=client_id)
    steps: dict[str, Callable[..., identity.Client]] = {
        "approve": identity.approve_client,
        "refuse": identity.refuse_client,
        "suspend": identity.suspend_client,
        "restore": identity.restore_client,
    }
    if step in steps:
        try:
            steps[step](client_id, actor=actor, reason=reason)
        except identity.ClientStateWrong as error:
            messages.error(request, _in_language(error.message))
        else:
            messages.success(request, _("已生效"))
    return redirect("console-site", client_id=client_id)


@staff("steward", "official")
@never_cache
@require_POST
def rotate(request: HttpRequest, client_id: str) -> HttpResponse:
    """A new secret in place of the old one, shown once."""
    actor = actor_of(request)
    _visible(client_id, actor)
    made = identity.rotate_secret(client_id, actor=actor)
    return _page(request, made.client, secret=made.secret)


def _registered(request: HttpRequest, form: SiteForm, actor: Actor) -> HttpResponseBase:
    """The new site's page with its secret; the same form sent twice leads to the site, without the secret."""
    made: list[identity.NewClient] = []

    def produce() -> dict[str, str]:
        made.append(identity.register_client(form.registration(), actor=actor))
        return {"client_id": made[0].client.client_id}

    with transaction.atomic():
        scope, key = f"console.site:{actor.account_id}", request.POST.get("key", "")[:80]
        answer = idempotency.once(scope=scope, key=key, request={"name": form.cleaned_data["name_zh"]}, produce=produce)
    if not made:
        return redirect("console-site", client_id=str(answer["client_id"]))
    return _page(request, made[0].client, secret=made[0].secret, is_new=True)


def _page(request: HttpRequest, client: identity.Client, *, secret: str = "", is_new: bool = False) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "client": client,
        "state": client.state.value,
        "names": _names(),
        "secret": secret,
        "is_new": is_new,
        "may_change": bool({"steward", "official"} & actor.roles),
        "may_decide": "official" in actor.roles,
        "issuer": settings.current().web_url,
    }
    return render(request, "console/sites/site.html", context)


def _visible(client_id: str, actor: Actor) -> identity.Client:
    client = identity.get_client(client_id)
    own_only = _own_only(actor)
    if own_only is not None and client.organisation != own_only:
        raise Forbidden(
            Text(zh="这是别的部门的站点", en="This is another department's site"),
            remedy=Text(zh="请找那个部门的数据管理员", en="Ask that department's steward"),
        )
    return client


def _own_only(actor: Actor) -> str | None:
    return None if actor.roles & _SEES_ALL else actor.organisation


def _names() -> dict[str, str]:
    language = get_language() or "zh-hans"
    return {row.code: row.name_in(language) for row in identity.list_organisations()}


def _show(form: SiteForm, error: identity.ClientInvalid) -> None:
    field = str(error.details.get("field", ""))
    words = f"{_in_language(error.message)}。{_in_language(error.remedy)}"
    form.add_error({"auth_method": "kind"}.get(field, field) if field in (*form.fields, "auth_method") else None, words)


def _in_language(text: Text) -> str:
    return text.in_language(get_language() or "zh-hans")
