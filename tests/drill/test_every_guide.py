"""All 2,262 guides: each renders, and each section is shown or told to be missing with its ticket."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tongban.assembly.packs.load import load_pack
from tongban.contexts.services import api as services

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
PACK = Path(__file__).resolve().parents[2] / "packs" / "yunzhou"


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_pack(PACK)
        yield
        transaction.set_rollback(True)


def every_item() -> Iterator[services.ServiceSummary]:
    for theme in services.list_themes():
        yield from services.list_theme(theme.slug)


def open_tickets() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    cursor = None
    while True:
        page = services.list_quality_tickets(pack="yunzhou", cursor=cursor)
        for ticket in page.items:
            found.setdefault(ticket.code, set()).add(ticket.section)
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_guide_renders_and_tells_its_gaps(language: str) -> None:
    client = Client(headers={"Accept": "text/html"})
    client.cookies["language"] = language
    tickets = open_tickets()
    wrong, seen = [], 0
    for item in every_item():
        response = client.get(item.url)
        seen += 1
        told = set(re.findall(r'data-gap="(\w+)"', response.content.decode()))
        if response.status_code != 200 or told != tickets.get(item.code, set()):
            wrong.append((item.code, response.status_code, told ^ tickets.get(item.code, set())))
    assert seen == services.count_services()[0] >= 2262
    assert wrong == []


@pytest.mark.usefixtures("city")
def test_every_service_has_a_definition_that_can_be_opened() -> None:
    from tongban.contexts.forms import api as forms

    broken = []
    for item in every_item():
        preview = forms.preview_form(service_code=item.code)
        if preview is None:
            broken.append(item.code)
    assert broken == []
