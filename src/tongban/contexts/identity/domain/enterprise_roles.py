"""What those who act for an enterprise may do: the legal representative everything, the others what their role permits.

Two roles, as cities' account systems have them: an administrator keeps the operators, an operator handles matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Permission(Enum):
    """What can be done for an enterprise."""

    ACT = "act"
    """Apply, follow cases, answer supplements, within the scope of services."""
    APPOINT = "appoint"
    """Name and end operators."""
    READ_LOG = "read-log"
    """See what was done in the enterprise's name."""


class Seat(Enum):
    """In what capacity somebody stands for an enterprise."""

    REPRESENTATIVE = "representative"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


OPERATOR_ROLES = (Seat.ADMINISTRATOR, Seat.OPERATOR)
"""Seats that are given by appointment. The representative's comes from the register alone."""

PERMITS: Mapping[Seat, frozenset[Permission]] = {
    Seat.REPRESENTATIVE: frozenset(Permission),
    Seat.ADMINISTRATOR: frozenset({Permission.ACT, Permission.APPOINT}),
    Seat.OPERATOR: frozenset({Permission.ACT}),
}

_GIVES: Mapping[Seat, frozenset[Seat]] = {
    Seat.REPRESENTATIVE: frozenset(OPERATOR_ROLES),
    Seat.ADMINISTRATOR: frozenset({Seat.OPERATOR}),
    Seat.OPERATOR: frozenset(),
}


def permits(seat: Seat, permission: Permission) -> bool:
    """Whether a seat permits something."""
    return permission in PERMITS[seat]


def may_give(seat: Seat, role: Seat) -> bool:
    """Whether the holder of a seat may give, and take back, a role: nobody makes their own equal or better."""
    return role in _GIVES[seat]
