"""Accounts that a demo makes on request: residents whom the city's registers know, and staff of any department."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from tongban.contexts.halls import api as halls
from tongban.contexts.identity import models
from tongban.contexts.identity.api import accounts, organisations, persons, staff
from tongban.contexts.identity.domain import contact
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Text

ROLE_ALIASES = {"owner": "steward", "office": "official"}
"""What else a role is called: the data owner's steward, the city office's official."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_ROLE_NAMES = {"clerk": "窗口", "approver": "审批", "steward": "数据", "official": "主管", "auditor": "审计"}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A resident's account made for a demo, with the only copy of its password."""

    person_id: UUID
    username: str
    password: str
    name: str


class DemoPersonsUsedUp(Conflict):
    """Every person of the pack's list has an account."""

    code = "demo-persons-used-up"


@transaction.atomic
def add_demo_person(rows: Iterable[Mapping[str, Any]], *, name: str | None = None) -> DemoPerson:
    """Give the next free person of the pack's list an account, real-name proven; ``name`` asks for one of that name.

    Safe against calls at the same time: each gets another person.
    Raises: DemoAccountsRefused in production; DemoPersonsUsedUp.
    """
    accounts.refuse_in_production()
    wanted = contact.normalise_name(name) if name else None
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if wanted in (None, str(row["name"]))]
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
    password_hash = make_password(password)
    taken = _taken(str(row["id_number"]) for _number, row in numbered)
    for number, row in numbered:
        id_number = str(row["id_number"])
        if id_number not in taken and _claim(id_number) and not _taken([id_number]):
            username, person = _make(number, row, password_hash)
            return DemoPerson(person.pk, username, password, person.name)
    raise _used_up(len(numbered), wanted)


def add_demo_staff(*, organisation: str, roles: Sequence[str], name: str | None = None) -> staff.NewStaff:
    """A member of a department's staff with a password and a second factor of their own.

    Raises: DemoAccountsRefused in production; OrganisationUnknown, StaffInvalid naming what there is.
    """
    accounts.refuse_in_production()
    if organisations.find_organisation(organisation) is None:
        codes = ", ".join(row.code for row in organisations.list_organisations())
        raise organisations.OrganisationUnknown(
            Text(zh=f"没有代码为“{organisation}”的部门", en=f"No department has the code “{organisation}”"),
            remedy=Text(zh=f"可用的部门代码：{codes}", en=f"Departments: {codes}"),
        )
    wanted = sorted({ROLE_ALIASES.get(role, role) for role in roles})
    unknown = sorted(set(wanted) - set(staff.ROLES))
    if unknown or not wanted:
        every = ", ".join([*staff.ROLES, *(f"{alias} (={role})" for alias, role in ROLE_ALIASES.items())])
        said = ", ".join(unknown) or "—"
        raise staff.StaffInvalid(
            Text(zh=f"没有这样的角色：{said}", en=f"No such role: {said}"),
            remedy=Text(zh=f"可用的角色：{every}", en=f"Roles: {every}"),
        )
    hall = next(iter(halls.list_halls()), None) if "clerk" in wanted else None
    return staff.create_staff(
        username=f"{accounts.ADDED_PREFIX}{organisation[:20]}-{secrets.token_hex(4)}",
        name=name or f"演示{''.join(_ROLE_NAMES[role] for role in wanted)}",
        organisation=organisation,
        roles=wanted,
        hall=hall.code if hall else "",
        window=hall.windows[-1].code if hall and hall.windows else "",
    )


def _taken(id_numbers: Iterable[str]) -> frozenset[str]:
    """Which of some numbers belong to persons with an account."""
    numbers = {models.id_number_hash_of(number): number for number in id_numbers}
    rows = models.Person.objects.filter(id_number_hash__in=numbers).exclude(account=None)
    return frozenset(numbers[found] for found in rows.values_list("id_number_hash", flat=True))


def _claim(id_number: str) -> bool:
    """Hold a number for this transaction; whoever finds it held takes the next one instead of waiting."""
    with connection.cursor() as cursor:
        name = f"identity.demo-person:{models.id_number_hash_of(id_number)}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def _make(number: int, row: Mapping[str, Any], password_hash: str) -> tuple[str, models.Person]:
    username = f"{accounts.ADDED_PREFIX}{number:04}-{secrets.token_hex(2)}"
    account = models.Account(username=username, joined_at=utc_now(), password_changed_at=utc_now())
    account.email = f"{username}@residents.yunzhou.example"
    account.set_phone(persons.checked_phone(str(row["phone"])), verified=not _is_phone_taken(str(row["phone"])))
    account.password = password_hash
    account.save(force_insert=True)
    accounts.confirm_demo_email(account)
    person, _is_new = persons.ensure_person(
        name=str(row["name"]),
        id_number=str(row["id_number"]),
        level=models.Level.REAL_NAME,
        verified_by="demo-register",
    )
    person.account, person.level = account, models.Level.REAL_NAME
    person.save(update_fields=["account", "level"])
    audit.record(actor=SYSTEM, action="identity.demo-person-added", subject=f"account:{account.pk}")
    return username, person


def _is_phone_taken(phone: str) -> bool:
    return models.Account.objects.filter(phone_hash=models.phone_hash_of(phone), is_phone_verified=True).exists()


def _used_up(count: int, wanted: str | None) -> DemoPersonsUsedUp:
    if wanted is not None:
        return DemoPersonsUsedUp(
            Text(
                zh=f"名单里没有叫“{wanted}”而还没有账号的人",
                en=f"The list has nobody called “{wanted}” without an account",
            ),
            remedy=Text(zh="不给 --name，取名单里的下一位", en="Leave --name out to take the next person of the list"),
        )
    return DemoPersonsUsedUp(
        Text(zh=f"演示居民名单的 {count} 人都有账号了", en=f"All {count} persons of the demo list have an account"),
        remedy=Text(
            zh="用已有的账号，或用 make demo ARGS=--fresh 重新开始",
            en="Use the accounts there are, or start over with make demo ARGS=--fresh",
        ),
    )
