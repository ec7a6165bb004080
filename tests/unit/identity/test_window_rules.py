"""Levels that windows and officials give and take; codes on recovery slips."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain import recovery
from tongban.contexts.identity.domain.levels import IdentityLevel
from tongban.contexts.identity.domain.window import BY_WINDOW, level_after_online_proof, lower_levels

LEVELS = st.sampled_from(list(IdentityLevel))


@given(LEVELS)
def test_proving_again_online_never_lowers_an_account_that_is_bound(before: IdentityLevel) -> None:
    assert level_after_online_proof(before, is_bound_already=True).rank >= max(before.rank, 2)


@given(LEVELS)
def test_an_account_bound_online_begins_at_real_name(before: IdentityLevel) -> None:
    assert level_after_online_proof(before, is_bound_already=False) is IdentityLevel.REAL_NAME


@given(LEVELS, st.sampled_from(["", BY_WINDOW, "police", "exit-entry", "demo"]))
def test_lowering_goes_down_and_real_name_needs_a_register(before: IdentityLevel, verified_by: str) -> None:
    levels = lower_levels(before, verified_by=verified_by)
    assert all(level.rank < before.rank for level in levels)
    assert (IdentityLevel.REGISTERED in levels) == (before is not IdentityLevel.REGISTERED)
    if verified_by in ("", BY_WINDOW):
        assert IdentityLevel.REAL_NAME not in levels


@given(st.integers(), st.lists(st.sampled_from([" ", "-", "　"]), max_size=4), st.booleans())
def test_a_code_is_understood_however_it_is_typed(seed: int, noise: list[str], small: bool) -> None:
    code = recovery.make_code(random.Random(seed).choice)
    assert len(code) == recovery.LENGTH
    typed = recovery.in_groups(code)
    typed = "".join(noise) + (typed.lower() if small else typed) + "".join(noise)
    assert recovery.normalise_code(typed) == code


def test_codes_hold_no_characters_that_look_alike() -> None:
    assert not set(recovery.ALPHABET) & set("0O1IL")
    assert len(recovery.ALPHABET) ** recovery.LENGTH > 2**49
