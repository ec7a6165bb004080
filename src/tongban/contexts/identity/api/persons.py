"""Natural persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from tongban.contexts.identity import models
from tongban.contexts.identity.domain import contact
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel import resident_id
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Invalid, NotFound, Text


@dataclass(frozen=True, slots=True)
class Person:
    """A person as pages may show them: numbers masked."""

    id: UUID
    name: str
    id_number_masked: str
    phone_masked: str
    email: str
    level: str
    birth_date: date
    sex: str
    has_account: bool = False


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """A resident as they themselves are known; the number never reaches a page."""

    person: Person
    id_number: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person can be told something. ``email`` is a confirmed address or empty."""

    name: str
    email: str
    language: str


class PersonUnknown(NotFound):
    """No such person is registered."""

    code = "person-unknown"


class PersonExists(Conflict):
    """The identity number is registered already."""

    code = "person-exists"


class PersonInvalid(Invalid):
    """Name or number cannot be right."""

    code = "person-invalid"


def get_person(person_id: UUID) -> Person:
    """A person. Raises: PersonUnknown."""
    row = models.Person.objects.select_related("account").filter(pk=person_id).first()
    if row is None:
        raise _unknown()
    return view_of(row)


def find_person(id_number: str) -> Person | None:
    """The person with this identity number, however it was typed, or ``None``."""
    number = resident_id.normalise(id_number)
    row = (
        models.Person.objects.select_related("account").filter(id_number_hash=models.id_number_hash_of(number)).first()
    )
    return view_of(row) if row else None


def find_contact(person_id: UUID) -> Contact | None:
    """Where to reach a person, or ``None`` for nobody. Fills the recipients port of notices."""
    row = models.Person.objects.select_related("account").filter(pk=person_id).first()
    if row is None:
        return None
    account = row.account
    if account is None:
        return Contact(name=row.name, email="", language="zh-hans")
    return Contact(name=row.name, email=confirmed_email(account), language=account.language or "zh-hans")


def register_person(
    *,
    name: str,
    id_number: str,
    level: str = "registered",
    phone: str | None = None,
    actor: Actor = SYSTEM,
    verified_by: str = "",
) -> Person:
    """Register someone without an account, as a window clerk does with the card in hand.

    A person already registered under the same number and name is returned as they are.
    Raises: PersonInvalid; PersonExists when the number belongs to another name.
    """
    row, is_new = ensure_person(name=name, id_number=id_number, level=level, verified_by=verified_by)
    if row.name != checked_name(name):
        raise PersonExists(
            Text(zh="这个身份证号登记的是另一个姓名", en="This ID number is registered under another name"),
            remedy=Text(
                zh="请核对证件；姓名变更请先到公安局更新",
                en="Check the card; a changed name is updated by the police first",
            ),
        )
    if phone and not row.phone:
        row.phone = checked_phone(phone)
        row.save(update_fields=["phone"])
    if is_new:
        audit.record(
            actor=actor, action="identity.person-registered", subject=f"person:{row.pk}", detail={"level": level}
        )
    return view_of(row)


def reveal_id_number(*, person_id: UUID, reason: str, actor: Actor = SYSTEM) -> str:
    """The full identity number, for a stated reason that is put on record. Raises: PersonUnknown, Invalid."""
    if not reason.strip():
        raise Invalid(
            Text(zh="查看完整身份证号要写明理由", en="State a reason to see a full ID number"),
            remedy=Text(zh="请写明用途后重试", en="Give the purpose and try again"),
        )
    row = models.Person.objects.filter(pk=person_id).first()
    if row is None:
        raise _unknown()
    audit.record(
        actor=actor, action="identity.id-number-revealed", subject=f"person:{row.pk}", detail={"reason": reason}
    )
    return str(row.id_number)


def reveal_phone(*, person_id: UUID, reason: str, actor: Actor = SYSTEM) -> str:
    """The telephone number in full, or empty, for a stated reason that is put on record. Raises: PersonUnknown."""
    row = models.Person.objects.select_related("account").filter(pk=person_id).first()
    if row is None:
        raise _unknown()
    audit.record(actor=actor, action="identity.phone-revealed", subject=f"person:{row.pk}", detail={"reason": reason})
    return str((row.account.phone if row.account else None) or row.phone or "")


def get_own(request: HttpRequest) -> OwnIdentity:
    """The signed-in resident, with the full number to ask other rooms about themselves; costs no query.

    Raises: PersonUnknown for anybody else.
    """
    row = getattr(request.user, "person", None)
    if not isinstance(row, models.Person):
        raise _unknown()
    return OwnIdentity(person=view_of(row), id_number=str(row.id_number))


@transaction.atomic
def set_contact(*, account_id: UUID, phone: str, actor: Actor) -> None:
    """Change the telephone number of an account; it counts as unconfirmed. An empty number takes it away."""
    row = models.Account.objects.select_for_update().get(pk=account_id)
    wanted = checked_phone(phone) if phone.strip() else ""
    if wanted == (row.phone or ""):
        return
    row.set_phone(wanted or None, verified=False)
    row.save(update_fields=["phone", "phone_hash", "is_phone_verified"])
    audit.record(actor=actor, action="identity.phone-changed", subject=f"account:{row.pk}")


def ensure_person(*, name: str, id_number: str, level: str, verified_by: str = "") -> tuple[models.Person, bool]:
    """The row for a name and number, made when absent. Raises: PersonInvalid."""
    name, number = checked_name(name), checked_id_number(id_number)
    facts = resident_id.parse(number)
    now = utc_now()
    return models.Person.objects.select_related("account").get_or_create(
        id_number_hash=models.id_number_hash_of(number),
        defaults={
            "name": name,
            "id_number": number,
            "birth_date": facts.birth_date,
            "sex": facts.sex,
            "level": level,
            "verified_at": now if level == models.Level.REAL_NAME else None,
            "verified_by": verified_by,
            "created_at": now,
        },
    )


def checked_name(text: str) -> str:
    """A person's name as stored. Raises: PersonInvalid."""
    name = contact.normalise_name(text)
    if not contact.is_name(name):
        raise PersonInvalid(
            Text(zh="姓名要和身份证上一样，2 到 50 个字，不带数字和符号", en="Give the name exactly as on the ID card"),
            remedy=Text(zh="请照身份证填写", en="Copy it from the card"),
            field="name",
        )
    return name


def checked_id_number(text: str) -> str:
    """An identity number as stored. Raises: PersonInvalid."""
    number = resident_id.normalise(text)
    if not resident_id.is_valid(number):
        raise PersonInvalid(
            Text(
                zh="身份证号不对，请对照身份证逐位核对 18 位号码",
                en="This is not a valid ID number: check all 18 characters",
            ),
            remedy=Text(zh="最后一位可能是字母 X", en="The last character may be the letter X"),
            field="id_number",
        )
    return number


def checked_phone(text: str) -> str:
    """A mobile number as stored. Raises: PersonInvalid."""
    phone = contact.normalise_phone(text)
    if not contact.is_mobile(phone):
        raise PersonInvalid(
            Text(zh="手机号是 11 位数字，以 1 开头", en="A mobile number has 11 digits and starts with 1"),
            remedy=Text(zh="请核对后重填", en="Check it and type it again"),
            field="phone",
        )
    return phone


def view_of(row: models.Person) -> Person:
    """What other rooms may know of a person's row."""
    account = row.account
    phone = (account.phone if account else None) or row.phone or ""
    return Person(
        id=row.pk,
        name=row.name,
        id_number_masked=resident_id.mask(row.id_number),
        phone_masked=contact.mask_phone(phone) if phone else "",
        email=account.email if account else "",
        level=row.level,
        birth_date=row.birth_date,
        sex=row.sex,
        has_account=account is not None,
    )


def confirmed_email(account: models.Account) -> str:
    """The address that the account's holder has confirmed, or an empty text."""
    from allauth.account.models import EmailAddress

    address = EmailAddress.objects.filter(user_id=account.pk, verified=True).order_by("-primary").first()
    return str(address.email) if address else ""


def _unknown() -> PersonUnknown:
    return PersonUnknown(
        Text(zh="没有这个人的登记信息", en="This person is not registered"),
        remedy=Text(zh="请先登记，再办理", en="Register the person first"),
    )
