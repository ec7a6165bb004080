"""Natural persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from tongban.contexts.identity import models
from tongban.contexts.identity.api.documents import (
    RESIDENT_ID,
    PersonInvalid,
    checked_document,
    checked_facts,
    hashes_of,
)
from tongban.contexts.identity.domain import contact, documents
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.kernel import resident_id
from tongban.kernel.clock import utc_now
from tongban.kernel.countries import COUNTRIES
from tongban.kernel.errors import Conflict, Invalid, NotFound, Text


@dataclass(frozen=True, slots=True)
class Person:
    """A person as pages may show them: numbers masked.

    ``has_id_number`` says whether the document's number is written like a resident's: departments know others not by
    number. ``document_code`` is the official code of its type.
    """

    id: UUID
    name: str
    id_number_masked: str
    phone_masked: str
    email: str
    level: str
    birth_date: date
    sex: str
    has_account: bool = False
    document_type: str = RESIDENT_ID
    issuing_country: str = ""
    has_id_number: bool = True

    @property
    def document_name(self) -> Text:
        """What the document is called, with the country of a passport."""
        name = documents.kind_of(documents.DocumentType(self.document_type)).name
        country = COUNTRIES.get(self.issuing_country)
        return Text(zh=f"{country.zh}{name.zh}", en=f"{name.en} ({country.en})") if country else name

    @property
    def document_code(self) -> str:
        """The official code of the document's type, such as ``111``."""
        return documents.kind_of(documents.DocumentType(self.document_type)).code


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """A resident as they themselves are known; the number never reaches a page.

    ``subject`` is how records of exchange tell whom they are about.
    """

    person: Person
    id_number: str
    subject: str


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


def get_person(person_id: UUID) -> Person:
    """A person. Raises: PersonUnknown."""
    row = models.Person.objects.select_related("account").filter(pk=person_id).first()
    if row is None:
        raise _unknown()
    return view_of(row)


def find_person(id_number: str) -> Person | None:
    """The person with this resident identity number, however it was typed, or ``None``."""
    number = resident_id.normalise(id_number)
    row = (
        models.Person.objects.select_related("account").filter(id_number_hash=models.id_number_hash_of(number)).first()
    )
    return view_of(row) if row else None


def find_people(text: str) -> tuple[Person, ...]:
    """Everybody who has a document of any type under the number that was typed; mostly nobody or one. One query."""
    rows = models.Person.objects.select_related("account").filter(id_number_hash__in=hashes_of(text))
    return tuple(view_of(row) for row in rows.order_by("created_at")[:20])


def is_own_number(*, person_id: UUID, number: str) -> bool:
    """Whether a number is the one of a person's document; nothing is revealed. False for nobody."""
    row = models.Person.objects.filter(pk=person_id).first()
    return row is not None and documents.normalise(row.document.type, number) == row.id_number


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
    document_type: str = RESIDENT_ID,
    issuing_country: str = "",
    birth_date: date | None = None,
    sex: str = "",
) -> Person:
    """Register someone without an account, as a window clerk does with the card in hand.

    A person already registered under the same document and name is returned as they are. Date of birth and sex are
    needed where the number does not state them. Raises: PersonInvalid; PersonExists when the number belongs to
    another name.
    """
    row, is_new = ensure_person(
        name=name,
        id_number=id_number,
        level=level,
        verified_by=verified_by,
        document_type=document_type,
        issuing_country=issuing_country,
        birth_date=birth_date,
        sex=sex,
    )
    if row.name.casefold() != checked_name(name).casefold():
        raise PersonExists(
            Text(zh="这个证件号码登记的是另一个姓名", en="This number is registered under another name"),
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
    return _revealed(person_id, reason, actor).number


def reveal_subject(*, person_id: UUID, reason: str, actor: Actor = SYSTEM) -> str:
    """How records of exchange tell whom they are about: the identity number, or type, country and number of a document
    by whose number alone departments do not know people. Put on record. Raises: PersonUnknown.
    """
    return _revealed(person_id, reason, actor).subject


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
    return OwnIdentity(person=view_of(row), id_number=str(row.id_number), subject=row.document.subject)


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


def ensure_person(
    *,
    name: str,
    id_number: str,
    level: str,
    verified_by: str = "",
    document_type: str = RESIDENT_ID,
    issuing_country: str = "",
    birth_date: date | None = None,
    sex: str = "",
) -> tuple[models.Person, bool]:
    """The row for a name and document, made when absent. Raises: PersonInvalid."""
    name, document = checked_name(name), checked_document(document_type, id_number, issuing_country)
    born, known_sex = checked_facts(document, birth_date, sex)
    now = utc_now()
    return models.Person.objects.select_related("account").get_or_create(
        id_number_hash=models.document_hash_of(document),
        defaults={
            "name": name,
            "document_type": document.type.value,
            "issuing_country": document.country,
            "id_number": document.number,
            "birth_date": born,
            "sex": known_sex,
            "level": level,
            "verified_at": None if level == models.Level.REGISTERED else now,
            "verified_by": verified_by,
            "created_at": now,
        },
    )


def checked_name(text: str) -> str:
    """A person's name as stored. Raises: PersonInvalid."""
    name = contact.normalise_name(text)
    if not contact.is_name(name):
        raise PersonInvalid(
            Text(zh="姓名要和证件上一样，2 到 50 个字，不带数字和符号", en="Give the name exactly as on the document"),
            remedy=Text(zh="请照证件填写", en="Copy it from the document"),
            field="name",
        )
    return name


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
    account, document = row.account, row.document
    phone = (account.phone if account else None) or row.phone or ""
    return Person(
        id=row.pk,
        name=row.name,
        id_number_masked=documents.mask(document.number),
        phone_masked=contact.mask_phone(phone) if phone else "",
        email=account.email if account else "",
        level=row.level,
        birth_date=row.birth_date,
        sex=row.sex,
        has_account=account is not None,
        document_type=row.document_type,
        issuing_country=row.issuing_country,
        has_id_number=document.is_id_number,
    )


def confirmed_email(account: models.Account) -> str:
    """The address that the account's holder has confirmed, or an empty text."""
    from allauth.account.models import EmailAddress

    address = EmailAddress.objects.filter(user_id=account.pk, verified=True).order_by("-primary").first()
    return str(address.email) if address else ""


def _revealed(person_id: UUID, reason: str, actor: Actor) -> documents.Document:
    row = models.Person.objects.filter(pk=person_id).first()
    if row is None:
        raise _unknown()
    audit.record(
        actor=actor, action="identity.id-number-revealed", subject=f"person:{row.pk}", detail={"reason": reason}
    )
    return row.document


def _unknown() -> PersonUnknown:
    return PersonUnknown(
        Text(zh="没有这个人的登记信息", en="This person is not registered"),
        remedy=Text(zh="请先登记，再办理", en="Register the person first"),
    )
