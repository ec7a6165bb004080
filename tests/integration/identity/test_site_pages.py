"""Pages on which departments register sites and the city's office decides."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.integration.identity.conftest import ORGANISATION
from tests.staff_entry import enter
from tongban.contexts.identity import api, models

OTHER = {**ORGANISATION, "code": "tax", "credit_code": "11990000YX00251194", "name": "云州市税务局", "short": "税务局"}
SITE = {
    "name_zh": "税务办税厅",
    "organisation": "police",
    "kind": "site",
    "redirect_uris": "https://tax.yunzhou.example/callback",
    "scopes": ["profile"],
    "minimum_level": "registered",
    "key": "k-1",
}

pytestmark = pytest.mark.django_db


def member(role: str, organisation: str = "police") -> Client:
    api.load_organisations([ORGANISATION, OTHER])
    name = f"{role}-{organisation}"
    if not models.Account.objects.filter(username=name).exists():
        api.create_staff(username=name, name="何川", organisation=organisation, roles=[role], with_second_factor=False)
    client = Client(headers={"Accept": "text/html"})
    enter(client, models.Account.objects.get(username=name))
    return client


def register(steward: Client, **changes: object) -> str:
    page = steward.post("/console/sites/new/", {**SITE, **changes}).content.decode()
    found = re.search(r"<code>(site-[0-9a-f]+)</code>", page)
    assert found, page
    return found.group(1)


def test_a_secret_is_shown_once_and_sending_the_form_again_shows_the_site_without_it() -> None:
    steward = member("steward")
    page = steward.post("/console/sites/new/", SITE).content.decode()
    assert 'id="secret"' in page
    again = steward.post("/console/sites/new/", SITE, follow=True).content.decode()
    assert 'id="secret"' not in again
    assert models.Client.objects.count() == 1


def test_a_site_signs_in_only_after_the_office_approved_it() -> None:
    client_id = register(member("steward"))
    assert member("steward").post(f"/console/sites/{client_id}/decide", {"step": "approve"}).status_code == 403
    member("official").post(f"/console/sites/{client_id}/decide", {"step": "approve"})
    assert api.get_client(client_id).state is api.ClientState.APPROVED


def test_suspending_needs_a_reason_and_restoring_none() -> None:
    client_id, office = register(member("steward")), member("official")
    office.post(f"/console/sites/{client_id}/decide", {"step": "approve"})
    refused = office.post(f"/console/sites/{client_id}/decide", {"step": "suspend"}, follow=True)
    assert "请写明理由" in refused.content.decode()
    office.post(f"/console/sites/{client_id}/decide", {"step": "suspend", "reason": "密钥泄露"})
    assert api.get_client(client_id).state is api.ClientState.SUSPENDED
    office.post(f"/console/sites/{client_id}/decide", {"step": "restore"})
    assert api.get_client(client_id).state is api.ClientState.APPROVED


def test_a_steward_sees_and_registers_for_their_own_department_only() -> None:
    client_id, other = register(member("steward")), member("steward", "tax")
    assert other.get(f"/console/sites/{client_id}/").status_code == 403
    assert client_id not in other.get("/console/sites/?state=all").content.decode()
    page = other.post("/console/sites/new/", {**SITE, "organisation": "police", "key": "k-2"})
    assert page.status_code == 200
    assert models.Client.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"redirect_uris": "http://tax.yunzhou.example/"}, "https"),
        ({"redirect_uris": "https://*.yunzhou.example/"}, "不允许的字符"),
        ({"kind": "high-risk"}, "要登记公钥"),
        ({"kind": "high-risk", "jwks": "{nonsense"}, "不是 JSON"),
        ({"redirect_uris": "https://a.example/\nhttps://b.example/"}, "几个域名"),
    ],
)
def test_what_is_wrong_with_a_site_is_said_at_its_field(changes: dict[str, str], words: str) -> None:
    page = member("steward").post("/console/sites/new/", {**SITE, **changes}).content.decode()
    assert words in page
    assert models.Client.objects.count() == 0


def test_keys_stay_when_a_change_names_none() -> None:
    _private, public = api.make_client_key()
    import json

    client_id = register(member("steward"), kind="high-risk", jwks=json.dumps({"keys": [public]}))
    member("steward").post(f"/console/sites/{client_id}/change/", {**SITE, "kind": "high-risk", "name_zh": "新名字"})
    found = api.get_client(client_id)
    assert (found.name.zh, found.key_ids) == ("新名字", (public["kid"],))


def test_a_new_secret_replaces_the_old_one() -> None:
    client_id = register(member("steward"))
    before = models.Client.objects.get().secret_hash
    page = member("steward").post(f"/console/sites/{client_id}/secret").content.decode()
    assert 'id="secret"' in page
    assert models.Client.objects.get().secret_hash != before
