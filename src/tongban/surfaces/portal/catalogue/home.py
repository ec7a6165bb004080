"""The first page: what waits for you, search, life events, every theme."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongban.contexts.cases import api as cases
from tongban.contexts.forms import api as forms
from tongban.contexts.halls import api as halls
from tongban.contexts.services import api as services
from tongban.infra.authorisation import Actor, actor_of, public

_HOT, _TILES, _TODO = 7, 12, 3


@dataclass(frozen=True, slots=True)
class Todo:
    """What waits for a resident, most urgent first."""

    supplements: tuple[cases.CaseSummary, ...] = ()
    drafts: tuple[forms.DraftSummary, ...] = ()
    running: tuple[cases.CaseSummary, ...] = ()

    @property
    def count(self) -> int:
        """How many things the resident has to do."""
        return len(self.supplements) + len(self.drafts)


@public("the first page shows what the city offers; one's own to-dos only to oneself")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Home. A resident sees first what waits for them."""
    overview = services.get_overview()
    joint = [item for item in overview.modelled if item.department_count > 1]
    hall = next(iter(halls.list_halls()), None)
    context = {
        "nav": "home",
        "hot": overview.modelled[:_HOT],
        "tiles": (*overview.bundles, *joint)[:_TILES],
        "themes": overview.themes,
        "total": overview.services,
        "departments": overview.departments,
        "hall": hall,
        "todo": _todo(actor_of(request)),
    }
    return render(request, "portal/catalogue/home.html", context)


def _todo(actor: Actor) -> Todo | None:
    if actor.kind != "resident" or actor.person_id is None:
        return None
    mine = cases.list_cases(actor.party).items
    waiting = tuple(case for case in mine if case.needs_applicant)
    running = tuple(case for case in mine if case.closed_at is None and not case.needs_applicant)
    return Todo(waiting[:_TODO], forms.list_drafts(actor.party)[:_TODO], running[:_TODO])
