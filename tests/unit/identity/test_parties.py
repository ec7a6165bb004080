"""Whose matters an actor may touch: their own, or the principal's within the right that they hold."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tongban.infra.authorisation import Acting, Actor, Party

PERSONS = [UUID(int=number) for number in range(1, 4)]
FIRMS = [None, UUID(int=11), UUID(int=12)]
SERVICES = ["A", "B", "C"]


def actor(person: UUID, right: Acting | None = None) -> Actor:
    return Actor(kind="resident", person_id=person, acting=right)


def right(*, services: frozenset[str] | None, firm: UUID | None = None) -> Acting:
    kind = "enterprise" if firm else "mandate"
    return Acting(kind, UUID(int=99), UUID(int=98), "agent", "principal", services, firm)  # type: ignore[arg-type]


rights = st.none() | st.builds(
    right,
    services=st.none() | st.frozensets(st.sampled_from(SERVICES)),
    firm=st.sampled_from(FIRMS),
)


@given(st.sampled_from(PERSONS), rights, st.sampled_from(PERSONS), st.sampled_from(FIRMS), st.sampled_from(SERVICES))
def test_an_actor_owns_exactly_what_their_party_finds(
    who: UUID, held: Acting | None, person: UUID, firm: UUID | None, service: str
) -> None:
    one = actor(who, held)
    lookup = one.party.lookup()
    found = (
        lookup.get("enterprise_id", firm) == firm
        and ("person_id" not in lookup or (lookup["person_id"] == person and firm is None))
        and (("service_code__in" not in lookup) or service in lookup["service_code__in"])  # type: ignore[operator]
    )
    assert one.owns(person_id=person, enterprise_id=firm, service_code=service) is found


def test_an_enterprise_s_matters_are_not_the_operator_s_own() -> None:
    firm = UUID(int=11)
    operator = actor(PERSONS[0], right(services=None, firm=firm))
    assert operator.owns(person_id=PERSONS[1], enterprise_id=firm, service_code="A")
    assert not operator.owns(person_id=PERSONS[0], enterprise_id=None, service_code="A")
    assert not actor(PERSONS[0]).owns(person_id=PERSONS[0], enterprise_id=firm, service_code="A")


def test_a_mandate_ends_where_its_services_end() -> None:
    agent = actor(PERSONS[1], right(services=frozenset({"A"})))
    assert agent.owns(person_id=PERSONS[1], enterprise_id=None, service_code="A")
    assert not agent.owns(person_id=PERSONS[1], enterprise_id=None, service_code="B")


def test_staff_own_nothing_and_strangers_neither() -> None:
    assert not Actor(kind="staff", person_id=PERSONS[0]).owns(
        person_id=PERSONS[0], enterprise_id=None, service_code="A"
    )
    assert not Actor(kind="resident").owns(person_id=PERSONS[0], enterprise_id=None, service_code="A")


def test_a_party_of_a_person_never_finds_an_enterprise_s_rows() -> None:
    assert Party(PERSONS[0]).lookup() == {"person_id": PERSONS[0], "enterprise_id__isnull": True}
