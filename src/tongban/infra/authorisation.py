"""Who acts, and which views whom they let in. Every view states it; a test finds those that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from tongban.kernel.errors import Forbidden, Text, TongbanError

Kind = Literal["anonymous", "resident", "staff", "system"]
Role = Literal["clerk", "approver", "steward", "official", "auditor"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in a request or a job. ``organisation`` is the department of a member of staff."""

    kind: Kind
    account_id: UUID | None = None
    person_id: UUID | None = None
    name: str = ""
    organisation: str | None = None
    roles: frozenset[str] = frozenset()

    @property
    def reference(self) -> str:
        """How records name the actor, without a personal value."""
        return f"{self.kind}:{self.account_id}" if self.account_id else self.kind


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system", name="系统")


class SignInRequired(TongbanError):
    """The view is for people who have signed in."""

    code = "sign-in-required"
    status = 401


@dataclass(frozen=True, slots=True)
class Access:
    """What a view states: its kind of visitor, the roles it asks for, and why it is public if it is."""

    kind: Literal["public", "account", "resident", "staff"]
    roles: frozenset[str] = frozenset()
    reason: str = ""


Params = ParamSpec("Params")
View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the identity middleware put on the request; anonymous without one."""
    actor = getattr(request, "actor", ANONYMOUS)
    assert isinstance(actor, Actor)
    return actor


def public(reason: str) -> Callable[[View], View]:
    """Let everybody in, and say why that is right."""
    if not reason.strip():
        raise ValueError("a public view states its reason")
    return _guard(Access("public", reason=reason), lambda _actor: True, "")


def account_holder(view: View) -> View:
    """Let in everybody who has signed in, before and after their real name is proven: for pages about the account."""
    return _guard(Access("account"), lambda actor: actor.kind in ("resident", "staff"), "/sign-in/")(view)


def resident(view: View) -> View:
    """Let in residents who have signed in and are a known person."""
    access = Access("resident")
    return _guard(access, lambda actor: actor.kind == "resident" and actor.person_id is not None, "/sign-in/")(view)


def staff(*roles: Role) -> Callable[[View], View]:
    """Let in members of staff who hold one of the roles; any member of staff without one."""
    wanted = frozenset[str](roles)
    return _guard(
        Access("staff", wanted),
        lambda actor: actor.kind == "staff" and (not wanted or bool(wanted & actor.roles)),
        "/staff/sign-in/",
    )


def access_of(view: View) -> Access | None:
    """What a view states of its visitors; ``None`` when it states nothing."""
    found: Access | None = getattr(view, "access", None)
    return found


def _guard(access: Access, admits: Callable[[Actor], bool], sign_in: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if admits(actor):
                return view(request, *args, **kwargs)
            return _turn_away(request, actor, sign_in)

        guarded.access = access  # type: ignore[attr-defined]  # read by access_of
        return guarded

    return decorate


def _turn_away(request: HttpRequest, actor: Actor, sign_in: str) -> HttpResponseBase:
    wants_page = "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/")
    real_name_missing = actor.kind == "resident" and actor.person_id is None and sign_in == "/sign-in/"
    if wants_page and (actor.kind == "anonymous" or real_name_missing):
        door = "/account/real-name/" if real_name_missing else sign_in
        back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
        return HttpResponseRedirect(f"{door}?{urlencode({'next': back})}")
    if actor.kind == "anonymous":
        raise SignInRequired(
            Text(zh="请先登录", en="Please sign in first"),
            remedy=Text(zh="登录后再试一次", en="Sign in and try again"),
        )
    raise Forbidden(
        Text(zh="你的账号不能做这件事", en="Your account may not do this"),
        remedy=Text(
            zh="如果工作需要，请向本单位管理员申请权限", en="If your work needs it, ask your department's administrator"
        ),
    )
