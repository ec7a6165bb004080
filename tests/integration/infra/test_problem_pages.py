"""Refusals are told as pages to people and as RFC 9457 documents to programs."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_address_that_only_takes_forms_says_so_to_a_person(client: Client) -> None:
    answer = client.get("/prefs/mode", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "这个地址不能直接打开" in answer.content.decode()


def test_an_address_that_only_answers_says_so_to_a_program(client: Client) -> None:
    answer = client.post("/api/services")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["code"] == "method-not-allowed"
