"""The city's departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tongban.contexts.identity import models
from tongban.kernel import credit_code
from tongban.kernel.errors import Invalid, NotFound, Text


@dataclass(frozen=True, slots=True)
class Organisation:
    """A department: ``code`` is the short name that packs and grants use."""

    code: str
    name: str
    short: str
    name_en: str
    phone: str
    credit_code: str = ""

    def name_in(self, language: str) -> str:
        """The full name in a language."""
        return self.name_en if language.startswith("en") else self.name


class OrganisationUnknown(NotFound):
    """No department has this code."""

    code = "organisation-unknown"


class OrganisationInvalid(Invalid):
    """A row of a list of departments cannot be used."""

    code = "organisation-invalid"


def get_organisation(code: str) -> Organisation:
    """A department by its code. Raises: OrganisationUnknown."""
    found = find_organisation(code)
    if found is None:
        raise OrganisationUnknown(
            Text(zh=f"没有代码为“{code}”的部门", en=f"No department has the code “{code}”"),
            remedy=Text(zh="请核对城市包里的 organisations.yaml", en="Check organisations.yaml in the city pack"),
            organisation=code,
        )
    return found


def find_organisation(code: str) -> Organisation | None:
    """A department by its code, or ``None``."""
    row = models.Organisation.objects.filter(code=code).first()
    return _view(row) if row else None


def list_organisations() -> tuple[Organisation, ...]:
    """All departments in the pack's order; there are dozens, not thousands."""
    return tuple(_view(row) for row in models.Organisation.objects.all())


@transaction.atomic
def load_organisations(rows: Iterable[Mapping[str, Any]]) -> int:
    """Put the pack's departments, adding and changing by code; a repeat changes nothing. Returns how many there are.

    Raises: OrganisationInvalid naming the row; then nothing is loaded.
    """
    given = [_checked(number, row) for number, row in enumerate(rows, start=1)]
    _refuse_duplicates(given)
    codes = [row["code"] for row in given]
    known = {row.code: row for row in models.Organisation.objects.select_for_update().filter(code__in=codes)}
    for position, values in enumerate(given):
        row = known.get(values["code"]) or models.Organisation(code=values["code"])
        before = {field: getattr(row, field) for field in (*values, "position")}
        after = {**values, "position": position}
        if row._state.adding or before != after:
            for field, value in after.items():
                setattr(row, field, value)
            row.save()
    return len(given)


def _checked(number: int, row: Mapping[str, Any]) -> dict[str, str]:
    values = {
        "code": str(row.get("code", "")).strip(),
        "credit_code": str(row.get("credit_code", "")).strip(),
        "name": str(row.get("name", "")).strip(),
        "short": str(row.get("short") or row.get("name", "")).strip(),
        "name_en": str(row.get("name_en") or row.get("en") or "").strip(),
        "phone": str(row.get("phone") or "").strip(),
    }
    missing = [field for field in ("code", "credit_code", "name", "name_en") if not values[field]]
    if missing:
        raise _invalid(number, "、".join(missing), "缺少这些字段", "these fields are missing")
    if not credit_code.is_valid(values["credit_code"]):
        raise _invalid(number, values["credit_code"], "统一社会信用代码校验位不对", "the check character does not fit")
    return values


def _refuse_duplicates(rows: list[dict[str, str]]) -> None:
    for field in ("code", "credit_code"):
        seen: set[str] = set()
        for number, row in enumerate(rows, start=1):
            if row[field] in seen:
                raise _invalid(number, row[field], "重复", "this value is used twice")
            seen.add(row[field])


def _invalid(number: int, what: str, zh: str, en: str) -> OrganisationInvalid:
    return OrganisationInvalid(
        Text(zh=f"部门名录第 {number} 行：{what} {zh}", en=f"Department {number}: {what}: {en}"),
        remedy=Text(zh="改好后重新装载；这次没有装载任何部门", en="Correct the row and load again; nothing was loaded"),
        row=number,
    )


def _view(row: models.Organisation) -> Organisation:
    return Organisation(
        code=row.code,
        name=row.name,
        short=row.short,
        name_en=row.name_en,
        phone=row.phone,
        credit_code=row.credit_code,
    )
