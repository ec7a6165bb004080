"""Licences on a real database, with real signatures and files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences
from tongban.infra.authorisation import SYSTEM, Party
from tongban.infra.models import OutboxEvent
from tongban.kernel.errors import TongbanError
from tongban.kernel.ids import new_id
from tongban.runtime import settings

pytestmark = pytest.mark.django_db

TYPE: dict[str, Any] = {
    "code": "test-proof",
    "type_code": "11990000YX0055850B001",
    "name": "缴存证明",
    "name_en": "Deposit proof",
    "definer": "云州市住房公积金管理中心",
    "definer_code": "11990000YX0055850B",
    "issuer": "housing-fund",
    "validity": {"years": 1},
    "number": {"pattern": "云缴〔{yyyy}〕{serial:8}", "example": "云缴〔2026〕00000001"},
    "fields": [
        {
            "name": "account",
            "label": "个人账号",
            "label_en": "Account",
            "type": "string",
            "is_masked": True,
            "is_required": True,
        },
        {"name": "unit", "label": "缴存单位", "label_en": "Employer", "type": "string"},
    ],
    "layout": {
        "orientation": "portrait",
        "title": "住房公积金缴存证明",
        "rows": [["account", "unit"]],
        "seal": "电子专用章",
    },
}
VALUES = {"account": "990012345678", "unit": "云州市湖滨机械有限公司"}


@pytest.fixture(autouse=True)
def registered() -> None:
    identity.load_organisations(
        [
            {
                "code": "housing-fund",
                "credit_code": "11990000YX0055850B",
                "name": "云州市住房公积金管理中心",
                "short": "公积金中心",
                "en": "Housing Provident Fund Centre",
                "phone": "0600-5505000",
            }
        ]
    )
    licences.load_types([TYPE])


def issue(case: str = "C1", person_id: UUID | None = None, **changes: Any) -> licences.Licence:
    holder = licences.Holder(person_id or new_id(), "王小明", "99010119900307123X")
    arguments = {
        "type_code": "test-proof",
        "holder": holder,
        "case_number": case,
        "service_code": "S",
        "values": VALUES,
    }
    return licences.issue(**{**arguments, **changes})


def test_an_issued_licence_verifies_by_its_reference() -> None:
    found = licences.verify_reference(licences.reference_of(issue().id))
    assert found.outcome == "valid"
    assert found.signer == "云州市住房公积金管理中心"
    assert [field.value for field in found.fields] == ["王**", "********5678", "云州市湖滨机械有限公司"]


def test_issuing_again_for_a_case_returns_the_same_licence() -> None:
    assert issue().id == issue().id
    assert OutboxEvent.objects.filter(topic="licences.issued").count() == 1


def test_two_licences_of_a_type_have_two_numbers() -> None:
    assert issue("C1").number != issue("C2").number


def test_a_required_field_that_is_missing_is_named() -> None:
    with pytest.raises(TongbanError) as caught:
        issue(values={"unit": "x"})
    assert "个人账号" in caught.value.message.zh


def test_the_file_itself_verifies() -> None:
    assert licences.verify_pdf(licences.pdf(issue().id)).outcome == "valid"


def test_a_file_with_one_byte_changed_does_not_verify() -> None:
    data = bytearray(licences.pdf(issue().id))
    data[data.index(b"/MediaBox") - 40] ^= 1
    assert licences.verify_pdf(bytes(data)).outcome in ("altered", "unknown")


def test_a_file_with_something_appended_does_not_verify() -> None:
    assert not licences.verify_pdf(licences.pdf(issue().id) + b"\n% more").is_valid


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x00" * 1000, "王小明".encode() * 50])
def test_a_file_that_is_no_licence_is_unknown(data: bytes) -> None:
    assert licences.verify_pdf(data).outcome == "unknown"


def test_a_licence_whose_kept_file_was_changed_is_not_valid() -> None:
    licence = issue()
    stored = next(path for path in (settings.current().data_dir / "licences").rglob("*") if path.is_file())
    for path in (settings.current().data_dir / "licences").rglob("*"):
        if path.is_file():
            content = bytearray(path.read_bytes())
            content[-1] ^= 1
            path.write_bytes(bytes(content))
    assert stored.exists()
    assert licences.verify_reference(licences.reference_of(licence.id)).outcome == "altered"


def test_a_revoked_licence_is_shown_as_revoked() -> None:
    licence = issue()
    licences.change_state(licence_id=licence.id, state="revoked", reason="持证人申请注销", actor=SYSTEM)
    assert licences.verify_reference(licences.reference_of(licence.id)).outcome == "revoked"
    with pytest.raises(licences.LicenceChangeRefused):
        licences.change_state(licence_id=licence.id, state="issued", reason="x", actor=SYSTEM)


def test_nobody_else_opens_a_licence() -> None:
    licence = issue()
    with pytest.raises(licences.LicenceUnknown):
        licences.get_licence(licence.id, party=Party(new_id()))


def test_an_enterprise_s_licence_is_the_enterprise_s_and_no_person_s() -> None:
    person, firm = new_id(), new_id()
    made = issue(holder=licences.Holder(person, "云州市湖滨机械有限公司", "91990102MA0YX00017", "001", firm))
    assert [one.id for one in licences.list_licences(Party(person, firm))] == [made.id]
    assert licences.list_licences(Party(person)) == ()


def test_a_right_to_some_services_shows_no_licences() -> None:
    licence = issue(person_id=(person := new_id()))
    assert [one.id for one in licences.list_licences(Party(person))] == [licence.id]
    assert licences.list_licences(Party(person, services=frozenset({"S"}))) == ()


def test_the_page_is_readable_text_with_the_font_embedded() -> None:
    data = licences.pdf(issue().id)
    assert b"/FontFile2" in data
    assert b"/ByteRange" in data


def test_strangers_see_the_result_and_not_the_name(client: Client) -> None:
    page = client.get(f"/licences/verify/{licences.reference_of(issue().id)}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "这份证照是真的" in text.replace('<span class="cl">', "").replace("</span>", "")
    assert "王小明" not in text
    assert "990012345678" not in text


def test_an_unknown_file_is_told_apart_from_an_unknown_address(client: Client) -> None:
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.7 no licence", content_type="application/pdf")
    page = client.post("/licences/verify/", {"file": file})
    assert page.status_code == 404
    assert "被改动过" in page.content.decode()
    assert "被改动过" not in client.get("/licences/verify/x/").content.decode()


@pytest.mark.parametrize("reference", ["x", "%00", "../../etc/passwd".replace("/", "%2F"), "A" * 4000, "<script>"])
def test_a_hostile_reference_is_answered_with_unknown(client: Client, reference: str) -> None:
    page = client.get(f"/licences/verify/{reference}/")
    assert page.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_simultaneous_issuing_gives_one_licence() -> None:
    registered_rows = licences.list_types()
    assert registered_rows
    person_id = new_id()

    def attempt(_number: int) -> UUID:
        try:
            return issue("C9", person_id=person_id).id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(attempt, range(8)))) == 1
