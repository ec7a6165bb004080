"""What a mandate says, checked; and the words of its refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from tongban.contexts.identity import models
from tongban.contexts.identity.api import documents, persons
from tongban.contexts.identity.domain import mandates as rules
from tongban.kernel import resident_id
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Text

RELATIONS: Mapping[str, Text] = MappingProxyType(
    {
        "child": Text(zh="子女", en="Son or daughter"),
        "spouse": Text(zh="配偶", en="Husband or wife"),
        "parent": Text(zh="父母", en="Parent"),
        "relative": Text(zh="其他亲属", en="Other relative"),
        "friend": Text(zh="朋友", en="Friend"),
        "helper": Text(zh="帮办员", en="Accredited helper"),
    }
)
"""What the agent is to the principal, in the order in which pages ask."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody by name and identity number, as typed."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be agreed: what the agent is to the principal, which services, and the last day."""

    relation: str
    services: tuple[str, ...]
    valid_until: date


@dataclass(frozen=True, slots=True)
class Identified:
    """A party whose name and number are well formed, with the row of the person if they are known by both."""

    name: str
    number_hash: str
    masked: str
    birth_date: date
    row: models.Person | None


class MandateUnknown(NotFound):
    """There is no such mandate, or it is not this person's."""

    code = "mandate-unknown"


class MandateInvalid(Invalid):
    """A mandate cannot say this. ``field`` names what to correct."""

    code = "mandate-invalid"


class MandateMoved(Conflict):
    """The mandate has been answered or ended meanwhile."""

    code = "mandate-moved"


class TooManyMandates(Forbidden):
    """Somebody draws up mandates in numbers."""

    code = "too-many-mandates"
    status = 429


def identified(party: Named) -> Identified:
    """A party as typed, checked. Raises: PersonInvalid naming the field."""
    name, number = persons.checked_name(party.name), documents.checked_id_number(party.id_number)
    number_hash = models.id_number_hash_of(number)
    row = models.Person.objects.filter(id_number_hash=number_hash).first()
    return Identified(
        name=name,
        number_hash=number_hash,
        masked=resident_id.mask(number),
        birth_date=resident_id.parse(number).birth_date,
        row=row if row is not None and row.name == name else None,
    )


def identified_person(person_id: UUID) -> Identified:
    """A known person as a party. Raises: PersonUnknown."""
    row = models.Person.objects.filter(pk=person_id).first()
    if row is None:
        raise persons.PersonUnknown(
            Text(zh="没有这个人的登记信息", en="This person is not registered"),
            remedy=Text(zh="请先登记，再办理", en="Register the person first"),
        )
    return Identified(row.name, row.id_number_hash, resident_id.mask(row.id_number), row.birth_date, row)


def checked(terms: Terms, principal: Identified, agent: Identified) -> Terms:
    """The terms as stored. Raises: MandateInvalid naming the field."""
    today = local_date(utc_now())
    services = rules.clean_services(terms.services)
    if principal.number_hash == agent.number_hash:
        raise _invalid("id_number", "不能委托自己", "Nobody needs a mandate for themselves", _OTHER)
    if not rules.is_of_age(agent.birth_date, today):
        raise _invalid("id_number", "代办人要年满 18 周岁", "Whoever acts for somebody must be 18", _OTHER)
    if not rules.is_of_age(principal.birth_date, today):
        raise _invalid(
            "id_number",
            "未成年人的事由父母或监护人办，不用委托",
            "A minor's parent or guardian acts without a mandate",
            Text(zh="请在“我是父母或监护人”里办", en="Use “I am a parent or guardian”"),
        )
    if terms.relation not in RELATIONS:
        raise _invalid("relation", "请选对方是什么人", "Say what they are to each other", _CHOOSE)
    if services is None:
        words = f"请选 1 到 {rules.MAX_SERVICES} 件要代办的事"
        raise _invalid("services", words, f"Choose 1 to {rules.MAX_SERVICES} services", _CHOOSE)
    if not rules.may_last_until(terms.valid_until, today):
        raise _invalid("valid_until", "日期要在今天到一年以内", "The day lies between today and a year on", _CHOOSE)
    return Terms(terms.relation, services, terms.valid_until)


def unknown() -> MandateUnknown:
    """The refusal for a mandate that is not there, or not this person's."""
    return MandateUnknown(
        Text(zh="没有这份委托", en="There is no such mandate"),
        remedy=Text(zh="请回到亲友代办看现在的委托", en="Go back to see the present mandates"),
    )


def moved() -> MandateMoved:
    """The refusal of an act that no longer fits."""
    return MandateMoved(
        Text(zh="这份委托的状态已经变了，没有改动", en="This mandate has moved on; nothing was changed"),
        remedy=Text(zh="请刷新页面看现在的状态", en="Reload the page to see how it stands"),
    )


_CHOOSE = Text(zh="选好后再下一步", en="Choose, then go on")
_OTHER = Text(zh="请换一个人", en="Name somebody else")


def _invalid(field: str, zh: str, en: str, remedy: Text) -> MandateInvalid:
    return MandateInvalid(Text(zh=zh, en=en), remedy=remedy, field=field)
