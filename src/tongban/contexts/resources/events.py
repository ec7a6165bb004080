"""Facts that resources publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CatalogueChanged:
    """A load changed or retired resources."""

    topic: ClassVar[str] = "resources.catalogue-changed"
    version: ClassVar[int] = 1

    pack: str
    changed: int
    retired: int
