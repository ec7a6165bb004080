"""Who acts, and which views whom they let in. Every view states it; a test finds those that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, Literal, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from tongban.kernel.errors import Forbidden, Text, TongbanError

Kind = Literal["anonymous", "resident", "staff", "system"]
Right = Literal["mandate", "guardian", "enterprise"]
Role = Literal["clerk", "approver", "steward", "official", "auditor"]


@dataclass(frozen=True, slots=True)
class Acting:
    """By what right somebody acts who does not act for themselves, and who really sits there.

    ``services`` are the codes that the right covers, ``None`` for every service. ``enterprise_id`` is the enterprise
    when the right comes from one: then the actor's ``person_id`` stays the operator's own.
    """

    kind: Right
    reference: UUID
    agent_person_id: UUID
    agent_name: str
    principal_name: str
    services: frozenset[str] | None = None
    enterprise_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """In whose name applications are made: a person, or an enterprise for which a person works.

    ``services`` narrows to the codes that a right covers; ``None`` is every service.
    """

    person_id: UUID
    enterprise_id: UUID | None = None
    services: frozenset[str] | None = None

    def lookup(self) -> dict[str, object]:
        """How rows with ``person_id``, ``enterprise_id`` and ``service_code`` are narrowed to this party's."""
        narrowed: dict[str, object] = {} if self.services is None else {"service_code__in": sorted(self.services)}
        if self.enterprise_id is not None:
            return {"enterprise_id": self.enterprise_id, **narrowed}
        return {"person_id": self.person_id, "enterprise_id__isnull": True, **narrowed}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in a request or a job. ``organisation`` is the department of a member of staff.

    Under a mandate or as a guardian ``person_id`` and ``name`` are the principal's; ``acting`` says who sits there.
    """

    kind: Kind
    account_id: UUID | None = None
    person_id: UUID | None = None
    name: str = ""
    organisation: str | None = None
    roles: frozenset[str] = frozenset()
    acting: Acting | None = None

    def may_use(self, service_code: str) -> bool:
        """Whether the right under which the actor acts covers a service; everybody may use all for themselves."""
        return self.acting is None or self.acting.services is None or service_code in self.acting.services

    def owns(self, *, person_id: UUID, enterprise_id: UUID | None, service_code: str) -> bool:
        """Whether something applied for is the actor's own, or of the one for whom they act, within their right."""
        if self.kind != "resident" or self.person_id is None or not self.may_use(service_code):
            return False
        if self.enterprise_id is not None or enterprise_id is not None:
            return self.enterprise_id == enterprise_id
        return self.person_id == person_id

    @property
    def enterprise_id(self) -> UUID | None:
        """The enterprise that the actor acts for, if any."""
        return self.acting.enterprise_id if self.acting else None

    @property
    def party(self) -> Party:
        """In whose name the actor applies. Only for residents whose identity is known."""
        assert self.person_id is not None
        return Party(self.person_id, self.enterprise_id, self.acting.services if self.acting else None)

    @property
    def agent_id(self) -> UUID | None:
        """The person who really sits there when that is not the one whose matters these are."""
        return self.acting.agent_person_id if self.acting else None

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

    kind: Literal["public", "account", "resident", "applicant", "staff"]
    roles: frozenset[str] = frozenset()
    reason: str = ""


Params = ParamSpec("Params")
View = Callable[..., HttpResponseBase]


def say_who_acts(request: HttpRequest, find: Callable[[], Actor]) -> None:
    """Let ``actor_of`` answer by ``find``, which is asked once and only if somebody wants to know."""
    request.find_actor = cache(find)  # type: ignore[attr-defined]  # read by actor_of


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request, as identity says; anonymous where nobody said."""
    find: Callable[[], Actor] | None = getattr(request, "find_actor", None)
    return find() if find else ANONYMOUS


def public(reason: str) -> Callable[[View], View]:
    """Let everybody in, and say why that is right."""
    if not reason.strip():
        raise ValueError("a public view states its reason")
    return _guard(Access("public", reason=reason), lambda _actor: True, "")


def account_holder(view: View) -> View:
    """Let in everybody who has signed in, before and after their real name is proven: for pages about the account."""
    return _guard(
        Access("account"), lambda actor: actor.kind in ("resident", "staff") and not actor.acting, "/sign-in/"
    )(view)


def signed_in(view: View) -> View:
    """Let in everybody who has signed in, whomever they act for: for what concerns the session and its holder only.

    The view must go by the account, never by ``person_id``, which may be somebody else's.
    """
    return _guard(Access("account"), lambda actor: actor.kind in ("resident", "staff"), "/sign-in/")(view)


def resident(view: View) -> View:
    """Let in residents who have signed in, are a known person and act for themselves: for what is their own."""
    return _guard(Access("resident"), lambda actor: _is_person(actor) and actor.acting is None, "/sign-in/")(view)


def applicant(view: View) -> View:
    """Let in residents for themselves and for whomever they act: where services are applied for and followed.

    The view sees the principal as ``person_id``; what the right does not cover is refused behind the contexts' doors.
    """
    return _guard(Access("applicant"), _is_person, "/sign-in/")(view)


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


def _is_person(actor: Actor) -> bool:
    return actor.kind == "resident" and actor.person_id is not None


def _is_themselves(actor: Actor) -> bool:
    return actor.kind in ("resident", "staff") and actor.acting is None


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
    if actor.acting is not None:
        if wants_page:
            return HttpResponseRedirect(f"/my/acting/?{urlencode({'next': request.get_full_path()})}")
        raise Forbidden(
            Text(zh="这是本人的事，替别人办事时不能看", en="This is closed while you act for somebody else"),
            remedy=Text(zh="先换回为自己办，再试一次", en="Switch back to acting for yourself, then try again"),
        )
    raise Forbidden(
        Text(zh="你的账号不能做这件事", en="Your account may not do this"),
        remedy=Text(
            zh="如果工作需要，请向本单位管理员申请权限", en="If your work needs it, ask your department's administrator"
        ),
    )
