"""Of four who bring the same thing to two web processes at once, one succeeds; and whoever is late ends the family."""

from __future__ import annotations

import pytest

from .conftest import Play, Provider

ROUNDS = 50


@pytest.fixture(scope="module")
def given(provider: Provider) -> dict[str, object]:
    return {"client": provider.add_client(), "person": provider.add_person("hurry"), "rounds": ROUNDS}


@pytest.mark.parametrize("what", ["codes", "refreshTokens", "pushedRequests"])
def test_exactly_one_of_four_at_once_succeeds(play: Play, given: dict[str, object], what: str) -> None:
    assert play("races.mjs", what, **given)["successes"] == [1] * ROUNDS
