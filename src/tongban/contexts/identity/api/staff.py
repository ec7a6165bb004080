"""Members of staff: who acts for which department, and as what."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api.organisations import get_organisation
from tongban.contexts.identity.domain import contact
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Invalid, Text

ROLES: tuple[str, ...] = tuple(models.Role.values)


@dataclass(frozen=True, slots=True)
class Staff:
    """Someone who acts for a department."""

    id: UUID
    account_id: UUID
    username: str
    name: str
    organisation: str
    roles: frozenset[str]
    hall: str
    window: str


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A fresh staff account with what its holder needs once: a first password and the secret of the second factor."""

    staff: Staff
    password: str
    totp_secret: str
    totp_url: str


class StaffInvalid(Invalid):
    """A staff account cannot be made like this."""

    code = "staff-invalid"


class UsernameTaken(Conflict):
    """The username is in use."""

    code = "username-taken"


@transaction.atomic
def create_staff(
    *,
    username: str,
    name: str,
    organisation: str,
    roles: Iterable[str],
    password_hash: str | None = None,
    hall: str = "",
    window: str = "",
    with_second_factor: bool = True,
    actor: Actor = SYSTEM,
) -> NewStaff:
    """Make an account of the staff realm. Raises: StaffInvalid, UsernameTaken, OrganisationUnknown."""
    username, wanted = contact.normalise_username(username), _checked_roles(roles)
    if not contact.is_username(username):
        raise StaffInvalid(
            Text(zh=f"用户名“{username}”不合规", en=f"The username “{username}” cannot be used"),
            remedy=Text(
                zh="用 2 到 40 位小写字母、数字、点、横线，字母开头",
                en="Use 2 to 40 of a–z, 0–9, dot, dash; a letter first",
            ),
        )
    if models.Account.objects.filter(username=username).exists():
        raise UsernameTaken(
            Text(zh=f"用户名“{username}”已有人用", en=f"The username “{username}” is taken"),
            remedy=Text(zh="请换一个用户名", en="Choose another username"),
        )
    department = models.Organisation.objects.get(code=get_organisation(organisation).code)
    first_password = "" if password_hash else secrets.token_urlsafe(12)
    account = models.Account(realm=models.Realm.STAFF, username=username, joined_at=utc_now())
    account.password = password_hash or make_password(first_password)
    account.save(force_insert=True)
    row = models.StaffMember.objects.create(
        account=account,
        organisation=department,
        name=name,
        roles=sorted(wanted),
        hall=hall,
        window=window,
        created_at=utc_now(),
    )
    audit.record(
        actor=actor,
        action="identity.staff-created",
        subject=f"account:{account.pk}",
        detail={"organisation": department.code, "roles": sorted(wanted)},
    )
    secret, url = _give_second_factor(account) if with_second_factor else ("", "")
    return NewStaff(staff=view_of(row), password=first_password, totp_secret=secret, totp_url=url)


def find_staff(account_id: UUID) -> Staff | None:
    """The active member of staff behind an account, or ``None``."""
    row = _rows().filter(account_id=account_id, is_active=True).first()
    return view_of(row) if row else None


def list_staff(organisation: str) -> tuple[Staff, ...]:
    """The active staff of a department, by name."""
    return tuple(
        view_of(row) for row in _rows().filter(organisation__code=organisation, is_active=True).order_by("name")
    )


def view_of(row: models.StaffMember) -> Staff:
    """What other rooms may know of a staff row."""
    return Staff(
        id=row.pk,
        account_id=row.account_id,
        username=row.account.username,
        name=row.name,
        organisation=row.organisation.code,
        roles=frozenset(row.roles),
        hall=row.hall,
        window=row.window,
    )


def _rows() -> QuerySet[models.StaffMember]:
    return models.StaffMember.objects.select_related("account", "organisation")


def _checked_roles(roles: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(roles)
    unknown = sorted(wanted - set(ROLES))
    if unknown or not wanted:
        raise StaffInvalid(
            Text(
                zh=f"没有这样的角色：{'、'.join(unknown) or '（空）'}",
                en=f"No such role: {', '.join(unknown) or '(none)'}",
            ),
            remedy=Text(zh=f"可用的角色：{'、'.join(ROLES)}", en=f"Roles: {', '.join(ROLES)}"),
        )
    return wanted


def _give_second_factor(account: models.Account) -> tuple[str, str]:
    from tongban.contexts.identity.adapters.second_factor import enrol_totp

    return enrol_totp(account)
