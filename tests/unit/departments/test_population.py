"""The synthetic population: numbers, families, work and homes agree with each other."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.kernel import credit_code, resident_id
from yunzhou_departments.demo_persons import EMPLOYERS, PERSONS, REPRESENTED
from yunzhou_departments.population.build import Population, build
from yunzhou_departments.population.model import EPOCH, month_index
from yunzhou_departments.population.numbers import organisation_check
from yunzhou_departments.population.places import DISTRICTS, OTHER_PLACES


def fingerprint(population: Population) -> str:
    words = [f"{p.id_number}{p.name}{p.household.address.text()}{p.phone}{p.work}" for p in population.persons]
    words += [f"{e.credit_code}{e.name}" for e in population.enterprises]
    words += [f"{c.personal_number}{c.spells!r}{c.pension}" for c in population.careers if not c.spells[0].employer]
    words += [f"{h.certificate_number}{h.price}{[o.index for o in h.owners]}" for h in population.homes]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def test_every_identity_number_is_valid_and_fictional(population: Population) -> None:
    divisions = {*DISTRICTS, *OTHER_PLACES}
    for person in population.persons:
        parsed = resident_id.parse(person.id_number)
        assert parsed.birth_date == person.birth_date
        assert (parsed.sex == "male") == (person.sex == "1")
        assert parsed.division in divisions
        assert parsed.division.startswith("99")


def test_every_credit_code_is_valid_and_fictional(population: Population) -> None:
    for enterprise in population.enterprises:
        assert credit_code.is_valid(enterprise.credit_code), enterprise
        assert enterprise.credit_code[2:4] == "99"
        assert organisation_check(enterprise.credit_code[8:16]) == enterprise.credit_code[16]


def test_no_number_occurs_twice(population: Population) -> None:
    for numbers in (
        [person.id_number for person in population.persons],
        [enterprise.credit_code for enterprise in population.enterprises],
        [enterprise.name for enterprise in population.enterprises],
        [career.personal_number for career in population.careers],
        [home.certificate_number for home in population.homes],
        [home.unit_number for home in population.homes],
        [household.number for household in population.households],
        [fund.account_number for fund in population.funds],
    ):
        assert Counter(numbers).most_common(1)[0][1] == 1


def test_telephone_numbers_cannot_be_anybodys(population: Population) -> None:
    assert all(person.phone.startswith("12") and len(person.phone) == 11 for person in population.persons)


def test_a_seed_gives_one_population() -> None:
    assert fingerprint(build(400, seed=3)) == fingerprint(build(400, seed=3))
    assert fingerprint(build(400, seed=3)) != fingerprint(build(400, seed=4))


def test_persons_stay_the_same_from_day_to_day() -> None:
    first, later = build(400, as_of=date(2026, 2, 1)), build(400, as_of=date(2027, 6, 30))
    assert [(p.id_number, p.name) for p in first.persons] == [(p.id_number, p.name) for p in later.persons]
    assert [birth.born_at for birth in first.births] != [birth.born_at for birth in later.births]


@settings(max_examples=15, deadline=None)
@given(persons=st.integers(20, 300), seed=st.integers(0, 2**32))
def test_exactly_as_many_persons_as_asked_for(persons: int, seed: int) -> None:
    population = build(persons, seed)
    assert len(population.persons) == persons
    assert {p.id_number for p in PERSONS} <= {p.id_number for p in population.persons}


def test_too_few_persons_or_too_early_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        build(5)
    with pytest.raises(ValueError, match="before"):
        build(100, as_of=date(2020, 1, 1))


def test_enterprises_scale_with_persons(population: Population) -> None:
    assert len(population.enterprises) == 1200 + len(REPRESENTED)
    assert [e.credit_code for e in population.enterprises[:2]] == [e.credit_code for e in EMPLOYERS]
    assert all(enterprise.representative for enterprise in population.enterprises)


def test_children_are_younger_than_their_parents_and_bear_a_parents_name(population: Population) -> None:
    children = [person for person in population.persons if person.father]
    assert len(children) > 1000
    for child in children:
        assert child.father is not None
        assert child.father.age_on(child.birth_date) >= 17, (child, child.father)
        if child.mother is not None:
            assert child.mother.age_on(child.birth_date) >= 17
        if "·" not in child.father.name:
            assert child.name[0] == child.father.name[0]


def test_spouses_are_of_age_and_married_once(population: Population) -> None:
    running = [m for m in population.marriages if m.end == "1"]
    persons = [person for marriage in running for person in (marriage.husband, marriage.wife)]
    assert len(persons) == len(set(persons))
    for marriage in running:
        assert (marriage.husband.sex, marriage.wife.sex) == ("1", "2")
        assert marriage.husband.marital in ("20", "22")
        assert marriage.husband.age_on(marriage.registered_date) >= 21
        assert marriage.wife.age_on(marriage.registered_date) >= 19
        assert marriage.registered_date < EPOCH


def test_every_household_has_one_living_head(population: Population) -> None:
    for household in population.households:
        heads = [m for m in household.members if m.relation == "02" and m.died_date is None]
        assert len(heads) == 1, household.number
        assert all(member.household is household for member in household.members)


def test_careers_have_months_that_follow_each_other(population: Population) -> None:
    for career in population.careers:
        for spell in career.spells:
            assert spell.from_month <= spell.to_month
        for earlier, later in zip(career.spells, career.spells[1:], strict=False):
            assert earlier.to_month < later.from_month
        if career.person.work in ("employed", "flexible"):
            assert career.spells[-1].to_month == month_index(population.as_of) - 1


def test_nobody_dead_is_insured_or_sells_a_home(population: Population) -> None:
    assert all(coverage.person.died_date is None for coverage in population.coverages)
    assert all(person.died_date is None for sale in population.sales for person in (sale.seller, sale.buyer))


def test_newborns_are_recent_and_have_married_parents(population: Population) -> None:
    assert len(population.births) > 20
    for birth in population.births:
        assert 0 < (population.as_of - birth.born_at.date()).days < 60
        assert birth.mother.household is birth.father.household
