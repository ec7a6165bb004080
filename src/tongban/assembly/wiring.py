"""Which adapter fills which port. Called once, when Django is ready."""

from __future__ import annotations


def wire() -> None:
    """Fill the ports that contexts declare."""
