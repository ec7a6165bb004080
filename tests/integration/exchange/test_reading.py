"""Departments' data reaches a form through the gateway, and every answer has its record."""

from __future__ import annotations

import time

from tests.factories.processes import Departments, GatewayProcess
from tests.integration.exchange.conftest import FIELDS, eventually, load_grants, probe, read, ticket_for
from tongban.contexts.exchange import api as exchange
from tongban.contexts.exchange.models import Record
from tongban.contexts.resources import api as resources
from tongban.kernel.clock import utc_now
from yunzhou_departments.demo_persons import CHEN, CLOSED, LI, SMALL_FULL, WANG

ME = {"id_number": WANG.id_number}


def released(trace: str) -> Record:
    return Record.objects.get(trace=trace, outcome="released")


def test_six_systems_of_four_kinds_answer_at_once(city: GatewayProcess) -> None:
    wanted = [
        "police.household",
        "natural-resources.property",
        "human-resources.social-insurance",
        "medical-insurance.coverage",
        "civil-affairs.marriage",
        "housing-fund.account",
    ]
    found = {}
    for outcome in read(*((name, ME) for name in wanted)):
        assert isinstance(outcome, exchange.Reading), outcome
        found[outcome.resource] = outcome
        assert released(outcome.trace).record_count == len(outcome.records)
    assert found["police.household"].records[0]["name"] == "王小明"
    assert found["police.household"].records[0]["sex"] == "男"
    assert found["police.household"].records[0]["birth_date"] == "1991-05-14"
    assert found["natural-resources.property"].records
    assert found["civil-affairs.marriage"].records[0]["spouse_name"] == LI.name
    assert isinstance(found["housing-fund.account"].records[0]["balance"], int)
    assert all(outcome.observed_at[0] for outcome in found.values())
    assert {outcome.source for outcome in found.values()} == {name.split(".")[0] for name in wanted}


def test_every_resource_of_the_pack_can_be_read_by_its_subject(city: GatewayProcess) -> None:
    keys = {
        "id_number": WANG.id_number,
        "name": WANG.name,
        "credit_code": "91990102MA0YUN012Y",
        "certificate_number": "云(2021)云州市不动产权第0018236号",
    }
    never_for_applications = {"police.parentage", "civil-affairs.guardianship", "police.document-check"}
    interfaces = [one for one in resources.compile_interfaces() if one.resource not in never_for_applications]
    assert len(interfaces) >= 20
    purpose = ticket_for(*{i.resource for i in interfaces})
    reads = [
        exchange.Read(i.resource, {p.name: keys[p.name] for p in i.parameters}, operation=i.operation)
        for i in interfaces
    ]
    outcomes = [
        outcome
        for start in range(0, len(reads), 6)
        for outcome in exchange.fetch_many(ticket=purpose.ticket, reads=reads[start : start + 6])
    ]
    broken = [o for o in outcomes if isinstance(o, exchange.ReadFailure) and o.code != "not-found"]
    assert broken == []
    unreadable = {o.resource: o.unreadable for o in outcomes if isinstance(o, exchange.Reading) and o.unreadable}
    assert unreadable == {}


def test_each_released_answer_has_exactly_one_record_without_data(city: GatewayProcess) -> None:
    [outcome] = read(("police.household", ME), reference="application-77")
    assert isinstance(outcome, exchange.Reading)
    record = released(outcome.trace)
    assert (record.consumer, record.provider, record.reference) == ("portal", "police", "application-77")
    assert set(record.fields) == set(FIELDS["police.household"])
    assert (record.record_count, record.code, record.purpose_kind) == (1, "ok", "application")
    assert record.basis
    text = " ".join(str(value) for value in vars(record).values())
    for secret in (WANG.id_number, WANG.name, "男", "1991-05-14", str(outcome.records[0]["address"])):
        assert secret not in text


def test_a_person_sees_each_read_in_words(city: GatewayProcess) -> None:
    read(("police.household", ME), ("civil-affairs.marriage", ME))
    page = exchange.list_accesses(subject_id_number=WANG.id_number, limit=2)
    assert {access.provider_name.zh for access in page.items} == {"公安局", "民政局"}
    [access] = [access for access in page.items if access.provider == "police"]
    assert access.resource_name.zh == "户籍人口信息"
    assert "姓名" in [label.zh for label in access.fields]
    assert (access.consumer_name.zh, access.outcome) == ("一网通办平台", "released")
    assert exchange.list_accesses(subject_id_number=LI.id_number).items == ()
    summary = exchange.summarise_accesses(subject_id_number=WANG.id_number)
    assert summary.released >= 2
    assert summary.without_basis == 0


def test_pages_of_records_follow_each_other_without_gap_or_repeat(city: GatewayProcess) -> None:
    for _ in range(5):
        read(("police.household", ME))
    everything = exchange.list_accesses(subject_id_number=WANG.id_number, limit=100).items
    seen, cursor = [], None
    while True:
        page = exchange.list_accesses(subject_id_number=WANG.id_number, cursor=cursor, limit=2)
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    assert [access.id for access in seen] == [access.id for access in everything]


def test_a_department_reads_for_a_case_only_what_its_decision_needs(city: GatewayProcess) -> None:
    purpose = exchange.open_purpose(
        kind="case",
        reference="case-1",
        service_code=None,
        subject_id_number=WANG.id_number,
        consumer="civil-affairs",
        reads=[("police.household", ("name", "address", "ethnicity"))],
        now=utc_now(),
    )
    allowed = exchange.Read("police.household", ME, ("name", "address"))
    too_much = exchange.Read("police.household", ME, ("name", "ethnicity"))
    first, second = exchange.fetch_many(ticket=purpose.ticket, reads=[allowed, too_much])
    assert isinstance(first, exchange.Reading)
    assert set(first.records[0]) == {"name", "address"}
    assert isinstance(second, exchange.ReadFailure)
    assert second.code == "refused"
    [refused] = Record.objects.filter(outcome="refused", code="grant-missing")
    assert refused.consumer == "civil-affairs"


def test_a_real_name_is_checked_under_a_standing_purpose(city: GatewayProcess) -> None:
    assert exchange.check_identity(name=WANG.name, id_number=WANG.id_number) is True
    assert exchange.check_identity(name="王大明", id_number=WANG.id_number) is False
    assert Record.objects.filter(purpose_kind="standing", outcome="released").count() == 2


def test_the_market_register_says_who_represents_an_enterprise(city: GatewayProcess) -> None:
    found = exchange.find_represented_enterprise(credit_code=SMALL_FULL.credit_code, id_number=WANG.id_number)
    assert found is not None
    assert (found.name, found.legal_representative, found.status) == (SMALL_FULL.name, WANG.name, "存续")
    assert exchange.find_represented_enterprise(credit_code=SMALL_FULL.credit_code, id_number=LI.id_number) is None
    assert exchange.find_represented_enterprise(credit_code=CLOSED.credit_code, id_number=WANG.id_number) is None
    [mine] = exchange.list_accesses(subject_id_number=WANG.id_number, limit=1).items
    assert mine.purpose.zh == "法定代表人核验"


def test_a_withdrawn_purpose_is_refused_within_two_seconds(city: GatewayProcess) -> None:
    purpose = ticket_for("police.household")
    reads = [exchange.Read("police.household", ME)]
    assert isinstance(exchange.fetch_many(ticket=purpose.ticket, reads=reads)[0], exchange.Reading)
    assert exchange.close_purpose(purpose_id=purpose.id, now=utc_now())
    took = eventually(
        lambda: isinstance(exchange.fetch_many(ticket=purpose.ticket, reads=reads)[0], exchange.ReadFailure),
        "the closure is in force",
    )
    assert took < 2
    assert Record.objects.filter(code="purpose-closed").exists()


def test_a_revoked_grant_is_refused_within_two_seconds(city: GatewayProcess) -> None:
    purpose = ticket_for("police.household")
    reads = [exchange.Read("police.household", ME)]
    exchange.load_grants([], pack="yunzhou", now=utc_now())
    took = eventually(
        lambda: isinstance(exchange.fetch_many(ticket=purpose.ticket, reads=reads)[0], exchange.ReadFailure),
        "the revocation is in force",
    )
    load_grants()
    assert took < 2
    assert Record.objects.filter(code="grant-missing").exists()
    eventually(lambda: probe() == "ok", "the grants are in force again")


def test_a_nightly_file_takes_effect_when_it_is_complete(city: GatewayProcess, departments: Departments) -> None:
    [before] = read(("housing-fund.account", ME))
    assert isinstance(before, exchange.Reading)
    folder = departments.folder / "housing-fund" / "drop"
    newest = max(folder.glob("GJJ_ZHXX_*.csv"))
    later = folder / "GJJ_ZHXX_20991231.csv"
    content = newest.read_bytes()
    later.write_bytes(content[:-40])
    time.sleep(1.1)
    [still] = read(("housing-fund.account", ME))
    assert isinstance(still, exchange.Reading)
    assert still.observed_at == before.observed_at
    later.write_bytes(content)
    try:
        eventually(lambda: _year(read(("housing-fund.account", ME))[0]) == 2099, "the newer file is read")
    finally:
        later.unlink()


def _year(outcome: exchange.Reading | exchange.ReadFailure) -> int:
    moment = outcome.observed_at[0] if isinstance(outcome, exchange.Reading) else None
    return moment.year if moment else 0


def test_property_is_read_by_certificate_for_its_holder_only(city: GatewayProcess) -> None:
    certificate = {"certificate_number": "云(2021)云州市不动产权第0018236号"}
    wanted = exchange.Read("natural-resources.property", certificate, ("usage",), operation="by-certificate")
    for subject, holds in ((WANG.id_number, True), (CHEN.id_number, False)):
        purpose = ticket_for("natural-resources.property", subject=subject)
        [outcome] = exchange.fetch_many(ticket=purpose.ticket, reads=[wanted])
        found = isinstance(outcome, exchange.Reading) and bool(outcome.records)
        assert found is holds
