"""Registering, approving, suspending sites."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tongban.contexts.identity import api, models
from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry

from .conftest import ORGANISATION

pytestmark = pytest.mark.django_db
SITE = api.ClientRegistration(name_zh="卫健委预约", redirect_uris=("https://health.yunzhou.example/cb",))
OFFICE = Actor(kind="staff", account_id=None, name="周岚", organisation="office")


def refused_field(**changes: Any) -> str:
    with pytest.raises(api.ClientInvalid) as refused:
        api.register_client(replace(SITE, **changes))
    return str(refused.value.details["field"])


def test_a_new_client_waits_for_approval_and_shows_its_secret_once() -> None:
    made = api.register_client(SITE, actor=OFFICE)
    assert made.client.state is api.ClientState.REQUESTED
    assert len(made.secret) == 43
    row = models.Client.objects.get()
    assert made.secret not in str(row.__dict__)
    assert row.requested_by == "staff"
    assert made.secret not in repr(made)


def test_blank_fields_get_what_fits_the_kind() -> None:
    made = api.register_client(replace(SITE, is_public=True)).client
    assert (made.auth_method, made.has_secret, made.sector) == ("none", False, "health.yunzhou.example")
    assert made.post_logout_redirect_uris == ("https://health.yunzhou.example/cb", "https://health.yunzhou.example/")
    assert made.name.en == "卫健委预约"


def test_what_breaks_a_rule_is_refused_by_its_field() -> None:
    assert refused_field(redirect_uris=()) == "redirect_uris"
    assert refused_field(redirect_uris=("http://health.yunzhou.example/cb",)) == "redirect_uris"
    assert refused_field(redirect_uris=("https://a.example/cb", "https://b.example/cb")) == "sector"
    assert refused_field(backchannel_logout_uri="ftp://a.example/") == "backchannel_logout_uri"
    assert refused_field(scopes=("openid", "address")) == "scopes"
    assert refused_field(organisation="nobody") == "organisation"
    assert refused_field(auth_method="none") == "auth_method"
    assert refused_field(is_high_risk=True) == "jwks"
    assert refused_field(name_zh=" ") == "name_zh"


def test_only_strong_public_keys_are_taken() -> None:
    private, public = api.make_client_key()
    site = replace(SITE, is_high_risk=True)
    made = api.register_client(replace(site, jwks={"keys": [public]}))
    assert (made.secret, made.client.key_ids) == ("", (public["kid"],))
    for keys in (
        [private],
        [{"kty": "oct", "k": "c2VjcmV0"}],
        [],
        [{"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}],
        "x",
    ):
        with pytest.raises(api.ClientInvalid):
            api.register_client(replace(site, jwks={"keys": keys}))


def test_a_client_goes_from_state_to_state_on_record() -> None:
    client_id = api.register_client(SITE).client.client_id
    assert api.approve_client(client_id, actor=OFFICE).state is api.ClientState.APPROVED
    assert api.suspend_client(client_id, reason="密钥泄露", actor=OFFICE).reason == "密钥泄露"
    assert api.restore_client(client_id, actor=OFFICE).state is api.ClientState.APPROVED
    with pytest.raises(api.ClientStateWrong):
        api.approve_client(client_id)
    actions = AuditEntry.objects.filter(subject=f"client:{client_id}").values_list("action", flat=True)
    assert [action.removeprefix("identity.client-") for action in actions.order_by("id")] == [
        "registered",
        "approved",
        "suspended",
        "approved",
    ]


def test_a_refused_client_stays_refused() -> None:
    client_id = api.register_client(SITE).client.client_id
    api.refuse_client(client_id, reason="不是政府网站")
    with pytest.raises(api.ClientStateWrong):
        api.restore_client(client_id)


def test_a_rotated_secret_replaces_the_old() -> None:
    made = api.register_client(SITE)
    before = models.Client.objects.get().secret_hash
    assert api.rotate_secret(made.client.client_id).secret != made.secret
    assert models.Client.objects.get().secret_hash != before


def test_a_changed_client_keeps_id_state_and_sector() -> None:
    client_id = api.register_client(SITE).client.client_id
    api.approve_client(client_id)
    moved = replace(SITE, redirect_uris=("https://www.health.yunzhou.example/cb",))
    changed = api.change_client(client_id, moved)
    assert (changed.state, changed.sector) == (api.ClientState.APPROVED, "health.yunzhou.example")
    with pytest.raises(api.ClientInvalid):
        api.change_client(client_id, replace(SITE, redirect_uris=("https://other.example/cb",)))


def test_clients_are_listed_in_pages_by_state_and_department() -> None:
    api.load_organisations([ORGANISATION])
    ids = [api.register_client(replace(SITE, organisation="police")).client.client_id for _ in range(3)]
    api.approve_client(ids[0])
    first = api.list_clients(limit=2)
    second = api.list_clients(limit=2, cursor=first.next)
    assert [one.client_id for one in (*first.items, *second.items)] == ids[::-1]
    assert second.next is None
    assert [one.client_id for one in api.list_clients(state=api.ClientState.APPROVED).items] == [ids[0]]
    assert api.list_clients(organisation="tax").items == ()
    assert api.count_clients()[api.ClientState.REQUESTED] == 2


def test_an_unknown_client_is_said_so() -> None:
    assert api.find_client("nobody") is None
    with pytest.raises(api.ClientUnknown):
        api.get_client("nobody")
