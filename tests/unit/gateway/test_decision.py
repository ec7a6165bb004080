"""Nothing is allowed but what grant, purpose, interface and subject allow together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.policy import LI, NOW, PSEUDONYMS, WANG, grant, interface, snapshot, ticket
from tongban.gateway import problems
from tongban.gateway.decision import Allowed, Asked, decide
from tongban.gateway.policy import compile_policy
from tongban.gateway.problems import GatewayProblem
from tongban.wire.policy import Consumer, PolicySnapshot
from tongban.wire.tickets import PurposeTicket

PORTAL = Consumer("portal", acts_for=("*",))


def ask(
    *,
    policy: PolicySnapshot | None = None,
    claims: PurposeTicket | None = None,
    client: Consumer = PORTAL,
    parameters: dict[str, str] | None = None,
    fields: tuple[str, ...] | None = ("name",),
    resource: str = "police.household",
    operation: str = "read",
    closed: frozenset[str] = frozenset(),
    later: timedelta = timedelta(),
) -> Allowed:
    return decide(
        compile_policy(policy or snapshot()),
        Asked(resource, operation, {"id_number": WANG} if parameters is None else parameters, fields),
        client=client,
        ticket=claims or ticket(),
        closed=closed,
        pseudonym=PSEUDONYMS.subject,
        now=NOW + later,
    )


def test_a_granted_read_of_ones_own_data_goes_ahead() -> None:
    allowed = ask()
    assert (allowed.fields, allowed.grant.id) == (("name",), "g1")


def test_without_named_fields_all_of_the_purpose_are_read() -> None:
    assert ask(fields=None).fields == ("name", "address")


WRONG: list[tuple[dict[str, Any], type[GatewayProblem]]] = [
    ({"closed": frozenset({ticket().jti})}, problems.PurposeClosed),
    ({"client": Consumer("market")}, problems.ConsumerMismatch),
    ({"resource": "police.nothing"}, problems.ResourceUnknown),
    ({"operation": "delete"}, problems.ResourceUnknown),
    ({"parameters": {}}, problems.ParameterRefused),
    ({"parameters": {"id_number": WANG, "more": "1"}}, problems.ParameterRefused),
    ({"parameters": {"id_number": "1' OR '1'='1"}}, problems.ParameterRefused),
    ({"parameters": {"id_number": WANG + "\n"}}, problems.ParameterRefused),
    ({"parameters": {"id_number": "９９０１０２１９８８０３０７８２１７"}}, problems.ParameterRefused),
    ({"parameters": {"id_number": LI}}, problems.SubjectMismatch),
    ({"fields": ("sex",)}, problems.ReadNotInPurpose),
    ({"fields": ("secret",)}, problems.FieldUnknown),
    ({"fields": ()}, problems.RequestMalformed),
    ({"claims": ticket(reads={})}, problems.ReadNotInPurpose),
    ({"claims": ticket(reads={"police.household": ("sex",)}), "fields": ("sex",)}, problems.GrantMissing),
    ({"claims": ticket(kind="case")}, problems.GrantMissing),
    ({"claims": ticket(consumer="market")}, problems.GrantMissing),
    ({"claims": ticket(kind="standing", reference="application")}, problems.GrantMissing),
    ({"policy": snapshot(grants=(grant(services=("other",)),))}, problems.GrantMissing),
    ({"policy": snapshot(grants=(grant(services=("other",)),)), "claims": ticket(service=None)}, problems.GrantMissing),
    ({"policy": snapshot(grants=(grant(expires_at=NOW),))}, problems.GrantMissing),
    ({"policy": snapshot(interfaces=(interface(sharing_class="withheld"),))}, problems.ResourceWithheld),
]


@pytest.mark.parametrize(("change", "problem"), WRONG, ids=lambda value: getattr(value, "code", str(value)[:40]))
def test_anything_else_is_refused_by_name(change: dict[str, Any], problem: type[GatewayProblem]) -> None:
    with pytest.raises(problem):
        ask(**change)


def test_two_grants_that_cover_a_read_only_together_do_not_allow_it() -> None:
    policy = snapshot(grants=(grant(fields=("name",)), grant(id="g2", fields=("address",))))
    with pytest.raises(problems.GrantMissing):
        ask(policy=policy, fields=("name", "address"))


def test_a_purpose_may_cover_others_who_agreed() -> None:
    allowed = ask(claims=ticket(also=(PSEUDONYMS.subject(LI),)), parameters={"id_number": LI})
    assert allowed.subjects == {PSEUDONYMS.subject(WANG), PSEUDONYMS.subject(LI)}


NAMES = st.sampled_from(["name", "sex", "address", "secret"])
SETS = st.lists(NAMES, max_size=4).map(tuple)
SERVICES = st.sampled_from(["a", "b", "*"])
PURPOSES = st.sampled_from(["application", "case", "standing:x", "standing:y"])


@given(
    granted=st.lists(st.tuples(SETS, SERVICES, PURPOSES, st.sampled_from(["portal", "market"])), max_size=4),
    in_purpose=SETS,
    wanted=st.none() | SETS,
    service=st.sampled_from(["a", "b", None]),
    purpose=PURPOSES,
    consumer=st.sampled_from(["portal", "market"]),
    client=st.sampled_from([PORTAL, Consumer("market"), Consumer("portal", acts_for=("market",))]),
    number=st.sampled_from([WANG, LI]),
)
def test_no_field_outside_one_grant_and_the_purpose_is_ever_allowed(
    granted: list[tuple[tuple[str, ...], str, str, str]],
    in_purpose: tuple[str, ...],
    wanted: tuple[str, ...] | None,
    service: str | None,
    purpose: str,
    consumer: str,
    client: Consumer,
    number: str,
) -> None:
    grants = tuple(
        grant(id=f"g{n}", fields=fields, services=(s,), purposes=(p,), consumer=c)
        for n, (fields, s, p, c) in enumerate(granted)
    )
    kind, _, name = purpose.partition(":")
    claims = ticket(
        kind=kind,
        reference=name or "r",
        service=service,
        consumer=consumer,
        reads={"police.household": in_purpose} if in_purpose else {},
    )
    try:
        allowed = ask(
            policy=snapshot(grants=grants),
            claims=claims,
            client=client,
            parameters={"id_number": number},
            fields=wanted,
        )
    except GatewayProblem:
        return
    fields = set(allowed.fields)
    assert fields
    assert fields <= set(in_purpose)
    assert fields <= {"name", "sex", "address"}
    assert wanted is None or fields <= set(wanted)
    assert number == WANG
    assert client.code == consumer or consumer in client.acts_for or "*" in client.acts_for
    assert any(
        fields <= set(some) and s in ("*", service) and p == purpose and c == consumer for some, s, p, c in granted
    )
