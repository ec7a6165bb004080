"""What a site may ask, and what comes before its code."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain import authorizing
from tongban.contexts.identity.domain.authorizing import Asked, RequestRefused, Standing, Step
from tongban.contexts.identity.domain.levels import AuthenticatorLevel, IdentityLevel

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
GOOD = {
    "response_type": "code",
    "scope": "openid profile",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}
HERE = Standing(now=NOW, began_at=NOW, is_signed_in=True, authenticated_at=NOW - timedelta(minutes=10))


def read(**changes: str) -> Asked:
    return authorizing.read_request({**GOOD, **changes}, allowed_scopes=("openid", "profile"))


def step(asked: Asked, standing: Standing = HERE, minimum: IdentityLevel = IdentityLevel.REGISTERED) -> Step:
    return authorizing.next_step(asked, standing, minimum=minimum)


def acr(values: object, *, essential: bool = True) -> str:
    return json.dumps({"id_token": {"acr": {"essential": essential, "values": values}}})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid email"}, "invalid_scope"),
        ({"scope": 'openid "x'}, "invalid_scope"),
        ({"prompt": "create"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1e3"}, "invalid_request"),
        ({"max_age": "١"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"dpop_jkt": "x"}, "invalid_request"),
        ({"state": "x" * 2001}, "invalid_request"),
        ({"nonce": "x" * 513}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"claims": '{"id_token": 1}'}, "invalid_request"),
        ({"claims": acr([1])}, "invalid_request"),
        ({"claims": acr(["urn:other"])}, "unmet_authentication_requirements"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused(changes: dict[str, str], error: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        read(**changes)
    assert refused.value.error == error
    assert refused.value.description.isascii()
    assert not set('"\\') & set(refused.value.description)


@given(st.dictionaries(st.sampled_from(sorted({*GOOD, "prompt", "max_age", "claims", "acr_values"})), st.text()))
def test_whatever_is_sent_is_read_or_refused(parameters: dict[str, str]) -> None:
    with suppress(RequestRefused):
        authorizing.read_request({**GOOD, **parameters}, allowed_scopes=("openid",))


def test_a_wish_for_levels_takes_the_weakest_of_them() -> None:
    asked = read(acr_values="urn:tongban:acr:passkey urn:tongban:acr:otp urn:other")
    assert asked.acr.least is AuthenticatorLevel.OTP
    assert read(acr_values="urn:other").acr.least is None
    assert read(claims=acr(["urn:tongban:acr:passkey"])).acr.least is AuthenticatorLevel.PASSKEY


def test_claims_wanted_in_the_id_token_are_the_known_ones() -> None:
    assert read(claims='{"id_token": {"name": null, "shoe_size": null}}').id_token_claims == ("name",)


@pytest.mark.parametrize(
    ("changes", "standing", "expected"),
    [
        ({}, replace(HERE, is_signed_in=False), Step.SIGN_IN),
        ({}, HERE, Step.ISSUE),
        ({"prompt": "login"}, HERE, Step.AUTHENTICATE_AGAIN),
        ({"prompt": "select_account"}, HERE, Step.AUTHENTICATE_AGAIN),
        ({"prompt": "login"}, replace(HERE, authenticated_at=NOW), Step.ISSUE),
        ({"max_age": "600"}, HERE, Step.ISSUE),
        ({"max_age": "599"}, HERE, Step.AUTHENTICATE_AGAIN),
        ({"max_age": "0"}, replace(HERE, authenticated_at=NOW + timedelta(seconds=9)), Step.ISSUE),
        ({"acr_values": "urn:tongban:acr:otp"}, HERE, Step.SHOW_OTP),
        ({"acr_values": "urn:tongban:acr:passkey"}, HERE, Step.SHOW_PASSKEY),
        ({"acr_values": "urn:tongban:acr:otp"}, replace(HERE, authenticator=AuthenticatorLevel.PASSKEY), Step.ISSUE),
        ({"prompt": "consent"}, HERE, Step.CONSENT),
        ({"prompt": "consent"}, replace(HERE, has_consented=True), Step.ISSUE),
        ({}, replace(HERE, may_act_here=False), Step.ACT_FOR_SELF),
    ],
)
def test_the_first_thing_that_is_missing_comes_next(
    changes: dict[str, str], standing: Standing, expected: Step
) -> None:
    assert step(read(**changes), standing) is expected


def test_an_identity_that_is_not_proven_enough_comes_first() -> None:
    proven = replace(HERE, identity_level=IdentityLevel.REAL_NAME)
    assert step(read(), minimum=IdentityLevel.REAL_NAME) is Step.PROVE_IDENTITY
    assert step(read(), proven, IdentityLevel.REAL_NAME) is Step.ISSUE
    assert step(read(), proven, IdentityLevel.IN_PERSON) is Step.VISIT_HALL


@given(
    prompts=st.sampled_from(["", "login", "consent", "login consent", "none"]),
    wanted=st.sampled_from(["", *(level.acr for level in AuthenticatorLevel)]),
    max_age=st.one_of(st.none(), st.integers(0, 10_000)),
    age=st.integers(0, 10_000),
    level=st.sampled_from(AuthenticatorLevel),
    identity=st.sampled_from(IdentityLevel),
    minimum=st.sampled_from(IdentityLevel),
)
def test_nobody_gets_a_code_below_what_was_asked(
    prompts: str,
    wanted: str,
    max_age: int | None,
    age: int,
    level: AuthenticatorLevel,
    identity: IdentityLevel,
    minimum: IdentityLevel,
) -> None:
    asked = read(prompt=prompts, acr_values=wanted, max_age="" if max_age is None else str(max_age))
    at = NOW - timedelta(seconds=age)
    standing = replace(HERE, authenticated_at=at, authenticator=level, identity_level=identity)
    if step(asked, standing, minimum) is Step.ISSUE:
        assert asked.acr.least is None or level.rank >= asked.acr.least.rank
        assert identity.rank >= minimum.rank
        assert age == 0 or "login" not in asked.prompts
        assert max_age is None or age <= max_age
        assert "consent" not in asked.prompts


def test_every_step_but_the_last_has_a_word_in_the_protocol() -> None:
    assert {authorizing.error_of(one) for one in Step if one is not Step.ISSUE} == {
        "login_required",
        "unmet_authentication_requirements",
        "interaction_required",
        "access_denied",
        "consent_required",
    }


@given(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd")))
def test_a_limited_right_is_used_only_where_all_is_covered(covered: set[str], served: set[str]) -> None:
    assert authorizing.may_act_at(None, served)
    assert authorizing.may_act_at(frozenset(covered), served) == (bool(served) and served <= covered)


@given(st.text(max_size=140))
def test_a_verifier_is_43_to_128_safe_characters(text: str) -> None:
    safe = text.isascii() and all(char.isalnum() or char in "-._~" for char in text)
    assert authorizing.is_verifier(text) == (safe and 43 <= len(text) <= 128)
