"""What sites know people by, and for whom somebody acts there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client as Browser

from tests.factories.sites import Site, claims_of, make_site
from tongban.contexts.identity import api, models
from tongban.contexts.identity.api import acting as rights
from tongban.contexts.identity.provider import subjects
from tongban.infra.authorisation import Acting
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id

from .conftest import Register, id_number
from .provider_fixture import sign_in

pytestmark = pytest.mark.django_db
GRANDMOTHER = "李奶奶"


def subject_at(site: Site, browser: Browser) -> str:
    return str(claims_of(site.tokens(browser)["id_token"])["sub"])


def test_two_sectors_know_a_person_by_different_names(wang: Browser, site: Site) -> None:
    tax = make_site(redirect_uris=("https://tax.yunzhou.example/cb",))
    same = make_site(redirect_uris=("https://health.yunzhou.example/other",))
    assert subject_at(site, wang) == subject_at(same, wang)
    assert subject_at(site, wang) != subject_at(tax, wang)


def test_a_real_name_proven_later_changes_no_subject(
    client: Browser, account: models.Account, register: Register, site: Site
) -> None:
    sign_in(client)
    before = subject_at(site, client)
    form = {"name": "王小明", "id_number": id_number(23), "consent": "on"}
    client.post("/account/real-name/", form)
    assert models.Person.objects.get(account=account)
    assert subject_at(site, client) == before


def test_somebody_others_acted_for_stays_who_they_are(person: models.Person) -> None:
    account_id = person.account_id
    models.Person.objects.filter(pk=person.pk).update(account=None)
    before = subjects.subject_of_person("a.example", person.pk)
    models.Person.objects.filter(pk=person.pk).update(account=account_id)
    assert account_id is not None
    assert subjects.subject_of_account("a.example", account_id, person.pk) == before
    assert subjects.subject_of_person("a.example", person.pk) == before


def make_enterprise(representative: models.Person) -> models.Enterprise:
    now = utc_now()
    return models.Enterprise.objects.create(
        credit_code="91990102MA0YUN012Y",
        name="云州食品有限公司",
        status="存续",
        representative=representative,
        representative_name=representative.name,
        verified_at=now,
        checked_at=now,
        tried_at=now,
    )


class Mandates:
    """A source that holds one right, until it is taken back."""

    def __init__(self, right: api.HeldRight) -> None:
        self.right: api.HeldRight | None = right

    def find_right(self, *, agent: UUID, reference: UUID) -> api.HeldRight | None:
        return self.right if self.right and self.right.acting.reference == reference else None

    def list_rights(self, *, agent: UUID) -> tuple[api.HeldRight, ...]:
        return (self.right,) if self.right else ()


@pytest.fixture
def mandates(person: models.Person) -> Iterator[Mandates]:
    grandmother, _ = api.persons.ensure_person(name=GRANDMOTHER, id_number=id_number(77), level="real-name")
    acting = Acting(
        kind="mandate",
        reference=new_id(),
        agent_person_id=person.pk,
        agent_name=person.name,
        principal_name=GRANDMOTHER,
    )
    before, source = dict(rights._sources), Mandates(api.HeldRight(acting, grandmother.pk, None))
    rights.use_right_source("mandate", source)
    rights.use_right_source("enterprise", source)
    yield source
    rights._sources.clear()
    rights._sources.update(before)


def act(browser: Browser, source: Mandates, **changes: Any) -> None:
    """Let the session use the right."""
    assert source.right is not None
    source.right = replace(source.right, acting=replace(source.right.acting, **changes))
    session = browser.session
    session[rights.ACTING_KEY] = {
        "kind": source.right.acting.kind,
        "reference": str(source.right.acting.reference),
    }
    session.save()


def test_under_a_mandate_the_subject_is_the_principal_and_act_the_agent(
    wang: Browser, site: Site, mandates: Mandates
) -> None:
    own = subject_at(site, wang)
    act(wang, mandates)
    tokens = site.tokens(wang, scope="openid profile phone")
    claims = claims_of(tokens["id_token"])
    assert mandates.right is not None
    assert claims["sub"] != own
    assert (claims["act"], claims["mandate_id"]) == ({"sub": own}, str(mandates.right.acting.reference))
    told = site.user_info(tokens["access_token"]).json()
    assert told["name"] == GRANDMOTHER
    assert told["act"] == {"sub": own}
    assert "phone_number" not in told
    assert site.post("/oidc/introspect", {"token": tokens["access_token"]}).json()["act"] == {"sub": own}


def test_a_mandate_taken_back_ends_its_tokens_at_once(wang: Browser, site: Site, mandates: Mandates) -> None:
    act(wang, mandates)
    tokens = site.tokens(wang)
    mandates.right = None
    assert site.user_info(tokens["access_token"]).status_code == 401
    assert site.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_limited_mandate_is_used_only_at_sites_for_its_services(
    wang: Browser, site: Site, mandates: Mandates
) -> None:
    act(wang, mandates, services=frozenset({"a", "b"}))
    page = site.send(wang)
    assert page.status_code == 200
    assert f"在这里不能替{GRANDMOTHER}办" in page.content.decode().replace('<span class="cl">', "").replace(
        "</span>", ""
    )
    assert "/my/acting/?next=/oidc/resume/" in page.content.decode()
    fitting = make_site(service_codes=("a",))
    assert claims_of(fitting.tokens(wang)["id_token"])["mandate_id"]


def test_for_an_enterprise_the_subject_stays_the_operators(wang: Browser, site: Site, mandates: Mandates) -> None:
    own = subject_at(site, wang)
    firm = make_enterprise(models.Person.objects.get(account__username="wang"))
    act(wang, mandates, kind="enterprise", principal_name=firm.name, enterprise_id=firm.pk)
    tokens = site.tokens(wang, scope="openid enterprise")
    claims = claims_of(tokens["id_token"])
    assert claims["sub"] == own
    assert "act" not in claims
    assert site.user_info(tokens["access_token"]).json()["enterprise"] == {
        "name": "云州食品有限公司",
        "credit_code": firm.credit_code,
    }
    assert "enterprise" not in site.user_info(site.tokens(wang)["access_token"]).json()
