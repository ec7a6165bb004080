"""Rules of e-licences."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.licences.domain import identifiers, references, standing

SEGMENT = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21)
KEY = Ed25519PrivateKey.generate()


@given(SEGMENT, SEGMENT, st.integers(1, 999))
def test_an_identifier_that_was_made_is_one(type_code: str, issuer: str, version: int) -> None:
    text = identifiers.make_identifier(type_code=type_code, issuer_code=issuer, serial="000000001", version=version)
    assert identifiers.is_identifier(text)


@given(SEGMENT, SEGMENT, st.data())
def test_one_changed_character_breaks_an_identifier(type_code: str, issuer: str, data: st.DataObject) -> None:
    text = identifiers.make_identifier(type_code=type_code, issuer_code=issuer, serial="000000001", version=1)
    position = data.draw(st.integers(len(identifiers.ROOT) + 1, len(text) - 1).filter(lambda at: text[at] != "."))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(lambda c: c != text[position]))
    assert not identifiers.is_identifier(text[:position] + other + text[position + 1 :])


def test_a_version_outside_its_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="versions 1 to 999"):
        identifiers.make_identifier(type_code="1", issuer_code="2", serial="3", version=1000)


def test_a_number_widens_rather_than_repeats() -> None:
    made = identifiers.make_number("云[{yyyy}]{serial:2}号", issued=date(2026, 3, 1), serial=1234, division="990000")
    assert made == "云[2026]1234号"


@given(st.uuids())
def test_a_reference_names_the_licence_it_was_made_for(licence_id: UUID) -> None:
    assert references.read_reference(references.make_reference(licence_id, KEY), KEY.public_key()) == licence_id


@given(st.text(max_size=200))
def test_no_text_is_a_reference_by_chance(text: str) -> None:
    assert references.read_reference(text, KEY.public_key()) is None


@given(st.uuids(), st.integers(0, 80), st.integers(1, 255))
def test_a_changed_reference_is_refused(licence_id: UUID, position: int, flip: int) -> None:
    import base64

    raw = bytearray(base64.urlsafe_b64decode(references.make_reference(licence_id, KEY) + "=" * 4))
    raw[position] ^= flip
    changed = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    assert references.read_reference(changed, KEY.public_key()) is None


def test_the_last_day_is_valid_and_the_next_is_not() -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    assert standing.standing_on("issued", valid_from=start, valid_to=end, day=end) == "valid"
    assert standing.standing_on("issued", valid_from=start, valid_to=end, day=end + timedelta(1)) == "expired"
    assert standing.standing_on("issued", valid_from=start, valid_to=end, day=start - timedelta(1)) == "not-yet-valid"


def test_a_revoked_licence_stays_revoked() -> None:
    assert not any(standing.may_become("revoked", wanted) for wanted in ("issued", "suspended", "revoked"))


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2026, 11, 23), 5, date(2031, 11, 22)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2026, 1, 1), None, None),
    ],
)
def test_validity_ends_the_day_before_the_anniversary(start: date, years: int | None, end: date | None) -> None:
    assert standing.end_of_validity(start, years) == end


@given(st.text(max_size=60))
def test_masking_shows_a_third_at_most(text: str) -> None:
    masked = standing.mask_text(text)
    assert len(masked) == len(text)
    assert sum(1 for before, after in zip(text, masked, strict=True) if before == after != "*") <= len(text) / 3 + 0.01
