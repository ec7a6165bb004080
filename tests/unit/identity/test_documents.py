"""Identity documents: numbers as people type them, what they state, what a page shows."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain import documents
from tongban.contexts.identity.domain.documents import Document, DocumentInvalid, DocumentType
from tongban.kernel import resident_id
from tongban.kernel.countries import COUNTRIES

DAYS = st.dates(date(1920, 1, 1), date(2025, 12, 31))
SPECIMEN = "911124198108030024"


def with_check(first_17: str) -> str:
    return first_17 + resident_id.check_character(first_17)


@st.composite
def written_like_a_resident_s(draw: st.DrawFn, prefix: st.SearchStrategy[str]) -> str:
    return with_check(f"{draw(prefix)}{draw(DAYS):%Y%m%d}{draw(st.integers(0, 999)):03}")


RESIDENTS = written_like_a_resident_s(st.sampled_from(["990102", "110101", "440305", "710000"]))
PERMITS = written_like_a_resident_s(st.sampled_from(["810000", "820000", "830000"]))
CARDS = written_like_a_resident_s(st.sampled_from(["911124", "931840", "944392"]))
OLD_CARDS = st.from_regex(r"(CAN|FRA|KOR)[0-9]{4}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{2}", fullmatch=True)
NUMBERS = {
    DocumentType.RESIDENT_ID: RESIDENTS,
    DocumentType.HK_MACAO_PERMIT: st.from_regex(r"[HM][0-9]{8}", fullmatch=True),
    DocumentType.TAIWAN_PERMIT: st.from_regex(r"[0-9]{8}|[0-9]{10}[A-Z]?", fullmatch=True),
    DocumentType.RESIDENCE_PERMIT: PERMITS,
    DocumentType.PERMANENT_RESIDENCE: CARDS | OLD_CARDS,
    DocumentType.PASSPORT: st.from_regex(r"[A-Z0-9]{4,14}[0-9]", fullmatch=True),
}
ANY = st.sampled_from(list(DocumentType)).flatmap(lambda kind: st.tuples(st.just(kind), NUMBERS[kind]))


def country_of(kind: DocumentType) -> str:
    return "FRA" if kind is DocumentType.PASSPORT else ""


@given(ANY, st.lists(st.sampled_from([" ", "-", "　", "<", "·", "（", "）"]), max_size=4), st.booleans())
def test_a_number_is_understood_however_it_is_typed(
    given: tuple[DocumentType, str], noise: list[str], small: bool
) -> None:
    kind, number = given
    typed = number.lower() if small else number
    for position, mark in enumerate(noise):
        place = position * 3 % len(typed)
        typed = typed[:place] + mark + typed[place:]
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in typed)
    read = documents.read(kind, typed, country_of(kind))
    assert read == documents.read(kind, wide, country_of(kind)) == Document(kind, number, country_of(kind))


@given(ANY, st.text(max_size=30))
def test_normalising_twice_changes_nothing(given: tuple[DocumentType, str], other: str) -> None:
    kind, number = given
    for text in (number, other):
        once = documents.normalise(kind, text)
        assert documents.normalise(kind, once) == once


@given(st.from_regex(r"[HM][0-9]{8}", fullmatch=True), st.integers(0, 99))
def test_a_renewed_permit_stays_the_same_holder_s(number: str, renewals: int) -> None:
    renewed = documents.read(DocumentType.HK_MACAO_PERMIT, f"{number}{renewals:02}")
    assert renewed == documents.read(DocumentType.HK_MACAO_PERMIT, number)


@given(RESIDENTS | PERMITS | CARDS)
def test_a_number_like_a_resident_s_belongs_to_one_such_type_only(number: str) -> None:
    long_types = (DocumentType.RESIDENT_ID, DocumentType.RESIDENCE_PERMIT, DocumentType.PERMANENT_RESIDENCE)
    assert sum(documents.is_valid(kind, number) for kind in long_types) == 1


@given(RESIDENTS | PERMITS | CARDS, st.integers(0, 17), st.characters(categories=["Nd"], max_codepoint=127))
def test_one_wrong_digit_is_noticed(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    long_types = (DocumentType.RESIDENT_ID, DocumentType.RESIDENCE_PERMIT, DocumentType.PERMANENT_RESIDENCE)
    assert wrong == number or not any(documents.is_valid(kind, wrong) for kind in long_types)


@given(ANY)
def test_a_mask_hides_at_least_half_and_keeps_the_length(given: tuple[DocumentType, str]) -> None:
    _kind, number = given
    masked = documents.mask(number)
    assert len(masked) == len(number)
    assert masked.count("*") * 2 >= len(number)
    assert all(shown in ("*", real) for shown, real in zip(masked, number, strict=True))


@given(ANY, ANY)
def test_no_two_documents_share_a_subject(one: tuple[DocumentType, str], two: tuple[DocumentType, str]) -> None:
    first, second = (documents.read(*one, "FRA") for one in (one, two))
    assert (first.subject == second.subject) == (first == second)


@given(
    NUMBERS[DocumentType.PASSPORT], st.lists(st.sampled_from(sorted(COUNTRIES)), min_size=2, max_size=2, unique=True)
)
def test_one_number_of_two_countries_is_two_documents(number: str, countries: list[str]) -> None:
    first, second = (documents.read(DocumentType.PASSPORT, number, country) for country in countries)
    assert first.subject != second.subject


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_one_number_of_two_types_is_two_documents(number: str) -> None:
    permit = documents.read(DocumentType.TAIWAN_PERMIT, number)
    assert permit.subject != documents.read(DocumentType.PASSPORT, number, "FRA").subject


@given(RESIDENTS)
def test_a_resident_s_subject_stays_the_number(number: str) -> None:
    assert documents.read(DocumentType.RESIDENT_ID, number).subject == number


@given(st.sampled_from(list(DocumentType)), st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(kind: DocumentType, text: str) -> None:
    if documents.is_valid(kind, documents.normalise(kind, text)):
        assert documents.read(kind, text, "FRA").type in documents.possible_types(text)
        return
    with pytest.raises(DocumentInvalid) as refused:
        documents.read(kind, text, "FRA")
    assert refused.value.field == "number"


def test_the_published_specimen_of_the_permanent_residence_card_is_read() -> None:
    card = documents.read(DocumentType.PERMANENT_RESIDENCE, SPECIMEN)
    assert (documents.stated_birth_date(card), documents.stated_sex(card)) == (date(1981, 8, 3), None)


@pytest.mark.parametrize("kind", list(DocumentType))
def test_every_type_has_a_valid_example_and_words_in_both_languages(kind: DocumentType) -> None:
    known = documents.kind_of(kind)
    assert documents.is_valid(kind, known.example)
    assert all((known.name.zh, known.name.en, known.hint.zh, known.hint.en))


def test_official_codes_differ() -> None:
    assert len({kind.code for kind in documents.KINDS.values()}) == len(DocumentType)


@pytest.mark.parametrize("country", ["", "XXX", "TWN", "HKG", "fr"])
def test_a_passport_needs_a_country_that_issues_some(country: str) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        documents.read(DocumentType.PASSPORT, "12AB34567", country)
    assert refused.value.field == "country"


@pytest.mark.parametrize("text", ["", "1234", "PASSPORT", "A" * 16 + "1", "12AB\x0034567", "护照12345"])
def test_what_is_no_passport_number_is_refused(text: str) -> None:
    with pytest.raises(DocumentInvalid):
        documents.read(DocumentType.PASSPORT, text, "FRA")
