"""Every table says what personal data it holds, why, and for how long; a test fails for one that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from django.db import models

Category = Literal["none", "basic", "identity", "sensitive"]
"""none: about no person; basic: name, contact; identity: identifies for sure; sensitive: health, money, family."""

ModelType = TypeVar("ModelType", bound=type[models.Model])


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a table holds of persons."""

    category: Category
    purpose: str
    retention: str


register: dict[str, Declaration] = {}
"""Declarations by model label."""


def personal_data(*, category: Category, purpose: str, retention: str) -> Callable[[ModelType], ModelType]:
    """Declare a model's personal data. Write it above the class."""

    def declare(model: ModelType) -> ModelType:
        register[model._meta.label] = Declaration(category, purpose, retention)
        return model

    return declare
