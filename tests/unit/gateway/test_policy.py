"""A gateway runs only a policy that is signed, alive, newer and whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.policy import FOREIGN_PEM, NOW, SNAPSHOT_PEM, TOKEN, interface, snapshot
from tongban.gateway.policy import SnapshotRefused, compile_policy, open_snapshot
from tongban.gateway.problems import ConsumerUnknown
from tongban.runtime.signatures import key_id, public_coordinate, public_key, sign
from tongban.wire.policy import SNAPSHOT_TYPE, Parameter, PolicySnapshot, encode_snapshot

COORDINATE = public_coordinate(SNAPSHOT_PEM)
KEYS = {key_id(COORDINATE): public_key(COORDINATE)}


def document(content: PolicySnapshot | None = None, *, pem: str = SNAPSHOT_PEM, typ: str = SNAPSHOT_TYPE) -> str:
    return sign(encode_snapshot(content or snapshot()), typ=typ, pem=pem)


def reason(compact: str, *, later: timedelta = timedelta(), newer_than: int = 0) -> object:
    with pytest.raises(SnapshotRefused) as caught:
        open_snapshot(compact, keys=KEYS, now=NOW + later, newer_than=newer_than)
    return caught.value.details["reason"]


def test_a_signed_living_snapshot_is_opened() -> None:
    assert open_snapshot(document(), keys=KEYS, now=NOW).version == 1


def test_any_other_is_refused_and_the_reason_named() -> None:
    assert reason(document(pem=FOREIGN_PEM)) == "signature"
    assert reason(document(typ="tongban-purpose+jwt")) == "signature"
    assert reason(document()[:-6] + "AAAAAA") == "signature"
    assert reason(document(), later=timedelta(minutes=10)) == "expired"
    assert reason(document(), newer_than=1) == "older"
    assert reason("{}") == "signature"
    assert reason(sign(b"{}", typ=SNAPSHOT_TYPE, pem=SNAPSHOT_PEM)) == "signature"


def test_an_interface_that_could_read_anybody_refuses_the_whole_policy() -> None:
    unbound = interface(parameters=(Parameter("other", ".*"),))
    assert reason(document(snapshot(interfaces=(unbound,)))) == "subject of police.household"
    broken = interface(parameters=(Parameter("id_number", "["),))
    assert reason(document(snapshot(interfaces=(broken,)))) == "pattern of police.household"


def test_a_consumer_is_known_by_its_token_alone() -> None:
    policy = compile_policy(snapshot())
    assert policy.authenticate(f"Bearer {TOKEN}").code == "portal"
    assert policy.authenticate("bearer market-token").code == "market"
    for wrong in (None, "", "Bearer", "Bearer ", "Basic x", f"Bearer {TOKEN}x", TOKEN):
        with pytest.raises(ConsumerUnknown):
            policy.authenticate(wrong)
