"""Every interface that the pack declares works against the real system behind it, for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factories.processes import KEY_HEADERS, Departments
from tongban.contexts.resources.domain.compilation import compile_provider
from tongban.contexts.resources.domain.documents import read_document
from tongban.gateway.adapters.base import Adapter
from tongban.gateway.adapters.csv_drop import CsvDropAdapter
from tongban.gateway.adapters.http import HttpAdapter
from tongban.gateway.adapters.sql import SqlAdapter
from tongban.gateway.mapping import Projector
from tongban.gateway.problems import SourceBroken, SourceUnavailable
from tongban.wire.policy import Interface
from yunzhou_departments.__main__ import access_key
from yunzhou_departments.demo_persons import (
    CHEN,
    CLOSED,
    CLOUD,
    JING,
    LI,
    QIAN,
    QIAN_SISTER,
    SHOP,
    SMALL_FULL,
    WANG,
    WU,
    WU_CHILD,
    ZHAO,
    DemoPerson,
)
from yunzhou_departments.population.build import Population
from yunzhou_departments.population.model import Person

PACK = Path(__file__).parents[3] / "packs/yunzhou"


def interfaces() -> list[Interface]:
    documents = (yaml.safe_load(path.read_text("utf-8")) for path in sorted((PACK / "resources").glob("*.yaml")))
    return [
        interface
        for document in documents
        for compiled in compile_provider(read_document(document)).values()
        for interface in compiled
    ]


INTERFACES = {f"{interface.resource}/{interface.operation}": interface for interface in interfaces()}


class Reader:
    """Reads through the gateway's own adapters."""

    def __init__(self, city: Departments) -> None:
        self._loop = asyncio.new_event_loop()
        self._adapters: dict[str, Adapter] = {
            name: SqlAdapter(city.connections[name]) for name in ("police", "estate", "social", "market")
        }
        for name, header in KEY_HEADERS.items():
            key = access_key(city.folder, name)
            self._adapters[name] = HttpAdapter(f"http://127.0.0.1:{city.ports[name]}", headers={header: key})
        self._adapters["housing-fund"] = CsvDropAdapter(city.connections["housing-fund"])

    def read(self, code: str, **parameters: str) -> list[dict[str, Any]]:
        """The records; a value that cannot be stated fails the test."""
        interface = INTERFACES[code]
        given = {parameter.name: parameters[parameter.name] for parameter in interface.parameters}
        adapter = self._adapters[interface.source.connection]
        raw = self._loop.run_until_complete(adapter.fetch(interface, given))
        return self._projected(interface, raw)

    def _projected(self, interface: Interface, raw: Sequence[Any]) -> list[dict[str, Any]]:
        projector, records = Projector(interface), []
        for position, row in enumerate(raw):
            record, problems = projector.project(row, tuple(field.name for field in interface.fields), position)
            assert not problems
            assert interface.observed_at is None or projector.observed_at(row) is not None
            records.append(record)
        assert interface.many or len(records) <= 1
        return records

    def close(self) -> None:
        for adapter in self._adapters.values():
            self._loop.run_until_complete(adapter.close())
        self._loop.close()


@pytest.fixture(scope="module")
def reader(city: Departments) -> Iterator[Reader]:
    made = Reader(city)
    yield made
    made.close()


def parameters_for(id_number: str, name: str, guardian: str = CHEN.id_number) -> dict[str, str]:
    return {
        "id_number": id_number, "name": name, "certificate_number": SHOP.certificate_number,
        "credit_code": SMALL_FULL.credit_code, "guardian_id_number": guardian,
        "document": id_number, "birth_date": "19910514",
    }  # fmt: skip


def guardian_of(person: Person, population: Population) -> str:
    """Whoever can be named as the person's parent or guardian; somebody unrelated where there is nobody."""
    appointed = next((one.guardian for one in population.appointments if one.ward is person), None)
    found = appointed or person.mother or person.father
    return found.id_number if found else CHEN.id_number


@pytest.mark.parametrize("code", sorted(INTERFACES))
def test_an_interface_states_every_value_of_everybody(code: str, reader: Reader, population: Population) -> None:
    persons = [*population.persons[:5], *population.persons[5::23]]
    persons += [found.person for found in (*population.assistance[:3], *population.filings[:3])]
    persons += [found.ward for found in population.appointments[:3]]
    answers = [
        reader.read(code, **parameters_for(person.id_number, person.name, guardian_of(person, population)))
        for person in persons
    ]
    assert any(answers)


@pytest.mark.parametrize("code", sorted(INTERFACES))
def test_hostile_parameters_find_nothing(code: str, reader: Reader) -> None:
    hostile = "99' OR '1'='1"
    records: list[dict[str, Any]] = []
    with suppress(SourceBroken, SourceUnavailable):
        records = reader.read(code, **dict.fromkeys(parameters_for("", ""), hostile))
    assert records in ([], [{"matches": False}])


def test_three_departments_and_more_know_the_applicant(reader: Reader) -> None:
    wang = parameters_for(WANG.id_number, WANG.name)
    (household,) = reader.read("police.household/read", **wang)
    (marriage,) = reader.read("civil-affairs.marriage/read", **wang)
    (home,) = reader.read("natural-resources.property/read", **wang)
    (account,) = reader.read("housing-fund.account/read", **wang)
    (insurance,) = reader.read("human-resources.social-insurance/read", **wang)
    assert household["address"] == home["address"] == insurance["contact_address"] == "云州市湖滨区锦云路66号5幢1201室"
    assert (marriage["status"], marriage["spouse_id_number"]) == ("已婚", LI.id_number)
    assert (account["balance"], account["loan_balance"]) == (8_643_215, 41_260_000)
    assert insurance["employer_name"] == account["employer_name"] == CLOUD.name


def test_the_household_is_the_couple(reader: Reader) -> None:
    members = reader.read("police.household-members/read", **parameters_for(LI.id_number, LI.name))
    assert [(m["name"], m["household_relation"]) for m in members] == [("王小明", "户主"), ("李晴", "妻")]


def test_the_identity_check_needs_name_and_number_together(reader: Reader) -> None:
    assert reader.read("police.identity-check/read", id_number=ZHAO.id_number, name=ZHAO.name) == [{"matches": True}]
    assert reader.read("police.identity-check/read", id_number=ZHAO.id_number, name=WANG.name) == [{"matches": False}]


@pytest.mark.parametrize(
    ("child", "parent", "said"),
    [
        (WU_CHILD, JING, ["母亲"]),
        (WU_CHILD, WU, ["父亲"]),
        (JING, CHEN, ["父亲"]),
        (WU_CHILD, CHEN, []),
        (WU_CHILD, LI, []),
        (JING, WU_CHILD, []),
        (QIAN_SISTER, QIAN, []),
    ],
)
def test_the_household_register_names_parents_and_nobody_else(
    reader: Reader, child: DemoPerson, parent: DemoPerson, said: list[str]
) -> None:
    found = reader.read("police.parentage/read", **parameters_for(child.id_number, child.name, parent.id_number))
    assert [record["relation"] for record in found] == said


def test_a_child_under_another_name_is_nobodys(reader: Reader) -> None:
    asked = parameters_for(WU_CHILD.id_number, "吴一", JING.id_number)
    assert reader.read("police.parentage/read", **asked) == []


@pytest.mark.parametrize(
    ("ward", "guardian", "said"),
    [(QIAN_SISTER, QIAN, ["法院指定"]), (QIAN_SISTER, LI, []), (QIAN, QIAN_SISTER, []), (WU_CHILD, JING, [])],
)
def test_civil_affairs_names_the_appointed_guardian_and_nobody_else(
    reader: Reader, ward: DemoPerson, guardian: DemoPerson, said: list[str]
) -> None:
    asked = parameters_for(ward.id_number, ward.name, guardian.id_number)
    assert [record["ground"] for record in reader.read("civil-affairs.guardianship/read", **asked)] == said


def test_the_document_check_needs_name_birth_date_and_document_together(reader: Reader) -> None:
    martin = {"document": "414:FRA:99ZZ00017", "name": "Martin Claire", "birth_date": "19880412"}
    assert reader.read("police.document-check/read", **martin) == [{"matches": True}]
    for changed in ({"document": "414:BEL:99ZZ00017"}, {"name": "MARTIN"}, {"birth_date": "19880413"}):
        assert reader.read("police.document-check/read", **{**martin, **changed}) == [{"matches": False}]


def test_the_register_answers_only_about_the_legal_representative_of_the_enterprise_asked_for(reader: Reader) -> None:
    code = "market.legal-representative/read"
    (found,) = reader.read(code, credit_code=SMALL_FULL.credit_code, id_number=WANG.id_number)
    assert (found["enterprise_name"], found["legal_representative"], found["status"]) == (
        SMALL_FULL.name, WANG.name, "存续",
    )  # fmt: skip
    assert reader.read(code, credit_code=SMALL_FULL.credit_code, id_number=LI.id_number) == []
    assert reader.read(code, credit_code=CLOUD.credit_code, id_number=WANG.id_number) == []
    (closed,) = reader.read(code, credit_code=CLOSED.credit_code, id_number=QIAN.id_number)
    assert closed["status"] == "注销"


def test_the_shop_may_be_a_restaurant(reader: Reader) -> None:
    (shop,) = reader.read("natural-resources.premises/read", certificate_number=SHOP.certificate_number)
    assert (shop["usage"], shop["address"]) == ("商业服务", "云州市湖滨区文汇路128号")


def test_buyer_and_seller_see_the_same_contract(reader: Reader) -> None:
    code = "natural-resources.sale-contract/read"
    (bought,) = reader.read(code, **parameters_for(WANG.id_number, ""))
    (sold,) = reader.read(code, **parameters_for(CHEN.id_number, ""))
    assert bought == sold
    assert bought["price"] == 96_800_000


def test_a_title_under_a_fifteen_digit_number_is_found(reader: Reader, city: Departments) -> None:
    listed = (city.folder / "discrepancies.csv").read_text("utf-8").splitlines()
    numbers = [line.split(",")[2] for line in listed if line.startswith("id-number-15,")]
    assert numbers
    assert all(reader.read("natural-resources.property/read", id_number=number) for number in numbers)


def test_one_of_two_files_on_a_person_is_read(reader: Reader, city: Departments) -> None:
    listed = (city.folder / "discrepancies.csv").read_text("utf-8").splitlines()
    numbers = [line.split(",")[2] for line in listed if line.startswith("duplicate-record,")]
    for number in numbers:
        assert len(reader.read("human-resources.social-insurance/read", id_number=number)) == 1
