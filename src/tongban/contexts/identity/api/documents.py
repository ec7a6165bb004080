"""Identity documents at the door: which there are, and reading one from what was typed."""

from __future__ import annotations

from datetime import date

from tongban.contexts.identity import models
from tongban.contexts.identity.domain import documents
from tongban.contexts.identity.domain.documents import Document, DocumentInvalid, DocumentKind, DocumentType
from tongban.contexts.identity.ports import document_check
from tongban.kernel.clock import local_date, utc_now
from tongban.kernel.countries import COUNTRIES
from tongban.kernel.errors import Invalid, Text

RESIDENT_ID = DocumentType.RESIDENT_ID.value
_OLDEST = date(1900, 1, 1)


class PersonInvalid(Invalid):
    """Name, number or another fact of a person cannot be right. ``details["field"]`` names it."""

    code = "person-invalid"


def list_document_kinds() -> tuple[DocumentKind, ...]:
    """Every document by which somebody can register, the commonest first."""
    return tuple(documents.KINDS.values())


def get_document_kind(document_type: str) -> DocumentKind:
    """What there is to know of a document type. Raises: PersonInvalid."""
    known = documents.type_named(document_type)
    if known is None:
        raise PersonInvalid(
            Text(zh="没有这种证件", en="There is no such document type"),
            remedy=Text(zh="请从列表里选", en="Choose one from the list"),
            field="document_type",
        )
    return documents.kind_of(known)


def list_countries(language: str = "zh-hans") -> tuple[tuple[str, str], ...]:
    """Codes and names of countries that issue passports: by pinyin, China first; in English by name."""
    names = [(code, name.in_language(language)) for code, name in COUNTRIES.items()]
    return tuple(sorted(names, key=lambda row: row[1]) if language.startswith("en") else names)


def is_verified_online(document_type: str) -> bool:
    """Whether a connected register can confirm documents of a type; otherwise a window looks at them."""
    kind = get_document_kind(document_type)
    return kind.type is DocumentType.RESIDENT_ID or document_check().answers_for(kind.code)


def checked_document(document_type: str, id_number: str, issuing_country: str = "") -> Document:
    """A document as stored. Raises: PersonInvalid naming the field."""
    kind = get_document_kind(document_type)
    try:
        return documents.read(kind.type, id_number, issuing_country)
    except DocumentInvalid as error:
        if error.field == "country":
            raise PersonInvalid(
                Text(zh="请选护照是哪个国家签发的", en="Choose the country that issued the passport"),
                remedy=Text(zh="资料页上有三个字母的国家代码", en="The data page shows its three letters"),
                field="issuing_country",
            ) from error
        raise _wrong_number(kind) from error


def checked_id_number(text: str) -> str:
    """A resident's identity number as stored. Raises: PersonInvalid."""
    return checked_document(document_type=DocumentType.RESIDENT_ID.value, id_number=text, issuing_country="").number


def checked_facts(document: Document, birth_date: date | None, sex: str) -> tuple[date, str]:
    """Date of birth and sex: from the number where it states them, else as given. Raises: PersonInvalid."""
    stated = documents.stated_birth_date(document)
    if stated and birth_date and stated != birth_date:
        raise PersonInvalid(
            Text(zh="出生日期和证件号码里的不一样", en="The date of birth differs from the one in the number"),
            remedy=Text(zh="请对照证件核对号码和日期", en="Check number and date against the document"),
            field="birth_date",
        )
    born = stated or birth_date
    if born is None or not _OLDEST <= born <= local_date(utc_now()):
        raise PersonInvalid(
            Text(zh="请照证件填出生日期", en="Give the date of birth as on the document"),
            remedy=Text(zh="例如 1990-05-17", en="Such as 1990-05-17"),
            field="birth_date",
        )
    known = documents.stated_sex(document) or sex
    if known not in models.Sex.values:
        raise PersonInvalid(
            Text(zh="请照证件选性别", en="Choose the sex as on the document"),
            remedy=Text(zh="证件上印着男（M）或女（F）", en="The document shows M or F"),
            field="sex",
        )
    return born, known


def hashes_of(text: str) -> tuple[str, ...]:
    """The hash of every document of which a typed text can be the number; of passports, one for each country."""
    return tuple(
        models.document_hash_of(Document(known, documents.normalise(known, text), country))
        for known in documents.possible_types(text)
        for country in (COUNTRIES if documents.kind_of(known).has_country else ("",))
    )


def _wrong_number(kind: DocumentKind) -> PersonInvalid:
    if kind.type is DocumentType.RESIDENT_ID:
        return PersonInvalid(
            Text(
                zh="身份证号不对，请对照身份证逐位核对 18 位号码",
                en="This is not a valid ID number: check all 18 characters",
            ),
            remedy=Text(zh="最后一位可能是字母 X", en="The last character may be the letter X"),
            field="id_number",
        )
    return PersonInvalid(
        Text(zh=f"{kind.name.zh}号码不对", en=f"This is not a valid number: {kind.name.en}"),
        remedy=Text(zh=f"应为{kind.hint.zh}，请对照证件核对", en=f"It has {kind.hint.en}; check the document"),
        field="id_number",
    )
