"""What a session's records of authentication add up to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain.levels import ACR_VALUES, AuthenticatorLevel, level_of_acr, proof_of

PASSWORD = {"method": "password", "at": 1.0}
CODE = {"method": "mfa", "type": "totp", "at": 2.0}
PASSKEY = {"method": "mfa", "type": "webauthn", "at": 3.0}
STRANGE = {"method": "socialaccount", "at": 4.0}


def test_a_password_alone_is_the_weakest() -> None:
    proof = proof_of([PASSWORD])
    assert proof is not None
    assert (proof.authenticator, proof.methods) == (AuthenticatorLevel.PASSWORD, ("pwd",))


def test_a_code_counts_beside_a_password_and_not_alone() -> None:
    both, alone = proof_of([PASSWORD, CODE]), proof_of([CODE])
    assert both is not None
    assert alone is not None
    assert (both.authenticator, both.methods) == (AuthenticatorLevel.OTP, ("mfa", "otp", "pwd"))
    assert (alone.authenticator, alone.methods) == (AuthenticatorLevel.PASSWORD, ("otp",))


def test_a_passkey_stands_by_itself() -> None:
    proof = proof_of([PASSKEY])
    assert proof is not None
    assert proof.authenticator is AuthenticatorLevel.PASSKEY
    assert "mfa" in proof.methods


def test_a_sign_in_allowed_from_another_device_is_no_stronger_than_that_device() -> None:
    for level in AuthenticatorLevel:
        proof = proof_of([{"method": "device", "type": level.value}])
        assert proof is not None
        assert proof.authenticator is level
        assert "mca" in proof.methods


def test_what_is_not_known_proves_nothing() -> None:
    assert proof_of([STRANGE]) is None
    assert proof_of([]) is None


@given(st.lists(st.sampled_from([PASSWORD, CODE, PASSKEY, STRANGE])), st.sampled_from([PASSWORD, CODE, PASSKEY]))
def test_proving_more_never_lowers_a_level(records: list[dict[str, object]], more: dict[str, object]) -> None:
    before, after = proof_of(records), proof_of([*records, more])
    assert after is not None
    assert before is None or after.authenticator.rank >= before.authenticator.rank


def test_levels_and_their_names_for_relying_parties_belong_together() -> None:
    assert [level_of_acr(value) for value in ACR_VALUES] == list(AuthenticatorLevel)
    assert level_of_acr("urn:tongban:acr:retina") is None
