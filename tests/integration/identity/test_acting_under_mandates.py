"""What is done for somebody: who acts, what the record says, what the principal sees and is told."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tests.integration.identity.people import (
    CHILD,
    SON,
    Registers,
    actor_for,
    begin_acting,
    given_mandate,
    mother,
    registers,
    signed_in,
    son,
)
from tongban.contexts.identity import api, models
from tongban.contexts.identity.api import guardians, mandates
from tongban.contexts.notices import api as notices
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Acting, Actor
from tongban.infra.models import AuditEntry
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

__all__ = ["mother", "registers", "son"]


def acting_for(mandate: mandates.Mandate, agent: models.Person) -> Actor:
    assert mandate.principal_id is not None
    acting = Acting("mandate", mandate.id, agent.pk, agent.name, mandate.principal_name, frozenset(mandate.services))
    return Actor("resident", account_id=agent.account_id, person_id=mandate.principal_id, acting=acting)


def told(person: models.Person, template: str = "acted-for-you") -> int:
    while outbox.deliver_due():
        pass
    return sum(notice.template == template for notice in notices.list_notices(person.pk).items)


@pytest.fixture
def agents_browser(mother: models.Person, son: models.Person) -> tuple[mandates.Mandate, Client]:
    mandate, client = given_mandate(mother), signed_in(son)
    begin_acting(client, son, "mandate", mandate.id)
    return mandate, client


def test_a_revoked_mandate_ends_at_the_agents_next_request(
    agents_browser: tuple[mandates.Mandate, Client], mother: models.Person
) -> None:
    mandate, client = agents_browser
    own_pages_closed = client.get("/my/", headers={"Accept": "text/html"})
    assert own_pages_closed.status_code == 302
    assert own_pages_closed.headers["Location"].startswith("/my/acting/")
    mandates.revoke(mandate_id=mandate.id, principal=mother.pk, actor=actor_for(mother))
    assert client.get("/my/mandates/").status_code == 200


def test_nobody_gives_mandates_in_anothers_name(agents_browser: tuple[mandates.Mandate, Client]) -> None:
    _, client = agents_browser
    for path in ("/my/mandates/", "/my/mandates/give/", "/my/mandates/ask/", "/my/mandates/wards/"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"][:11]) == (302, "/my/acting/"), path


def test_beginning_to_act_is_on_record_and_told_once_a_day(
    agents_browser: tuple[mandates.Mandate, Client], mother: models.Person, son: models.Person
) -> None:
    mandate, client = agents_browser
    begin_acting(client, son, "mandate", mandate.id)
    assert told(mother) == 1
    found = mandates.list_acts(person_id=mother.pk).items
    assert [(act.agent_name, act.action) for act in found] == [("陈刚", "identity.acting-begun")] * 2


def test_a_submission_is_told_every_time(mother: models.Person, son: models.Person) -> None:
    acting = acting_for(given_mandate(mother), son).acting
    assert acting is not None
    for key in ("declaration:1", "declaration:2", "declaration:2"):
        mandates.tell_principal(acting, what=Text(zh="递交了一份申请", en="submitted"), key=key)
    assert told(mother) == 2


def test_rights_of_enterprises_have_no_principal_to_tell(mother: models.Person) -> None:
    acting = Acting("enterprise", mother.pk, mother.pk, "a", "b")
    mandates.tell_principal(acting, what=Text(zh="做了", en="did"))
    assert told(mother) == 0


def test_acts_are_listed_by_right_newest_first_and_paged(mother: models.Person, son: models.Person) -> None:
    one, two = given_mandate(mother), given_mandate(mother)
    for number in range(7):
        audit.record(actor=acting_for(one, son), action="forms.submitted", subject=f"application:{number}")
    audit.record(actor=acting_for(two, son), action="cases.withdraw", subject="case:1")
    audit.record(actor=actor_for(mother), action="forms.submitted", subject="application:own")
    page = mandates.list_acts(person_id=mother.pk, limit=5)
    assert [act.subject for act in page.items][:2] == ["case:1", "application:6"]
    rest = mandates.list_acts(person_id=mother.pk, cursor=page.next, limit=5)
    assert ([act.subject for act in rest.items], rest.next) == (
        ["application:2", "application:1", "application:0"],
        None,
    )
    assert len(mandates.list_acts(person_id=mother.pk, right_id=two.id).items) == 1
    assert mandates.list_acts(person_id=son.pk).items == ()


def test_acts_are_found_through_their_index(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    rows = [
        AuditEntry(recorded_at=utc_now(), actor="x", action="a", subject=f"s:{n}", detail={"acting": f"mandate:{n}"})
        for n in range(3000)
    ]
    AuditEntry.objects.bulk_create(rows)
    audit.record(actor=acting_for(mandate, son), action="forms.submitted", subject="application:1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE infra_audit_entry")
        cursor.execute(
            "EXPLAIN SELECT * FROM infra_audit_entry WHERE detail ? 'acting' AND (detail ->> 'acting') IN (%s) "
            "ORDER BY id DESC LIMIT 21",
            [f"mandate:{mandate.id}"],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "infra_audit_entry_acting" in plan
    assert audit.list_acting([]).items == ()
    assert len(audit.list_acting([f"mandate:{mandate.id}"]).items) == 1


def test_the_file_of_acts_says_everything_in_words(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    for action in ("forms.submitted", "something.new"):
        audit.record(actor=acting_for(mandate, son), action=action, subject="application:1")
    content = signed_in(mother).get("/my/mandates/acts.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert [row[1:4] for row in rows[1:]] == [
        ["陈刚", "委托", "替你做了一步操作"],
        ["陈刚", "委托", "替你递交了一份申请"],
    ]


def test_a_ward_sees_what_the_guardian_did(son: models.Person, registers: Registers) -> None:
    registers.parents.add((SON, "小孩", CHILD))
    guardians.prove_guardianship(guardian=son.pk, name="小孩", id_number=CHILD, actor=actor_for(son))
    [right] = api.list_rights(son.pk)
    client = signed_in(son)
    begin_acting(client, son, "guardian", right.acting.reference)
    [act] = mandates.list_acts(person_id=right.person_id).items
    assert (act.kind, act.agent_name, act.action) == ("guardian", "陈刚", "identity.acting-begun")
    models.Guardianship.objects.update(checked_at=utc_now() - timedelta(days=40))
    assert client.get("/my/mandates/").status_code == 200


def test_a_right_that_is_not_held_is_not_begun(mother: models.Person, son: models.Person) -> None:
    mandate = given_mandate(mother)
    with pytest.raises(api.RightUnknown):
        begin_acting(signed_in(mother), mother, "mandate", mandate.id)
