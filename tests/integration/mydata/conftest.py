"""Two residents, a police register with one resource, and records as gateways write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from tongban.contexts.exchange import api as exchange
from tongban.contexts.exchange.api.purposes import pseudonyms
from tongban.contexts.exchange.models import Record
from tongban.contexts.identity import api as identity
from tongban.contexts.identity import models
from tongban.contexts.resources import api as resources
from tongban.kernel import resident_id
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.kernel.ids import new_id
from tongban.wire.records import ExchangeRecord

_HASH = make_password("Kunlun-9024x")
FIELDS = ("name", "sex", "birth_date", "address", "ethnicity")


def number(serial: int) -> str:
    first = f"99010219910514{serial:03}"
    return first + resident_id.check_character(first)


WANG, LI = number(23), number(24)


@pytest.fixture
def city(db: None) -> None:
    identity.load_organisations(
        [
            {"code": "police", "credit_code": "11990000YX001117XK", "name": "云州市公安局", "short": "公安局",
             "name_en": "Public Security Bureau"}
        ]
    )  # fmt: skip
    document = {
        "provider": "police",
        "resources": [
            {
                "code": "police.household",
                "name": "户籍人口信息",
                "name_en": "Household registration",
                "class": "人口",
                "sharing_class": "conditional",
                "condition": "经本人同意",
                "subject_parameter": "id_number",
                "fields": [{"name": name, "label": f"标签{name}", "label_en": f"Label {name}"} for name in FIELDS],
                "interface": {
                    "adapter": "sql",
                    "connection": "police",
                    "parameters": [{"name": "id_number", "pattern": "^[0-9]{17}[0-9X]$"}],
                    "query": "SELECT %(id_number)s",
                    "columns": {name: name for name in FIELDS},
                },
            }
        ],
    }
    resources.load_resources([document], pack="test", now=utc_now())


@pytest.fixture
def sign_in(city: None) -> Callable[[str], tuple[Client, UUID]]:
    """A browser in which the holder of a number has signed in, and the person's id."""

    def make(id_number: str) -> tuple[Client, UUID]:
        account = models.Account(username=f"user{id_number[-4:].lower()}", password=_HASH)
        account.save()
        row, _ = identity.persons.ensure_person(name="王小明", id_number=id_number, level="real-name")
        row.account = account
        row.save()
        client = Client(HTTP_ACCEPT="text/html")
        client.force_login(account)
        return client, row.pk

    return make


def note(id_number: str = WANG, *, days_ago: float = 0, purpose: exchange.Purpose | None = None, **facts: Any) -> UUID:
    """A record of a read, as a gateway commits it. Returns its id."""
    record = ExchangeRecord(
        id=new_id(), recorded_at=utc_now() - timedelta(days=days_ago), trace="trace-1", outcome="released", code="ok",
        client="portal", consumer="portal", provider="police", resource="police.household", operation="read",
        fields=FIELDS, subject=pseudonyms().subject(id_number), purpose_id=purpose.id if purpose else None,
        purpose_kind="application", reference="application-1", service_code="", grant_id="g1",
        basis="《政务数据共享条例》", record_count=1, request_digest="", answer_digest="", policy_version=1,
        gateway="g", duration_ms=3,
    )  # fmt: skip
    values = msgspec.structs.asdict(msgspec.structs.replace(record, **facts))
    Record.objects.create(**{**values, "fields": list(values["fields"])})
    return record.id


def agree(id_number: str = WANG, kind: Any = "application") -> exchange.Purpose:
    """A purpose that the person opened by applying."""
    return exchange.open_purpose(
        kind=kind,
        reference="application-1",
        service_code=None,
        subject_id_number=id_number,
        reads=[("police.household", FIELDS)],
        now=utc_now(),
        title=Text(zh="开一家餐饮店", en="Opening a restaurant"),
    )
