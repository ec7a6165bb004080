"""Enterprises belong to whom the register names, and to nobody when it has been silent for too long."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.integration.identity.enterprise_city import (
    CHEN,
    CODE,
    LI,
    OTHER_CODE,
    WANG,
    MarketRegister,
    appoint,
    appointed,
    chen,
    days_pass,
    enterprise,
    find_right,
    li,
    market,
    rights_of,
    templates_of,
    wang,
)
from tongban.contexts.identity import api, models
from tongban.infra.authorisation import Actor
from tongban.infra.models import AuditEntry

__all__ = ["chen", "enterprise", "li", "market", "wang"]


def test_the_registered_representative_gets_the_enterprise(enterprise: UUID, wang: Actor) -> None:
    found = api.find_enterprise_by_code(" 91990102ma0yun039n ")
    assert found is not None
    assert (found.id, found.name, found.force) == (enterprise, "云州小满餐饮管理有限公司", "in-force")
    assert rights_of(wang) == {enterprise: None}
    assert api.enterprise_facts(enterprise) == api.EnterpriseFacts("云州小满餐饮管理有限公司", CODE, "王小明")
    assert AuditEntry.objects.filter(action="identity.enterprise-claimed", subject=f"enterprise:{enterprise}").exists()
    assert templates_of(wang) == ["enterprise-claimed"]


def test_a_wrong_person_and_an_unknown_code_are_refused_in_the_same_words(market: MarketRegister, li: Actor) -> None:
    wrong_person = api.claim_enterprise(credit_code=CODE, actor=li)
    wrong_code = api.claim_enterprise(credit_code=OTHER_CODE, actor=li)
    assert wrong_person == wrong_code
    assert wrong_person.outcome == "refused"
    assert not models.Enterprise.objects.exists()


def test_a_code_with_a_wrong_check_character_is_not_asked_about(market: MarketRegister, wang: Actor) -> None:
    with pytest.raises(api.CreditCodeInvalid) as refused:
        api.claim_enterprise(credit_code=CODE[:-1] + "8", actor=wang)
    assert refused.value.details["field"] == "credit_code"
    assert market.asked == 0


def test_five_refusals_a_day_are_enough(market: MarketRegister, li: Actor) -> None:
    for _ in range(5):
        assert api.claim_enterprise(credit_code=CODE, actor=li).outcome == "refused"
    with pytest.raises(api.TooManyAttempts):
        api.claim_enterprise(credit_code=CODE, actor=li)
    assert market.asked == 5


def test_a_register_that_is_down_costs_no_attempt(market: MarketRegister, wang: Actor) -> None:
    market.is_down = True
    assert {api.claim_enterprise(credit_code=CODE, actor=wang).outcome for _ in range(6)} == {"later"}
    market.is_down = False
    assert api.claim_enterprise(credit_code=CODE, actor=wang).outcome == "claimed"


def test_an_enterprise_out_of_business_is_not_taken_up(market: MarketRegister, wang: Actor) -> None:
    market.now_says(status="注销")
    result = api.claim_enterprise(credit_code=CODE, actor=wang)
    assert result.outcome == "gone"
    assert "注销" in result.message.zh
    assert not models.Enterprise.objects.exists()


def test_somebody_whose_name_is_not_proven_claims_nothing(market: MarketRegister, wang: Actor) -> None:
    models.Person.objects.update(level="registered")
    with pytest.raises(api.RealNameMissing):
        api.claim_enterprise(credit_code=CODE, actor=wang)


def test_claiming_again_changes_nothing(enterprise: UUID, wang: Actor, li: Actor) -> None:
    kept = appointed(enterprise, wang, li)
    assert api.claim_enterprise(credit_code=CODE, actor=wang).enterprise_id == enterprise
    assert rights_of(li) == {kept.id: None}
    assert templates_of(wang).count("enterprise-claimed") == 1


def test_the_register_is_asked_once_a_day_while_somebody_acts(
    enterprise: UUID, market: MarketRegister, wang: Actor
) -> None:
    asked = market.asked
    assert find_right(wang, enterprise)
    assert market.asked == asked
    days_pass(1)
    for _ in range(3):
        assert find_right(wang, enterprise)
    assert market.asked == asked + 1


def test_a_silent_register_is_bridged_for_a_week_and_then_every_right_rests(
    enterprise: UUID, market: MarketRegister, wang: Actor, li: Actor
) -> None:
    operator, market.is_down = appointed(enterprise, wang, li), True
    days_pass(6.9)
    assert find_right(wang, enterprise)
    assert find_right(li, operator.id)
    days_pass(0.2)
    assert find_right(wang, enterprise) is None
    assert find_right(li, operator.id) is None
    assert rights_of(li) == rights_of(wang) == {}
    market.is_down = False
    days_pass(0.1)
    assert rights_of(li) == {operator.id: None}


def test_a_register_that_is_down_is_left_alone_for_a_while(
    enterprise: UUID, market: MarketRegister, wang: Actor
) -> None:
    market.is_down = True
    days_pass(2)
    asked = market.asked
    for _ in range(4):
        find_right(wang, enterprise)
    assert market.asked == asked + 1


def test_another_representative_in_the_register_ends_the_old_ones_right_and_suspends_operators(
    enterprise: UUID, market: MarketRegister, wang: Actor, li: Actor
) -> None:
    operator = appointed(enterprise, wang, li)
    market.now_says("990102199001010011")
    days_pass(1)
    assert find_right(li, operator.id) is None
    assert find_right(wang, enterprise) is None
    assert templates_of(wang)[-1] == "enterprise-representative-changed"
    assert templates_of(li)[-1] == "operator-suspended"
    [seen] = api.list_own_enterprises(wang.person_id)  # type: ignore[arg-type]
    assert seen.force == "unrepresented"
    with pytest.raises(api.EnterpriseUnknown):
        api.get_enterprise(enterprise_id=enterprise, actor=wang)


def test_a_new_representative_keeps_the_operators_whom_they_confirm(
    enterprise: UUID, market: MarketRegister, wang: Actor, li: Actor, chen: Actor
) -> None:
    operator = appointed(enterprise, wang, chen, name="陈伯安", id_number=CHEN)
    market.now_says(LI)
    assert api.claim_enterprise(credit_code=CODE, actor=li).enterprise_id == enterprise
    assert rights_of(wang) == {}
    assert rights_of(chen) == {}
    assert rights_of(li) == {enterprise: None}
    assert api.confirm_appointment(appointment_id=operator.id, actor=li).standing == "active"
    assert rights_of(chen) == {operator.id: None}
    with pytest.raises(api.AppointmentUnknown):
        api.end_appointment(appointment_id=operator.id, actor=wang)


def test_a_proposal_of_a_former_representative_is_void(
    enterprise: UUID, market: MarketRegister, wang: Actor, li: Actor, chen: Actor
) -> None:
    proposal = appoint(enterprise, wang, name="陈伯安", id_number=CHEN)
    market.now_says(LI)
    api.claim_enterprise(credit_code=CODE, actor=li)
    with pytest.raises(api.AppointmentSettled):
        api.accept_appointment(appointment_id=proposal.id, actor=chen)


@pytest.mark.parametrize("status", ["吊销", "注销"])
def test_a_revoked_or_deregistered_enterprise_ends_every_right(
    status: str, enterprise: UUID, market: MarketRegister, wang: Actor, li: Actor
) -> None:
    operator = appointed(enterprise, wang, li)
    market.now_says(WANG, status=status)
    days_pass(1)
    assert find_right(wang, enterprise) is None
    assert find_right(li, operator.id) is None
    assert models.OperatorAppointment.objects.get().ended_because == "out-of-business"
    found, seat = api.get_enterprise(enterprise_id=enterprise, actor=wang)
    assert (found.status, found.force, seat) == (status, "out-of-business", api.Seat.REPRESENTATIVE)


def test_strangers_find_no_enterprise(enterprise: UUID, li: Actor) -> None:
    with pytest.raises(api.EnterpriseUnknown):
        api.get_enterprise(enterprise_id=enterprise, actor=li)
    with pytest.raises(api.EnterpriseUnknown):
        api.list_acts(enterprise_id=enterprise, actor=li)
