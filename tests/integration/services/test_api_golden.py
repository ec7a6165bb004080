"""The public API of the catalogue answers in the shape that others have built on."""

import json
import os
from pathlib import Path

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "api"
CODE = "11440000006939756B2440101007000"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("services-search", "/api/services?q=临时价格干预范围事项提价申报&limit=2"),
        ("services-one", f"/api/services/{CODE}"),
        ("services-unknown", "/api/services/nope"),
    ],
)
def test_answers_look_as_their_golden_file(name: str, address: str) -> None:
    body = Client().get(address).json()
    body.pop("trace", None)
    body.pop("instance", None)
    body.pop("request_id", None)
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    file = GOLDEN / f"{name}.json"
    if os.environ.get("REGENERATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
