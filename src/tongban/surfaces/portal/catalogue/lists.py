"""Every way to look around: themes, departments, audiences, letters, bundles. Nothing is folded away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongban.contexts.services import api as services
from tongban.engines.textsearch.tokens import sort_key
from tongban.infra.authorisation import public
from tongban.kernel.errors import NotFound, Text

Key = TypeVar("Key", int, str)

_ALL = 1000
_REASON = "the catalogue is public information and holds no personal data"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list page: its heading, its anchor and its services."""

    name: Text
    anchor: str
    items: tuple[services.ServiceSummary, ...]


@public(_REASON)
@require_GET
def themes(request: HttpRequest) -> HttpResponse:
    """All themes with their numbers of services."""
    return _ways(request, "themes", services.list_themes())


@public(_REASON)
@require_GET
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """Every service of a theme, in its groups."""
    found = services.get_theme(slug)
    items = services.list_theme(slug)
    return _listing(request, found.name, _by_group(found, items), _trail(_("按主题"), "/themes/"))


@public(_REASON)
@require_GET
def departments(request: HttpRequest) -> HttpResponse:
    """All departments with their numbers of services."""
    return _ways(request, "departments", services.list_departments())


@public(_REASON)
@require_GET
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Every service of a department, by theme."""
    items = services.list_services(department=code, limit=_ALL).items
    if not items:
        raise NotFound(
            Text(zh="没有这个部门，或它还没有公布服务", en="No such department, or it offers no services yet")
        )
    name = Text(zh=items[0].department_name, en=items[0].department_name_en)
    return _listing(request, name, _by_theme(items), _trail(_("按部门"), "/departments/"))


@public(_REASON)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Themes of services for persons."""
    return _audience(request, "persons")


@public(_REASON)
@require_GET
def people_theme(request: HttpRequest, slug: str) -> HttpResponse:
    """Services for persons in a theme."""
    return _audience_theme(request, "persons", slug)


@public(_REASON)
@require_GET
def enterprises(request: HttpRequest) -> HttpResponse:
    """Themes of services for enterprises and other organisations."""
    return _audience(request, "enterprises")


@public(_REASON)
@require_GET
def enterprises_theme(request: HttpRequest, slug: str) -> HttpResponse:
    """Services for enterprises in a theme."""
    return _audience_theme(request, "enterprises", slug)


@public(_REASON)
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """The pinyin index."""
    return _ways(request, "letters", services.list_letters())


@public(_REASON)
@require_GET
def letter(request: HttpRequest, letter: str) -> HttpResponse:
    """Every service whose name starts with a letter, by its first syllable."""
    key = "#" if letter == "other" else letter.upper()
    items = services.list_services(letter=key, limit=_ALL).items
    if not items:
        raise NotFound(Text(zh="没有以这个字母开头的服务", en="No service starts with this letter"))
    name = Text(zh=f"拼音 {key}", en=f"Pinyin {key}") if key != "#" else Text(zh="数字和符号", en="Digits and signs")
    return _listing(request, name, _by_syllable(items), _trail(_("按拼音"), "/letters/"))


@public(_REASON)
@require_GET
def bundles(request: HttpRequest) -> HttpResponse:
    """Life events: several departments' services in one application."""
    modelled = services.list_modelled(limit=200)
    context = {
        "nav": "bundles",
        "bundles": services.list_bundles(),
        "joint": [item for item in modelled if item.department_count > 1],
    }
    return render(request, "portal/catalogue/bundles.html", context)


def _audience(request: HttpRequest, audience: services.Audience) -> HttpResponse:
    return _ways(request, "people" if audience == "persons" else "enterprises", services.list_audience_themes(audience))


def _audience_theme(request: HttpRequest, audience: services.Audience, slug: str) -> HttpResponse:
    found = services.get_theme(slug)
    items = services.list_services(theme=slug, audience=audience, limit=_ALL).items
    where = "people" if audience == "persons" else "enterprises"
    title = _("个人办事") if audience == "persons" else _("企业办事")
    ordered = sorted(items, key=lambda item: (item.group, not item.is_bundle, not item.is_modelled))
    return _listing(request, found.name, _by_group(found, ordered), _trail(title, f"/{where}/"), nav=where)


def _ways(request: HttpRequest, way: str, entries: Iterable[object]) -> HttpResponse:
    overview = services.get_overview()
    context = {
        "way": way,
        "entries": entries,
        "total": overview.services,
        "departments": overview.departments,
        "nav": way if way in {"people", "enterprises"} else "",
    }
    return render(request, "portal/catalogue/ways.html", context)


def _listing(
    request: HttpRequest, name: Text, parts: list[Part], trail: list[tuple[str, str]], *, nav: str = ""
) -> HttpResponse:
    count = sum(len(part.items) for part in parts)
    context = {"name": name, "parts": parts, "count": count, "trail": trail, "nav": nav}
    return render(request, "portal/catalogue/listing.html", context)


def _trail(title: str, address: str) -> list[tuple[str, str]]:
    return [(title, address)]


def _by_group(theme: services.ThemeView, items: Iterable[services.ServiceSummary]) -> list[Part]:
    known = len(theme.groups)

    def place(item: services.ServiceSummary) -> int:
        return item.group if 0 <= item.group < known else known - 1

    return _parts(sorted(items, key=place), place, lambda group: theme.groups[group].name)


def _by_theme(items: Iterable[services.ServiceSummary]) -> list[Part]:
    order = {theme.slug: (index, theme.name) for index, theme in enumerate(services.list_themes())}

    def place(item: services.ServiceSummary) -> int:
        return order.get(item.theme, (len(order), Text("", "")))[0]

    names = dict(order.values())
    return _parts(sorted(items, key=place), place, lambda index: names.get(index, Text(zh="其他", en="Other")))


def _by_syllable(items: Iterable[services.ServiceSummary]) -> list[Part]:
    """By the first syllable: names are in pinyin order, so that equal syllables stand together."""

    def place(item: services.ServiceSummary) -> str:
        return sort_key(item.name).split("\x1f")[0].split(" ")[0]

    return _parts(items, place, lambda syllable: Text(zh=str(syllable), en=str(syllable)))


def _parts(
    items: Iterable[services.ServiceSummary],
    place: Callable[[services.ServiceSummary], Key],
    name: Callable[[Key], Text],
) -> list[Part]:
    return [
        Part(name(key), f"g{number}", tuple(group)) for number, (key, group) in enumerate(groupby(items, key=place), 1)
    ]
