"""The fixed residents: valid numbers, the accounts that sign in as them, and data that agrees everywhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from tongban.kernel import credit_code, resident_id
from yunzhou_departments import demo_persons
from yunzhou_departments.discrepancies import Held
from yunzhou_departments.police.rows import card_dates
from yunzhou_departments.population.build import Population

PACK = Path(__file__).parents[3] / "packs/yunzhou"
SIGNING_IN = {
    "wang": demo_persons.WANG, "li": demo_persons.LI, "chen": demo_persons.CHEN, "zhao": demo_persons.ZHAO,
    "qian": demo_persons.QIAN, "sun": demo_persons.SUN, "jing": demo_persons.JING,
}  # fmt: skip


@pytest.mark.parametrize("person", demo_persons.PERSONS, ids=lambda person: person.name)
def test_numbers_state_birth_date_and_sex(person: demo_persons.DemoPerson) -> None:
    parsed = resident_id.parse(person.id_number)
    assert parsed.birth_date == person.birth_date
    assert (parsed.sex == "male") == (person.sex == "1")
    assert parsed.division.startswith("99")


@pytest.mark.parametrize("enterprise", demo_persons.ENTERPRISES, ids=lambda enterprise: enterprise.name)
def test_credit_codes_are_valid(enterprise: demo_persons.DemoEnterprise) -> None:
    assert credit_code.is_valid(enterprise.credit_code)


def test_fixed_residents_represent_enterprises_in_every_population(population: Population) -> None:
    represented = {e.credit_code: e.representative.id_number for e in population.enterprises if e.representative}
    for enterprise, person in demo_persons.REPRESENTED:
        assert represented[enterprise.credit_code] == person.id_number


def test_demo_accounts_are_these_residents() -> None:
    accounts = yaml.safe_load((PACK / "demo_accounts.yaml").read_text("utf-8"))["accounts"]
    residents = {account["username"]: account for account in accounts if account["kind"] == "resident"}
    assert residents.keys() == SIGNING_IN.keys()
    for username, person in SIGNING_IN.items():
        account = residents[username]
        assert (account["name"], account["id_number"], account["phone"]) == (
            person.name,
            person.id_number,
            person.phone,
        )


def test_every_department_of_a_modelled_service_has_an_approver() -> None:
    accounts = yaml.safe_load((PACK / "demo_accounts.yaml").read_text("utf-8"))["accounts"]
    approvers = {account["organisation"] for account in accounts if "approver" in account.get("roles", [])}
    needed = set()
    for path in (PACK / "services").glob("*/service.yaml"):
        service = yaml.safe_load(path.read_text("utf-8"))
        needed |= {service["department"], *service.get("co_departments", [])}
    assert needed <= approvers


def test_the_young_family_is_known_to_all_six(population: Population, held: Held) -> None:
    wang = population.persons[0]
    assert wang.name == "王小明"
    assert any(wang in home.owners for home in population.homes)
    assert any(career.person is wang and career.spells[-1].employer for career in population.careers)
    assert any(coverage.person is wang for coverage in population.coverages)
    assert any(marriage.husband is wang for marriage in population.marriages)
    assert any(fund.person is wang for fund in population.funds)
    assert any(birth.father is wang for birth in population.births)
    assert any(sale.buyer is wang for sale in population.sales)


def test_an_identity_card_and_a_residence_permit_run_out_soon(population: Population) -> None:
    wang, zhao = population.persons[0], population.persons[4]
    _, ends = card_dates(wang, population.as_of)
    assert ends is not None
    assert timedelta() < ends - population.as_of < timedelta(days=90)
    permit = next(permit for permit in population.permits if permit.person is zhao)
    assert timedelta() < permit.valid_to - population.as_of < timedelta(days=30)
