"""What follows from a real-name check."""

from __future__ import annotations

from itertools import product

import pytest

from tongban.contexts.identity.domain.real_name import CONSEQUENCES, Answer, Consequence, Holder, consequence_of

BINDS = {Consequence.CREATE, Consequence.BIND}


def test_the_table_answers_every_case() -> None:
    assert set(CONSEQUENCES) == set(product(Answer, Holder))


@pytest.mark.parametrize("holder", Holder)
def test_only_a_match_binds(holder: Holder) -> None:
    assert consequence_of(Answer.MISMATCHED, holder) is Consequence.REFUSE
    assert consequence_of(Answer.UNAVAILABLE, holder) is Consequence.WAIT


def test_a_number_bound_elsewhere_is_never_bound_again() -> None:
    found = {answer: consequence_of(answer, Holder.OTHER_ACCOUNT) for answer in Answer}
    assert not BINDS & set(found.values())
    assert found[Answer.MATCHED] is Consequence.REFUSE_AND_WARN_HOLDER
