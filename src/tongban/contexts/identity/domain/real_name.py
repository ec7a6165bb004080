"""What follows from a real-name check."""

from __future__ import annotations

from enum import Enum


class Answer(Enum):
    """What the source said of a name and an identity number."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    UNAVAILABLE = "unavailable"


class Holder(Enum):
    """Whom the identity number already belongs to here."""

    NOBODY = "nobody"
    UNBOUND = "unbound"
    """A person registered at a window, without an account."""
    SAME_ACCOUNT = "same-account"
    OTHER_ACCOUNT = "other-account"


class Consequence(Enum):
    """What to do."""

    CREATE = "create"
    BIND = "bind"
    KEEP = "keep"
    REFUSE = "refuse"
    REFUSE_AND_WARN_HOLDER = "refuse-and-warn-holder"
    WAIT = "wait"


_MATCHED = {
    Holder.NOBODY: Consequence.CREATE,
    Holder.UNBOUND: Consequence.BIND,
    Holder.SAME_ACCOUNT: Consequence.KEEP,
    Holder.OTHER_ACCOUNT: Consequence.REFUSE_AND_WARN_HOLDER,
}
CONSEQUENCES: dict[tuple[Answer, Holder], Consequence] = {
    **{(Answer.MATCHED, holder): consequence for holder, consequence in _MATCHED.items()},
    **{(Answer.MISMATCHED, holder): Consequence.REFUSE for holder in Holder},
    **{(Answer.UNAVAILABLE, holder): Consequence.WAIT for holder in Holder},
}
"""The whole table: an answer that is not a match never binds anybody, whoever holds the number."""


def consequence_of(answer: Answer, holder: Holder) -> Consequence:
    """What follows from the source's answer, given who holds the number."""
    return CONSEQUENCES[answer, holder]
