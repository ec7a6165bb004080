"""Identity documents: which there are, how their numbers are written, what the numbers state, how they are shown.

Source: type codes of GA/T 517 (常用证件代码), which e-licences use for the code type of a holder; number rules of
GB 11643 (resident ID), of the 2018 measures on residence permits of Hong Kong, Macao and Taiwan residents, of notices
of the exit-entry administration on permits and the permanent residence card of 2023, and of ICAO Doc 9303 (passports).
The standards' texts were not at hand: codes and rules were reconstructed. The residence permit is younger than the code
list and filed under its residence permits (154). The last character of permanent residence cards of before 2023 is not
checked: its rule is not published.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from tongban.kernel import resident_id
from tongban.kernel.countries import is_country
from tongban.kernel.errors import Text


class DocumentType(Enum):
    """A document by which somebody proves who they are. The value is how it is stored."""

    RESIDENT_ID = "resident-id"
    HK_MACAO_PERMIT = "hk-macao-permit"
    TAIWAN_PERMIT = "taiwan-permit"
    RESIDENCE_PERMIT = "hmt-residence-permit"
    PERMANENT_RESIDENCE = "permanent-residence"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """What there is to know of a document type. ``code`` is its official one; ``hint`` says how its number looks."""

    type: DocumentType
    code: str
    name: Text
    hint: Text
    example: str
    states_birth_date: bool = False
    states_sex: bool = False
    has_country: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a person: its type, its number as stored, and the country where the number alone is ambiguous."""

    type: DocumentType
    number: str
    country: str = ""

    @property
    def key(self) -> str:
        """Type, country and number in one text: no two documents share it. Shape: ``414:FRA:12AB34567``."""
        return f"{kind_of(self.type).code}:{self.country}:{self.number}"

    @property
    def is_id_number(self) -> bool:
        """Whether the number is written like a resident's, so that departments find its holder by it."""
        return resident_id.is_valid(self.number)

    @property
    def subject(self) -> str:
        """How records of exchange tell whom they are about: the number where departments know people by it."""
        return self.number if self.is_id_number else self.key


class DocumentInvalid(ValueError):
    """A number or country that cannot be right. ``field`` is ``number`` or ``country``."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


KINDS: Mapping[DocumentType, DocumentKind] = {
    kind.type: kind
    for kind in (
        DocumentKind(
            DocumentType.RESIDENT_ID,
            "111",
            Text(zh="居民身份证", en="Resident ID card"),
            Text(zh="18 位，最后一位可能是 X", en="18 characters; the last may be X"),
            "990102199105140236",
            states_birth_date=True,
            states_sex=True,
        ),
        DocumentKind(
            DocumentType.HK_MACAO_PERMIT,
            "516",
            Text(zh="港澳居民来往内地通行证", en="Mainland Travel Permit (Hong Kong and Macao)"),
            Text(zh="H 或 M 开头，后面 8 位数字", en="H or M, then 8 digits"),
            "H99000001",
        ),
        DocumentKind(
            DocumentType.TAIWAN_PERMIT,
            "511",
            Text(zh="台湾居民来往大陆通行证", en="Mainland Travel Permit (Taiwan)"),
            Text(zh="8 位数字", en="8 digits"),
            "99000001",
        ),
        DocumentKind(
            DocumentType.RESIDENCE_PERMIT,
            "154",
            Text(zh="港澳台居民居住证", en="Residence Permit (Hong Kong, Macao and Taiwan)"),
            Text(zh="18 位，81、82 或 83 开头", en="18 characters, starting with 81, 82 or 83"),
            "810000199408230021",
            states_birth_date=True,
            states_sex=True,
        ),
        DocumentKind(
            DocumentType.PERMANENT_RESIDENCE,
            "553",
            Text(zh="外国人永久居留身份证", en="Foreign Permanent Resident ID Card"),
            Text(
                zh="新版 18 位，9 开头；旧版 3 个字母加 12 位数字",
                en="18 characters starting with 9; on older cards 3 letters and 12 digits",
            ),
            "911124198108030024",
        ),
        DocumentKind(
            DocumentType.PASSPORT,
            "414",
            Text(zh="护照", en="Passport"),
            Text(zh="字母和数字，照资料页右上角填", en="Letters and digits, from the top right of the data page"),
            "P99000001",
            has_country=True,
        ),
    )
}
"""Every type, the commonest first."""

_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)
_HK_MACAO = re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?")
_TAIWAN = re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?")
_OLD_CARD = re.compile(r"([A-Z]{3})[0-9]{4}[0-9]{2}([0-9]{4})[0-9]{2}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,15}")
_FILLERS = re.compile(r"[\s\-<()（）.·]")


def kind_of(document_type: DocumentType) -> DocumentKind:
    """What there is to know of a type."""
    return KINDS[document_type]


def type_named(text: str) -> DocumentType | None:
    """The type that a stored or posted text names, or ``None``."""
    return next((known for known in DocumentType if known.value == text), None)


def normalise(document_type: DocumentType, text: str) -> str:
    """A typed number as it is stored: narrowed, raised, without blanks and fillers; one number for one holder.

    The travel permits for Hong Kong and Macao carry two more digits that count renewals; they are dropped.
    """
    bare = _FILLERS.sub("", unicodedata.normalize("NFKC", text))
    number = unicodedata.normalize("NFKC", bare.upper())  # what the fillers kept apart may join
    if document_type is DocumentType.HK_MACAO_PERMIT and (found := _HK_MACAO.fullmatch(number)):
        return found[1]
    return number


def is_valid(document_type: DocumentType, number: str) -> bool:
    """Whether a normalised number can be one of the type."""
    return _RULES[document_type](number)


def read(document_type: DocumentType, text: str, country: str = "") -> Document:
    """The document behind what was typed. Raises: DocumentInvalid naming the field."""
    number = normalise(document_type, text)
    if not is_valid(document_type, number):
        raise DocumentInvalid("number")
    if not kind_of(document_type).has_country:
        return Document(document_type, number)
    issuer = unicodedata.normalize("NFKC", country).strip().upper()
    if not is_country(issuer):
        raise DocumentInvalid("country")
    return Document(document_type, number, issuer)


def mask(number: str) -> str:
    """The number as pages show it: enough to recognise one's own, at least half of it hidden."""
    return resident_id.mask(number)


def stated_birth_date(document: Document) -> date | None:
    """The date of birth that the number states, or ``None`` when it states none."""
    if not document.is_id_number:
        return None
    return resident_id.parse(document.number).birth_date


def stated_sex(document: Document) -> str | None:
    """The sex that the number states, or ``None`` when it states none for sure."""
    if not kind_of(document.type).states_sex:
        return None
    return resident_id.parse(document.number).sex


def possible_types(text: str) -> tuple[DocumentType, ...]:
    """The types of which a typed text can be the number, for a box that takes them all."""
    return tuple(known for known in DocumentType if is_valid(known, normalise(known, text)))


def _is_resident_id(number: str) -> bool:
    """Residence permits and permanent residence cards are written alike, under first digits of their own."""
    return resident_id.is_valid(number) and not _is_residence_permit(number) and not _is_new_card(number)


def _is_residence_permit(number: str) -> bool:
    return number[:6] in ("810000", "820000", "830000") and resident_id.is_valid(number)


def _is_permanent_residence(number: str) -> bool:
    return _is_new_card(number) or _is_old_card(number)


def _is_new_card(number: str) -> bool:
    """9, the province of application, the country in three digits, then as in a resident's number."""
    return number[:1] == "9" and number[1:3] in _PROVINCES and resident_id.is_valid(number)


def _is_old_card(number: str) -> bool:
    found = _OLD_CARD.fullmatch(number)
    if not found or not is_country(found[1]):
        return False
    try:
        # The year has two digits; 2000 lets the 29th of February pass.
        date(2000, int(found[2][:2]), int(found[2][2:]))
    except ValueError:
        return False
    return True


_RULES: Mapping[DocumentType, Callable[[str], bool]] = {
    DocumentType.RESIDENT_ID: _is_resident_id,
    DocumentType.HK_MACAO_PERMIT: lambda number: len(number) == 9 and _HK_MACAO.fullmatch(number) is not None,
    DocumentType.TAIWAN_PERMIT: lambda number: _TAIWAN.fullmatch(number) is not None,
    DocumentType.RESIDENCE_PERMIT: _is_residence_permit,
    DocumentType.PERMANENT_RESIDENCE: _is_permanent_residence,
    DocumentType.PASSPORT: lambda number: _PASSPORT.fullmatch(number) is not None and any(c.isdigit() for c in number),
}
