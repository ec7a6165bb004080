"""Two presses at the same moment, from two connections: one declaration, one case."""

from __future__ import annotations

import io
import json
import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from PIL import Image

from tests.integration.forms.conftest import SERVICE, LiveCity, resident
from tongban.contexts.cases import api as cases
from tongban.contexts.cases.models import Case
from tongban.contexts.forms import api as forms
from tongban.contexts.forms import models
from tongban.infra.authorisation import Actor
from yunzhou_departments.demo_persons import LI

ANSWERS = {
    "reason": "rent",
    "contract_number": "ZL2026-000456",
    "contract_date": "2026-01-15",
    "contract_amount": "42000",
    "amount": "42000",
    "bank_name": "云州银行",
    "bank_account": "6222000000000000002",
    "phone": "12000000002",
}


@pytest.fixture
def committed(live_city: LiveCity, django_db_blocker: Any) -> Any:
    """Work with really committed rows, and take the application's away afterwards."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE forms_application, cases_case CASCADE")


def ready_application(actor: Actor) -> forms.Application:
    assert actor.person_id is not None
    application = forms.start_application(
        party=actor.party, service_code=SERVICE, channel="online", actor=actor, idempotency_key="k"
    )
    filled = forms.refresh_prefill(application.id, actor=actor)
    forms.save_answers(application_id=application.id, answers=ANSWERS, revision=filled.revision, actor=actor)
    ready = forms.attach(
        application_id=application.id,
        slot="lease-contract",
        filename="x",
        content_type="",
        stream=io.BytesIO(picture()),
        actor=actor,
    )
    assert ready.problems == ()
    return ready


@pytest.mark.django_db
def test_a_later_press_with_another_key_gets_the_same_declaration(live_city: LiveCity) -> None:
    actor = resident(LI.name, LI.id_number)
    ready = ready_application(actor)
    consents = tuple(consent.source for consent in ready.consents)
    first = forms.submit(application_id=ready.id, consents=consents, idempotency_key="1", actor=actor)
    again = forms.submit(application_id=ready.id, consents=(), idempotency_key="2", actor=actor)
    assert (again.id, again.digest) == (first.id, first.digest)


def test_two_presses_at_once_make_one_case(committed: None) -> None:
    actor = resident(LI.name, LI.id_number)
    ready = ready_application(actor)
    numbers = press_at_once(ready.id, tuple(consent.source for consent in ready.consents), actor, times=6)
    assert len(set(numbers)) == 1
    assert models.Declaration.objects.count() == 1
    assert Case.objects.count() == 1
    document = json.loads(models.Declaration.objects.get().document)
    assert document["failures"] == []


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    return out.getvalue()


def press_at_once(application_id: UUID, consents: tuple[str, ...], actor: Actor, times: int) -> list[str]:
    gate, numbers = threading.Barrier(times), list[str]()

    def press(key: str) -> None:
        gate.wait()
        try:
            case = cases.open_case(
                application_id=application_id, consents=consents, channel="online", actor=actor, idempotency_key=key
            )
            numbers.append(case.number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(f"key-{i}",)) for i in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(numbers) == times
    return numbers
