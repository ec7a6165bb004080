"""Independent clients from npm sign people in, renew, step up and sign out."""

from __future__ import annotations

import pytest

from .conftest import Play, Provider


@pytest.fixture(scope="module")
def people(provider: Provider) -> dict[str, dict[str, str]]:
    return {
        "wang": provider.add_person("wang"),
        "plain": provider.add_person("plain"),
        "careful": provider.add_person("careful", with_totp=True),
    }


@pytest.fixture(scope="module")
def site(provider: Provider) -> dict[str, str]:
    return provider.add_client()


def test_openid_client_signs_somebody_in_renews_and_learns_who_it_is(
    play: Play, site: dict[str, str], people: dict[str, dict[str, str]]
) -> None:
    done = play("openid_client.mjs", "fullFlow", client=site, person=people["wang"])
    assert done["told"]["name"] == "王小明"
    assert done["claims"]["identity_level"] == "real-name"


def test_a_public_client_signs_somebody_in(play: Play, provider: Provider, people: dict[str, dict[str, str]]) -> None:
    play("openid_client.mjs", "fullFlow", client=provider.add_client("--public"), person=people["wang"])


def test_openid_client_signs_somebody_out(play: Play, site: dict[str, str], people: dict[str, dict[str, str]]) -> None:
    play("openid_client.mjs", "logout", client=site, person=people["wang"])


def test_prompt_none_succeeds_only_in_a_session(
    play: Play, site: dict[str, str], people: dict[str, dict[str, str]]
) -> None:
    play("openid_client.mjs", "silent", client=site, person=people["wang"])


def test_max_age_asks_for_the_password_again(
    play: Play, site: dict[str, str], people: dict[str, dict[str, str]]
) -> None:
    play("openid_client.mjs", "maxAge", client=site, person=people["wang"])


def test_acr_values_lead_to_a_second_factor_and_back(
    play: Play, site: dict[str, str], people: dict[str, dict[str, str]]
) -> None:
    play("openid_client.mjs", "stepUp", client=site, plain=people["plain"])


def test_a_second_factor_at_sign_in_satisfies_acr_values(
    play: Play, site: dict[str, str], people: dict[str, dict[str, str]]
) -> None:
    play("openid_client.mjs", "stepUpEnrolled", client=site, person=people["careful"])


def test_oauth4webapi_signs_in_with_par_dpop_and_a_private_key(
    play: Play, provider: Provider, people: dict[str, dict[str, str]]
) -> None:
    client = provider.add_client("--high-risk")
    assert "client_secret" not in client
    done = play("oauth4webapi.mjs", "highRisk", client=client, person=people["wang"])
    assert done["claims"]["aud"] == client["client_id"]
