"""The guide of one service: what it asks, how long, where, by which law; gaps are told, never filled."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services
from tongban.infra.authorisation import public
from tongban.kernel.errors import Text
from tongban.surfaces.portal.catalogue import markdown, words


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A material and the departments that already hold what it proves."""

    material: services.Material
    holders: tuple[Text, ...]

    @property
    def is_licence(self) -> bool:
        """Whether an e-licence stands in for it."""
        return bool(self.material.licences)


@dataclass(frozen=True, slots=True)
class Materials:
    """The materials of a guide: what to prepare, and what the city holds."""

    to_prepare: tuple[MaterialLine, ...]
    held: tuple[MaterialLine, ...]

    @property
    def count(self) -> int:
        """How many materials there are."""
        return len(self.to_prepare) + len(self.held)

    @property
    def bar(self) -> tuple[str, ...]:
        """The segments of the bar above the list."""
        return ("ok",) * len(self.held) + ("warn",) * len(self.to_prepare)


@public("guides are public information; no personal data is in them")
@require_GET
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """A service's guide."""
    service = services.get_service(code)
    group = int(service.facts.get("group", 0))
    lanes = _lanes(service)
    context = {
        "nav": "bundles" if service.is_bundle else "",
        "service": service,
        "materials": _materials(service),
        "missing": frozenset(service.quality),
        "audience": words.audience_of(service.audience),
        "lanes": lanes,
        "reviewers": len({lane.name.zh for lane in lanes}),
        "is_online": "online" in service.channels or not service.channels,
        "has_window": "counter" in service.channels,
        "guide": _own_words(service),
        "related": services.list_related(code, service.theme, group),
    }
    return render(request, "portal/catalogue/guide.html", context)


def _materials(service: services.Service) -> Materials:
    lines = tuple(MaterialLine(material, ()) for material in service.materials)
    if any(line.material.resources for line in lines):
        names = {o.code: Text(zh=o.short, en=o.name_en) for o in identity.list_organisations()}
        lines = tuple(MaterialLine(line.material, _holders(line.material, names)) for line in lines)
    held = tuple(line for line in lines if line.material.is_held)
    return Materials(tuple(line for line in lines if not line.material.is_held), held)


def _holders(material: services.Material, names: dict[str, Text]) -> tuple[Text, ...]:
    codes = dict.fromkeys(resource.partition(".")[0] for resource in material.resources)
    return tuple(names[code] for code in codes if code in names)


def _lanes(service: services.Service) -> tuple[services.JointDepartment, ...]:
    """Who reviews: a bundle's departments, the steps of the service's own process, or the owner with its joint ones."""
    if service.is_bundle:
        return service.co_departments
    steps = service.facts.get("steps") or ()
    if steps:
        names = {joint.department: joint.name for joint in service.co_departments}
        names[service.department] = service.department_name
        return tuple(
            services.JointDepartment(
                names.get(step["department"], Text(step["department"], step["department"])),
                Text(step["name"], step["name_en"]),
                step["department"],
                step["days"],
            )
            for step in steps
        )
    days = (
        service.promised_limit.days if service.promised_limit and service.promised_limit.unit == "working-day" else None
    )
    blank = Text("", "")
    if not service.co_departments:
        return (services.JointDepartment(service.department_name, blank, service.department, days),)
    own = services.JointDepartment(service.department_name, blank, service.department)
    return (own, *service.co_departments) if service.is_modelled else service.co_departments


def _own_words(service: services.Service) -> SafeString | None:
    guides = service.facts.get("guide") or {}
    text = guides.get("en") if words.is_english() else guides.get("zh")
    return markdown.render(text) if text else None
