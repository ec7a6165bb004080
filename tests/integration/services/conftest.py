"""The whole shipped catalogue, loaded once a module in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction

from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services

PACK = Path(__file__).resolve().parents[3] / "packs" / "yunzhou"
SOURCE = PACK.parents[1].parent / "shared" / "data" / "services-guangdong" / "items.jsonl"
CITY_NAME = "云州市"


def read_yaml(name: str) -> Any:
    return yaml.load((PACK / name).read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def city_files() -> services.CityFiles:
    return services.CityFiles(
        name=CITY_NAME,
        organisations=read_yaml("organisations.yaml"),
        authorities=read_yaml("catalogue/authorities.yaml"),
        themes=read_yaml("catalogue/themes.yaml"),
        plain_words=read_yaml("catalogue/plain_words.yaml"),
    )


def shipped() -> bytes:
    return (PACK / "catalogue" / "items.jsonl").read_bytes()


@pytest.fixture(scope="module")
def catalogue(django_db_setup: None, django_db_blocker: Any) -> Iterator[services.LoadReport]:
    """The 2,262 shipped items in the database, gone again after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        identity.load_organisations(read_yaml("organisations.yaml")["organisations"])
        yield services.load_facts(content=shipped(), pack="yunzhou", city=city_files())
        transaction.set_rollback(True)
