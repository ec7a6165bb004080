"""What a site may register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain import clients
from tongban.contexts.identity.domain.clients import ClientState

CALLBACK = "https://health.yunzhou.example/sign-in/callback"
hosts = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z][a-z0-9]{0,8}){1,3}", fullmatch=True)
paths = st.from_regex(r"(/[a-z0-9]{1,8}){0,3}", fullmatch=True)


@pytest.mark.parametrize(
    "uri", [CALLBACK, "http://127.0.0.1:8301/cb", "http://localhost/cb", "http://[::1]:9/cb?a=b", "https://a.example"]
)
def test_https_and_loopback_addresses_can_be_registered(uri: str) -> None:
    assert clients.uri_fault(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "http://health.yunzhou.example/cb",
        "https://health.yunzhou.example/cb#part",
        "https://health.yunzhou.example/cb#",
        "https://*.yunzhou.example/cb",
        "https://user:pw@health.yunzhou.example/cb",
        "https://health.yunzhou.example/a/../cb",
        "https://health.yunzhou.example\\@other.example/cb",
        "https://health.yunzhou.example:99999/cb",
        "https://",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://市.example/cb",
        "https://a.example/ b",
        "https://a.example/" + "x" * 1000,
    ],
)
def test_unsafe_addresses_are_refused(uri: str) -> None:
    assert clients.uri_fault(uri) is not None


@given(host=hosts, path=paths, addition=st.text(min_size=1, max_size=5))
def test_only_the_very_same_address_is_registered(host: str, path: str, addition: str) -> None:
    uri = f"https://{host}{path}"
    assert clients.is_redirect_registered(uri, [uri], is_public=False)
    assert not clients.is_redirect_registered(uri + addition, [uri], is_public=False)
    assert not clients.is_redirect_registered(addition + uri, [uri], is_public=True)


@given(port=st.integers(1, 65535))
def test_only_a_public_program_may_take_any_loopback_port(port: int) -> None:
    asked = f"http://127.0.0.1:{port}/cb"
    assert clients.is_redirect_registered(asked, ["http://127.0.0.1/cb"], is_public=True)
    assert not clients.is_redirect_registered(asked, ["http://127.0.0.1/cb"], is_public=False)
    assert not clients.is_redirect_registered(asked, ["http://127.0.0.1/other"], is_public=True)
    assert not clients.is_redirect_registered(
        f"http://127.0.0.1:{port}@evil.example/cb", ["http://127.0.0.1/cb"], is_public=True
    )


@given(first=hosts, second=hosts)
def test_a_sector_holds_every_host(first: str, second: str) -> None:
    uris = [f"https://{first}/cb", f"https://{second}/cb"]
    assert (clients.default_sector(uris) is None) == (first != second)
    if first != second and not second.endswith(f".{first}"):
        assert clients.sector_fault(first, uris) is not None


def test_a_shared_parent_domain_can_be_the_sector() -> None:
    uris = ["https://a.health.yunzhou.example/cb", "https://b.health.yunzhou.example/cb"]
    assert clients.sector_fault("health.yunzhou.example", uris) is None
    assert clients.sector_fault("example", uris) is not None
    assert clients.sector_fault("tax.yunzhou.example", uris) is not None
    assert clients.sector_fault("alth.yunzhou.example", uris) is not None


@pytest.mark.parametrize(
    ("method", "is_public", "is_high_risk", "fits"),
    [
        ("client_secret_basic", False, False, True),
        ("private_key_jwt", False, True, True),
        ("none", True, False, True),
        ("none", False, False, False),
        ("client_secret_post", True, False, False),
        ("client_secret_basic", False, True, False),
        ("none", True, True, False),
        ("tls_client_auth", False, False, False),
    ],
)
def test_a_way_of_authenticating_fits_the_kind(method: str, is_public: bool, is_high_risk: bool, fits: bool) -> None:
    fault = clients.auth_method_fault(method, is_public=is_public, is_high_risk=is_high_risk)
    assert (fault is None) == fits


def test_the_default_way_of_authenticating_always_fits() -> None:
    for is_public, is_high_risk in ((False, False), (True, False), (False, True)):
        method = clients.default_auth_method(is_public=is_public, is_high_risk=is_high_risk)
        assert clients.auth_method_fault(method, is_public=is_public, is_high_risk=is_high_risk) is None


@given(st.lists(st.sampled_from(["approve", "refuse", "suspend", "restore"]), max_size=8))
def test_a_client_is_approved_only_through_approval(steps: list[str]) -> None:
    state, approved = ClientState.REQUESTED, False
    for step in steps:
        state = clients.TRANSITIONS.get((state, step), state)
        approved = approved or step == "approve"
        assert state is not ClientState.APPROVED or approved


def test_people_may_come_back_to_callbacks_and_roots_by_default() -> None:
    assert clients.default_post_logout_uris([CALLBACK]) == (CALLBACK, "https://health.yunzhou.example/")
