"""What a window and an official may make of a person's level."""

from __future__ import annotations

from tongban.contexts.identity.domain.levels import IdentityLevel

BY_WINDOW = "counter"
"""How a person's ``verified_by`` names the window; anything else is a register that answered."""


def level_after_online_proof(before: IdentityLevel, *, is_bound_already: bool) -> IdentityLevel:
    """The level after a register has confirmed name and number online.

    An account that was bound before keeps what a window attested. One bound now starts anew: nobody at a window has
    seen its holder, who may be somebody that merely knows the number.
    """
    if is_bound_already and before.rank > IdentityLevel.REAL_NAME.rank:
        return before
    return IdentityLevel.REAL_NAME


def lower_levels(before: IdentityLevel, *, verified_by: str) -> tuple[IdentityLevel, ...]:
    """The levels to which an official may lower a person: real-name only where a register has confirmed it."""
    return tuple(
        level
        for level in IdentityLevel
        if level.rank < before.rank
        and (level is not IdentityLevel.REAL_NAME or (verified_by and verified_by != BY_WINDOW))
    )
