"""Operators: named without learning who has an account, in force once accepted, over at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.identity.enterprise_city import (
    CHEN,
    LI,
    MarketRegister,
    appoint,
    appointed,
    chen,
    enterprise,
    find_right,
    in_days,
    li,
    market,
    resident,
    rights_of,
    templates_of,
    wang,
)
from tongban.contexts.identity import api, models
from tongban.contexts.identity.api import acting
from tongban.infra import audit, outbox
from tongban.infra.authorisation import Acting, Actor
from tongban.kernel.clock import utc_now

__all__ = ["chen", "enterprise", "li", "market", "wang"]


def test_an_appointment_gives_its_right_once_accepted_and_takes_it_at_once_when_ended(
    enterprise: UUID, wang: Actor, li: Actor
) -> None:
    made = appoint(enterprise, wang, services=["A1", "A2", "A1"])
    assert rights_of(li) == {}
    assert [invitation.id for invitation in api.list_invitations(li.person_id)] == [made.id]  # type: ignore[arg-type]
    assert api.accept_appointment(appointment_id=made.id, actor=li).standing == "active"
    assert rights_of(li) == {made.id: frozenset({"A1", "A2"})}
    assert templates_of(wang)[-1] == "operator-accepted"
    assert api.end_appointment(appointment_id=made.id, actor=wang).standing == "ended"
    assert rights_of(li) == {}
    assert find_right(li, made.id) is None
    assert templates_of(li) == ["operator-proposed", "operator-ended"]


def test_a_right_says_for_whom_by_whom_and_until_when(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made = appointed(enterprise, wang, li)
    [held] = api.list_rights(li.person_id)  # type: ignore[arg-type]
    assert (held.person_id, held.expires_at) == (li.person_id, made.valid_until)
    assert held.acting == Acting(
        kind="enterprise",
        reference=made.id,
        agent_person_id=li.person_id,  # type: ignore[arg-type]
        agent_name="李晴",
        principal_name="云州小满餐饮管理有限公司",
        enterprise_id=enterprise,
    )


def test_naming_answers_alike_whether_or_not_there_is_an_account(enterprise: UUID, wang: Actor, li: Actor) -> None:
    with CaptureQueriesContext(connection) as known:
        first = api.appoint_operator(
            enterprise_id=enterprise, actor=wang, name="李晴", id_number=LI, role="operator", services=None,
            last_day=in_days(9),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as unknown:
        second = api.appoint_operator(
            enterprise_id=enterprise, actor=wang, name="无账号", id_number=CHEN, role="operator", services=None,
            last_day=in_days(9),
        )  # fmt: skip
    assert (first.standing, first.accepted_at) == (second.standing, second.accepted_at) == ("proposed", None)
    assert len(known) == len(unknown)


def test_an_appointment_waits_for_somebody_who_registers_later(enterprise: UUID, wang: Actor) -> None:
    made = appoint(enterprise, wang)
    li = resident("li", "李晴", LI)
    assert api.accept_appointment(appointment_id=made.id, actor=li).standing == "active"


@pytest.mark.parametrize("named", [{"name": "李青"}, {"id_number": CHEN}])
def test_another_name_or_number_is_not_the_one_meant(
    named: dict[str, str], enterprise: UUID, wang: Actor, li: Actor
) -> None:
    made = appoint(enterprise, wang, **named)
    assert api.list_invitations(li.person_id) == ()  # type: ignore[arg-type]
    assert templates_of(li) == []
    with pytest.raises(api.AppointmentUnknown):
        api.accept_appointment(appointment_id=made.id, actor=li)


def test_a_telephone_number_names_somebody_only_once_they_have_confirmed_it(
    enterprise: UUID, wang: Actor, li: Actor
) -> None:
    made = appoint(enterprise, wang, id_number="", phone="139 0000 2345")
    assert made.hint == "139****2345"
    assert templates_of(li) == ["operator-proposed"]
    models.Account.objects.update(is_phone_verified=False)
    with pytest.raises(api.AppointmentUnknown):
        api.accept_appointment(appointment_id=made.id, actor=li)
    models.Account.objects.filter(username="li").update(is_phone_verified=True)
    assert api.accept_appointment(appointment_id=made.id, actor=li).standing == "active"


def test_who_declines_can_no_longer_accept(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made = appoint(enterprise, wang)
    assert api.decline_appointment(appointment_id=made.id, actor=li).standing == "declined"
    assert api.decline_appointment(appointment_id=made.id, actor=li).standing == "declined"
    with pytest.raises(api.AppointmentSettled):
        api.accept_appointment(appointment_id=made.id, actor=li)
    assert templates_of(wang)[-1] == "operator-declined"
    assert appoint(enterprise, wang).standing == "proposed"


def test_an_operator_gives_up_by_themselves(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made = appointed(enterprise, wang, li)
    ended = api.end_appointment(appointment_id=made.id, actor=li)
    assert (ended.standing, ended.ended_because) == ("ended", "given-up")
    assert templates_of(wang)[-1] == "operator-resigned"
    assert api.end_appointment(appointment_id=made.id, actor=li) == ended


def test_accepting_twice_is_accepting_once(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made = appointed(enterprise, wang, li)
    assert api.accept_appointment(appointment_id=made.id, actor=li) == made
    assert templates_of(wang).count("operator-accepted") == 1


def test_a_second_appointment_by_telephone_replaces_the_first(enterprise: UUID, wang: Actor, li: Actor) -> None:
    first = appointed(enterprise, wang, li)
    second = appointed(enterprise, wang, li, id_number="", phone="13900002345", services=["A1"])
    assert rights_of(li) == {second.id: frozenset({"A1"})}
    assert models.OperatorAppointment.objects.get(pk=first.id).ended_because == "replaced"


def test_time_ends_an_appointment(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made = appointed(enterprise, wang, li)
    past = utc_now() - timedelta(seconds=1)
    models.OperatorAppointment.objects.update(valid_from=past - timedelta(days=1), valid_until=past)
    assert rights_of(li) == {}
    assert find_right(li, made.id) is None
    [expired] = api.list_appointments(enterprise_id=enterprise, actor=wang).items
    assert expired.standing == "expired"
    assert appoint(enterprise, wang).standing == "proposed"


def test_an_administrator_appoints_operators_and_nobody_above(
    enterprise: UUID, wang: Actor, li: Actor, chen: Actor
) -> None:
    appointed(enterprise, wang, li, role="administrator")
    with pytest.raises(api.AppointmentForbidden):
        appoint(enterprise, li, name="陈伯安", id_number=CHEN, role="administrator")
    operator = appointed(enterprise, li, chen, name="陈伯安", id_number=CHEN)
    assert api.end_appointment(appointment_id=operator.id, actor=li).standing == "ended"
    with pytest.raises(api.EnterpriseUnknown):
        api.list_acts(enterprise_id=enterprise, actor=li)


def test_an_operator_appoints_and_sees_nobody(enterprise: UUID, wang: Actor, li: Actor) -> None:
    appointed(enterprise, wang, li)
    with pytest.raises(api.AppointmentForbidden):
        appoint(enterprise, li, name="陈伯安", id_number=CHEN)
    with pytest.raises(api.EnterpriseUnknown):
        api.list_appointments(enterprise_id=enterprise, actor=li)


def test_a_stranger_learns_nothing_and_asks_no_register(
    enterprise: UUID, market: MarketRegister, wang: Actor, li: Actor, chen: Actor
) -> None:
    made, asked = appointed(enterprise, wang, li), market.asked
    for attempt in (
        lambda: api.end_appointment(appointment_id=made.id, actor=chen),
        lambda: api.confirm_appointment(appointment_id=made.id, actor=chen),
        lambda: api.accept_appointment(appointment_id=made.id, actor=chen),
    ):
        with pytest.raises(api.AppointmentUnknown):
            attempt()
    with pytest.raises(api.EnterpriseUnknown):
        appoint(enterprise, chen)
    assert market.asked == asked


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id_number": "990102199105140231"}, "id_number"),
        ({"id_number": "", "phone": "12345"}, "phone"),
        ({"phone": "13900002345"}, "id_number"),
        ({"name": "李"}, "name"),
        ({"role": "representative"}, "role"),
        ({"services": []}, "services"),
        ({"last_day": in_days(-1)}, "last_day"),
        ({"last_day": in_days(3 * 366 + 5)}, "last_day"),
    ],
)
def test_a_wrong_field_is_named(wrong: dict[str, object], field: str, enterprise: UUID, wang: Actor) -> None:
    with pytest.raises((api.AppointmentInvalid, api.PersonInvalid)) as refused:
        appoint(enterprise, wang, **wrong)
    assert refused.value.details["field"] == field


def test_the_same_person_is_not_named_twice(enterprise: UUID, wang: Actor) -> None:
    appoint(enterprise, wang)
    with pytest.raises(api.AppointmentExists):
        appoint(enterprise, wang)


def test_no_enterprise_names_people_without_end(enterprise: UUID, wang: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongban.contexts.identity.api.appointing.MOST_A_DAY", 1)
    appoint(enterprise, wang)
    with pytest.raises(api.TooManyAppointments):
        appoint(enterprise, wang, name="陈伯安", id_number=CHEN)


def test_what_operators_do_is_shown_to_the_representative(enterprise: UUID, wang: Actor, li: Actor) -> None:
    made = appointed(enterprise, wang, li)
    source = acting._sources["enterprise"]
    for number, (who, reference) in enumerate([(wang, enterprise), (li, made.id), (li, made.id)]):
        held = source.find_right(agent=who.person_id, reference=reference)  # type: ignore[arg-type]
        assert held is not None
        does = Actor(kind="resident", account_id=who.account_id, person_id=who.person_id, acting=held.acting)
        audit.record(actor=does, action="forms.submitted", subject=f"application:{number}")
    audit.record(actor=li, action="forms.submitted", subject="application:own")
    page = api.list_acts(enterprise_id=enterprise, actor=wang, limit=2)
    assert [(act.by, act.subject) for act in page.items] == [("李晴", "application:2"), ("李晴", "application:1")]
    rest = api.list_acts(enterprise_id=enterprise, actor=wang, limit=2, cursor=page.next)
    assert [(act.by, act.subject) for act in rest.items] == [("王小明", "application:0")]
    assert rest.next is None


def test_lists_take_the_same_queries_for_many_as_for_few(enterprise: UUID, wang: Actor, li: Actor) -> None:
    counts = []
    for number in range(2):
        appoint(enterprise, wang, name="陈伯安", id_number=(CHEN, "990102199105140287")[number])
        outbox.deliver_due()
        with CaptureQueriesContext(connection) as queries:
            api.list_appointments(enterprise_id=enterprise, actor=wang)
        counts.append(len(queries))
    assert counts[0] == counts[1]
