"""Money in minor units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount. Units: ``minor`` in hundredths (fen) of ``currency`` (ISO 4217)."""

    minor: int
    currency: str = "CNY"

    def plus(self, other: Money) -> Money:
        """The sum. Raises: ValueError for two currencies."""
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        major, minor = divmod(abs(self.minor), 100)
        return f"{sign}{major:,}.{minor:02d}"
