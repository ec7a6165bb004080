"""Mandates: given, asked for, confirmed, ended; and what they let an agent do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.integration.identity.conftest import id_number
from tests.integration.identity.people import (
    CHILD,
    MOTHER,
    SERVICES,
    SON,
    STRANGER,
    actor_for,
    given_mandate,
    make,
    mother,
    son,
    terms,
)
from tongban.contexts.identity import api, models
from tongban.contexts.identity.api import accreditations, mandates
from tongban.contexts.notices import api as notices
from tongban.infra import outbox
from tongban.infra.authorisation import SYSTEM, Actor
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import local_date, utc_now

__all__ = ["mother", "son"]


def told(person: models.Person) -> list[str]:
    while outbox.deliver_due():
        pass
    return [notice.template for notice in notices.list_notices(person.pk).items]


def test_what_is_given_holds_at_once_for_a_known_agent(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    [right] = api.list_rights(son.pk)
    assert (right.person_id, right.acting.reference, right.acting.kind) == (mother.pk, mandate.id, "mandate")
    assert right.acting.services == frozenset(SERVICES)
    assert (right.acting.principal_name, right.acting.agent_name) == ("陈伯安", "陈刚")
    assert right.expires_at is not None
    assert local_date(right.expires_at) == mandate.valid_until + timedelta(days=1)
    assert told(son) == ["mandate-given"]
    assert told(mother) == ["mandate-confirmed"]


def test_nothing_holds_before_the_principal_confirms(mother: models.Person, son: models.Person) -> None:
    mandates.give(principal=mother.pk, agent=mandates.Named("陈刚", SON), terms=terms(), actor=actor_for(mother))
    assert api.list_rights(son.pk) == ()
    assert mandates.list_held(son.pk) == ()
    assert told(son) == []


def test_an_agent_unknown_here_holds_it_once_they_are_known(mother: models.Person) -> None:
    given_mandate(mother)
    son = make("son", "陈刚", SON)
    assert [right.person_id for right in api.list_rights(son.pk)] == [mother.pk]


def test_somebody_with_the_number_but_another_name_holds_nothing(mother: models.Person) -> None:
    given_mandate(mother, mandates.Named("陈钢", SON))
    assert api.list_rights(make("son", "陈刚", SON).pk) == ()


def test_giving_answers_the_same_for_known_and_unknown_agents(mother: models.Person, son: models.Person) -> None:
    known = given_mandate(mother)
    unknown = given_mandate(mother, mandates.Named("周某", STRANGER))
    for name in ("state", "confirmed_how", "relation", "services", "accreditation", "has_paper"):
        assert getattr(known, name) == getattr(unknown, name), name


def test_asking_answers_the_same_for_known_and_unknown_principals(
    mother: models.Person, son: models.Person, django_assert_num_queries: object
) -> None:
    def asked(name: str, number: str) -> tuple[mandates.Mandate, int]:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            made = mandates.ask(
                agent=son.pk, principal=mandates.Named(name, number), terms=terms(), actor=actor_for(son)
            )
        return mandates.get_held(mandate_id=made, person_id=son.pk), len(queries)

    (known, cost), (unknown, other_cost) = asked("陈伯安", MOTHER), asked("周某", STRANGER)
    assert (known.state, cost) == (unknown.state, other_cost)


def test_what_is_asked_waits_for_the_principals_yes(mother: models.Person, son: models.Person) -> None:
    made = mandates.ask(agent=son.pk, principal=mandates.Named("陈伯安", MOTHER), terms=terms(), actor=actor_for(son))
    assert told(mother) == ["mandate-asked"]
    assert mandates.count_waiting(mother.pk) == 1
    assert api.list_rights(son.pk) == ()
    mandates.confirm(mandate_id=made, principal=mother.pk, actor=actor_for(mother))
    assert len(api.list_rights(son.pk)) == 1
    assert mandates.count_waiting(mother.pk) == 0


def test_an_agent_cannot_confirm_for_the_principal(mother: models.Person, son: models.Person) -> None:
    made = mandates.ask(agent=son.pk, principal=mandates.Named("陈伯安", MOTHER), terms=terms(), actor=actor_for(son))
    with pytest.raises(mandates.MandateUnknown):
        mandates.confirm(mandate_id=made, principal=son.pk, actor=actor_for(son))


def test_a_principal_who_comes_later_finds_the_question(son: models.Person) -> None:
    mandates.ask(agent=son.pk, principal=mandates.Named("陈伯安", MOTHER), terms=terms(), actor=actor_for(son))
    mother = make("mother", "陈伯安", MOTHER)
    assert [one.agent_name for one in mandates.list_given(mother.pk)] == ["陈刚"]


def test_a_no_is_a_no_for_thirty_days(mother: models.Person, son: models.Person) -> None:
    named = mandates.Named("陈伯安", MOTHER)
    made = mandates.ask(agent=son.pk, principal=named, terms=terms(), actor=actor_for(son))
    with pytest.raises(mandates.MandateMoved):
        mandates.ask(agent=son.pk, principal=named, terms=terms(), actor=actor_for(son))
    mandates.decline(mandate_id=made, principal=mother.pk, actor=actor_for(mother))
    assert told(son) == ["mandate-declined"]
    with pytest.raises(mandates.MandateMoved):
        mandates.ask(agent=son.pk, principal=named, terms=terms(), actor=actor_for(son))
    models.Mandate.objects.update(ended_at=utc_now() - timedelta(days=31), proposed_at=utc_now() - timedelta(days=32))
    mandates.ask(agent=son.pk, principal=named, terms=terms(), actor=actor_for(son))


def test_five_questions_a_day_are_enough(son: models.Person) -> None:
    for serial in range(5):
        named = mandates.Named("某某", id_number(200 + serial, "19500101"))
        mandates.ask(agent=son.pk, principal=named, terms=terms(), actor=actor_for(son))
    with pytest.raises(mandates.TooManyMandates):
        mandates.ask(agent=son.pk, principal=mandates.Named("某某", MOTHER), terms=terms(), actor=actor_for(son))


def test_revoking_ends_the_right_at_once(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    mandates.revoke(mandate_id=mandate.id, principal=mother.pk, actor=actor_for(mother))
    assert api.list_rights(son.pk) == ()
    assert told(son) == ["mandate-ended", "mandate-given"]
    with pytest.raises(mandates.MandateMoved):
        mandates.revoke(mandate_id=mandate.id, principal=mother.pk, actor=actor_for(mother))
    with pytest.raises(mandates.MandateMoved):
        mandates.confirm(mandate_id=mandate.id, principal=mother.pk, actor=actor_for(mother))


def test_an_agent_hands_back_and_the_principal_is_told(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    mandates.hand_back(mandate_id=mandate.id, agent=son.pk, actor=actor_for(son))
    assert api.list_rights(son.pk) == ()
    assert told(mother) == ["mandate-ended", "mandate-confirmed"]


def test_nobody_else_ends_a_mandate(mother: models.Person, son: models.Person) -> None:
    mandate, other = given_mandate(mother), make("other", "某某", STRANGER)
    for refused in (
        lambda: mandates.revoke(mandate_id=mandate.id, principal=other.pk, actor=actor_for(other)),
        lambda: mandates.revoke(mandate_id=mandate.id, principal=son.pk, actor=actor_for(son)),
        lambda: mandates.hand_back(mandate_id=mandate.id, agent=mother.pk, actor=actor_for(mother)),
        lambda: mandates.get_given(mandate_id=mandate.id, person_id=other.pk),
        lambda: mandates.get_held(mandate_id=mandate.id, person_id=other.pk),
    ):
        with pytest.raises(mandates.MandateUnknown):
            refused()


def test_a_mandate_is_no_right_after_its_last_day_whether_or_not_it_was_marked(
    mother: models.Person, son: models.Person
) -> None:
    mandate = given_mandate(mother)
    yesterday = local_date(utc_now()) - timedelta(days=1)
    models.Mandate.objects.update(valid_until=yesterday)
    assert api.list_rights(son.pk) == ()
    assert mandates.get_given(mandate_id=mandate.id, person_id=mother.pk).state == "expired"
    assert mandates.expire_due(now=utc_now()) == 1
    assert models.Mandate.objects.get().state == "expired"
    assert mandates.expire_due(now=utc_now()) == 0


def test_a_question_lapses_after_two_weeks(mother: models.Person, son: models.Person) -> None:
    made = mandates.ask(agent=son.pk, principal=mandates.Named("陈伯安", MOTHER), terms=terms(), actor=actor_for(son))
    models.Mandate.objects.update(proposed_at=utc_now() - timedelta(days=14, seconds=1))
    assert mandates.count_waiting(mother.pk) == 0
    with pytest.raises(mandates.MandateMoved):
        mandates.confirm(mandate_id=made, principal=mother.pk, actor=actor_for(mother))
    assert mandates.expire_due(now=utc_now()) == 1


@pytest.mark.parametrize(
    ("agent", "wanted", "field"),
    [
        (mandates.Named("陈伯安", MOTHER), terms(), "id_number"),
        (mandates.Named("小孩", CHILD), terms(), "id_number"),
        (mandates.Named("陈刚", SON), terms(relation="boss"), "relation"),
        (mandates.Named("陈刚", SON), terms(services=()), "services"),
        (mandates.Named("陈刚", SON), terms(services=tuple(f"S{n}" for n in range(51))), "services"),
        (mandates.Named("陈刚", SON), terms(days=-1), "valid_until"),
        (mandates.Named("陈刚", SON), terms(days=367), "valid_until"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(
    mother: models.Person, agent: mandates.Named, wanted: mandates.Terms, field: str
) -> None:
    with pytest.raises(mandates.MandateInvalid) as refused:
        mandates.give(principal=mother.pk, agent=agent, terms=wanted, actor=actor_for(mother))
    assert refused.value.details["field"] == field


def test_a_minor_gives_no_mandate(db: None) -> None:
    child = make("child", "小孩", CHILD)
    with pytest.raises(mandates.MandateInvalid):
        mandates.give(principal=child.pk, agent=mandates.Named("陈刚", SON), terms=terms(), actor=actor_for(child))


def test_a_helpers_mandate_needs_and_follows_the_accreditation(mother: models.Person, son: models.Person) -> None:
    official = Actor(kind="staff", roles=frozenset({"official"}))
    with pytest.raises(mandates.MandateInvalid) as refused:
        given_mandate(mother, relation="helper")
    assert refused.value.details["field"] == "relation"
    made = accreditations.accredit_helper(
        name="陈刚", id_number=SON, organisation="青荷社区", number="BB-001",
        valid_until=local_date(utc_now()) + timedelta(days=30), actor=official,
    )  # fmt: skip
    mandate = given_mandate(mother, relation="helper")
    assert mandate.accreditation is not None
    assert (mandate.accreditation.organisation, mandate.accreditation.is_valid) == ("青荷社区", True)
    assert len(api.list_rights(son.pk)) == 1
    accreditations.end_accreditation(accreditation_id=made.id, reason="离岗", actor=official)
    assert api.list_rights(son.pk) == ()


def test_an_accreditation_number_is_used_once(db: None) -> None:
    facts = {"organisation": "青荷社区", "number": "BB-001", "valid_until": local_date(utc_now()), "actor": SYSTEM}
    accreditations.accredit_helper(name="陈刚", id_number=SON, **facts)  # type: ignore[arg-type]
    with pytest.raises(accreditations.AccreditationExists):
        accreditations.accredit_helper(name="周某", id_number=STRANGER, **facts)  # type: ignore[arg-type]


def test_neither_name_nor_number_is_readable_in_the_database(mother: models.Person) -> None:
    given_mandate(mother)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_mandate")
        stored = str(cursor.fetchall())
    assert "陈刚" not in stored
    assert SON not in stored
    assert MOTHER not in stored


def test_every_step_is_on_record_by_ids_only(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    mandates.hand_back(mandate_id=mandate.id, agent=son.pk, actor=actor_for(son))
    entries = AuditEntry.objects.filter(subject=f"mandate:{mandate.id}").order_by("id")
    assert [entry.action for entry in entries] == [
        "identity.mandate-proposed",
        "identity.mandate-confirm",
        "identity.mandate-hand-back",
    ]
    assert "陈" not in str([entry.detail for entry in entries])


def test_the_table_itself_refuses_an_unconfirmed_active_mandate(mother: models.Person) -> None:
    mandates.give(principal=mother.pk, agent=mandates.Named("陈刚", SON), terms=terms(), actor=actor_for(mother))
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Mandate.objects.update(state="active")
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Mandate.objects.update(confirmed_how="window")
