"""A repeated write gets its first answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tongban.infra.idempotency import KeyReused, once
from tongban.kernel.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)


def write(key: str, request: dict[str, str], counted: list[int]) -> str:
    def produce() -> dict[str, str]:
        counted.append(1)
        return {"id": str(new_id())}

    with transaction.atomic():
        return str(once(scope="test", key=key, request=request, produce=produce)["id"])


def test_a_repeat_gets_the_first_answer() -> None:
    counted: list[int] = []
    assert write("k", {"a": "1"}, counted) == write("k", {"a": "1"}, counted)
    assert len(counted) == 1


def test_the_same_key_with_another_request_is_refused() -> None:
    write("k", {"a": "1"}, [])
    with pytest.raises(KeyReused):
        write("k", {"a": "2"}, [])


def test_a_failed_write_may_be_tried_again() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        once(scope="test", key="k", request={}, produce=lambda: {"id": 1 // 0})
    assert write("k", {}, [])


def test_of_simultaneous_writes_one_happens() -> None:
    counted: list[int] = []

    def attempt(_number: int) -> str:
        try:
            return write("k", {"a": "1"}, counted)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(attempt, range(12)))
    assert (len(answers), len(counted)) == (1, 1)
