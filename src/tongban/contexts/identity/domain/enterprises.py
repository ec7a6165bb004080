"""When an enterprise can be acted for: it is in business, its representative is confirmed, and that is known lately."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from enum import Enum

CHECK_EVERY = timedelta(hours=24)
KNOWN_FOR = timedelta(days=7)
"""How long an answer of the register is relied on when no newer one can be had."""
RETRY_AFTER = timedelta(minutes=10)
"""How long the register is left alone after it did not answer."""

_IN_BUSINESS = ("存续", "在营", "开业", "在册")


class Force(Enum):
    """Whether an enterprise can be acted for, and if not, why."""

    IN_FORCE = "in-force"
    OUT_OF_BUSINESS = "out-of-business"
    UNREPRESENTED = "unrepresented"
    """The register no longer names the representative who is known here."""
    UNCHECKED = "unchecked"
    """The register has not confirmed anything for too long."""


def is_in_business(status: str) -> bool:
    """Whether a state in the register lets an enterprise act. A word that is not known does not."""
    return status.startswith(_IN_BUSINESS)


def force_of(*, status: str, is_represented: bool, checked_at: datetime, now: datetime) -> Force:
    """Whether an enterprise can be acted for now."""
    if not is_in_business(status):
        return Force.OUT_OF_BUSINESS
    if not is_represented:
        return Force.UNREPRESENTED
    return Force.IN_FORCE if now - checked_at < KNOWN_FOR else Force.UNCHECKED


def is_check_due(*, checked_at: datetime, tried_at: datetime, now: datetime) -> bool:
    """Whether the register should be asked again: once a day, and not again at once when it does not answer."""
    return now - checked_at >= CHECK_EVERY and now - tried_at >= RETRY_AFTER


def normalise_credit_code(text: str) -> str:
    """A credit code as registers write it, from any usual way of typing it."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
