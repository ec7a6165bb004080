"""Mandates at a window: for somebody without an account; the clerk prints, checks, scans, and can end them again."""

from __future__ import annotations

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.integration.identity.conftest import clerk
from tests.integration.identity.people import MOTHER, SON, actor_for, code, make, signed_in, son, terms
from tests.staff_entry import enter
from tongban.contexts.identity import api, models
from tongban.contexts.identity.api import mandates
from tongban.contexts.services import api as services
from tongban.infra.models import AuditEntry
from tongban.runtime import settings

__all__ = ["clerk", "code", "son"]


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def scan(data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.png", png() if data is None else data)


@pytest.fixture
def window(clerk: models.Account) -> Client:
    client = Client()
    enter(client, clerk)
    return client


@pytest.fixture
def old_lady(db: None) -> models.Person:
    return make("", "陈伯安", MOTHER, with_account=False)


def drawn_up(window: Client, person: models.Person, **changed: object) -> str:
    """Draw a mandate up on the page; returns where it goes on."""
    code = services.search(q="居民身份证", limit=1).items[0].code
    form = {"name": "陈刚", "id_number": SON, "relation": "child", "service": [code], "ending": "12", "do": "next"}
    answer = window.post(f"/counter/people/{person.pk}/mandates/new/", {**form, **changed})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_somebody_without_an_account_gives_a_mandate_on_paper(
    window: Client, old_lady: models.Person, son: models.Person, code: str
) -> None:
    where = drawn_up(window, old_lady)
    paper = window.get(f"{where}form/").content.decode()
    assert "授权委托书" in paper
    assert MOTHER not in paper
    assert "陈刚" in paper
    done = window.post(where, {"id_checked": "yes", "paper": scan()})
    assert done.headers["Location"] == f"/counter/people/{old_lady.pk}/mandates/"
    [mandate] = mandates.list_given(old_lady.pk)
    assert (mandate.state, mandate.confirmed_how, mandate.has_paper) == ("active", "window", True)
    assert [right.person_id for right in api.list_rights(son.pk)] == [old_lady.pk]
    assert window.get(f"{where}paper/").content == png()
    assert AuditEntry.objects.filter(action="identity.mandate-paper-viewed").count() == 1
    assert "陈刚" in window.get(f"/counter/people/{old_lady.pk}/mandates/").content.decode()


def test_the_signed_paper_is_sealed_on_disk(window: Client, old_lady: models.Person, code: str) -> None:
    window.post(drawn_up(window, old_lady), {"id_checked": "yes", "paper": scan()})
    row = models.Mandate.objects.get()
    file = settings.current().data_dir / "mandates" / row.paper_digest[:2] / row.paper_digest
    assert b"PNG" not in file.read_bytes()


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({}, "还没有扫描签好字的委托书"),
        ({"paper": b"x"}, "还没有核对本人的身份证"),
        ({"id_checked": "yes", "paper": b"MZ\x90"}, "这种文件不能收"),
        ({"id_checked": "yes", "paper": b""}, "文件是空的"),
        ({"id_checked": "yes", "paper": b"%PDF-1.4\n/JavaScript\nstartxref\n0\n%%EOF"}, "PDF 里有脚本或附件"),
        ({"id_checked": "yes", "paper": b"\x89PNG\r\n\x1a\n" + b"0" * (20 * 1024 * 1024 + 1)}, "文件超过 20 MB"),
    ],
)
def test_without_card_and_readable_paper_nothing_holds(
    window: Client, old_lady: models.Person, code: str, posted: dict[str, object], said: str
) -> None:
    where = drawn_up(window, old_lady)
    content = {key: scan(value) if isinstance(value, bytes) else value for key, value in posted.items()}
    answer = window.post(where, content)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert mandates.list_given(old_lady.pk)[0].is_waiting


def test_a_question_of_an_agent_is_confirmed_at_a_window(
    window: Client, old_lady: models.Person, son: models.Person, code: str
) -> None:
    made = mandates.ask(agent=son.pk, principal=mandates.Named("陈伯安", MOTHER), terms=terms(), actor=actor_for(son))
    assert "办" in window.get(f"/counter/people/{old_lady.pk}/mandates/").content.decode()
    window.post(f"/counter/mandates/{made}/", {"id_checked": "yes", "paper": scan()})
    assert len(api.list_rights(son.pk)) == 1


def test_a_window_revokes_for_the_person_present_only(
    window: Client, old_lady: models.Person, son: models.Person, code: str
) -> None:
    where = drawn_up(window, old_lady)
    window.post(where, {"id_checked": "yes", "paper": scan()})
    window.post(f"{where}end/", {"reason": "不放心"})
    assert len(api.list_rights(son.pk)) == 1
    window.post(f"{where}end/", {"present": "yes", "reason": "不放心"})
    assert api.list_rights(son.pk) == ()
    [mandate] = mandates.list_given(old_lady.pk)
    assert (mandate.state, mandate.ended_party, mandate.ended_reason) == ("revoked", "window", "不放心")


def test_residents_and_other_staff_have_no_business_at_the_window(
    window: Client, old_lady: models.Person, son: models.Person, code: str
) -> None:
    where = drawn_up(window, old_lady)
    api.create_staff(
        username="official", name="何川", organisation="police", roles=["official"], with_second_factor=False
    )
    other = Client()
    enter(other, models.Account.objects.get(username="official"))
    for client in (signed_in(son), other):
        for path in (where, f"{where}form/", f"{where}paper/", f"/counter/people/{old_lady.pk}/mandates/"):
            assert client.get(path).status_code == 403, path


def test_every_look_of_a_clerk_is_on_record(window: Client, old_lady: models.Person, code: str) -> None:
    where = drawn_up(window, old_lady)
    window.get(where)
    window.get(f"/counter/people/{old_lady.pk}/mandates/")
    assert AuditEntry.objects.filter(action="counter.mandates-viewed", subject=f"person:{old_lady.pk}").exists()
    assert AuditEntry.objects.filter(action="identity.mandate-viewed").exists()


def test_officials_accredit_and_end_helpers_and_auditors_only_look(clerk: models.Account) -> None:
    for role in ("official", "auditor"):
        api.create_staff(username=role, name="何某", organisation="police", roles=[role], with_second_factor=False)
    client, auditor = Client(), Client()
    enter(client, models.Account.objects.get(username="official"))
    enter(auditor, models.Account.objects.get(username="auditor"))
    from tongban.kernel.clock import local_date, utc_now

    form = {"name": "陈刚", "id_number": SON, "organisation": "青荷社区", "number": "BB-1",
            "valid_until": local_date(utc_now()).isoformat()}  # fmt: skip
    assert auditor.post("/console/accreditations/", form).status_code == 403
    assert client.post("/console/accreditations/", {**form, "valid_until": "x"}).status_code == 422
    assert client.post("/console/accreditations/", form).status_code == 302
    assert client.post("/console/accreditations/", form).status_code == 409
    page = auditor.get("/console/accreditations/").content.decode()
    assert "青荷社区" in page
    assert SON not in page
    row = models.Accreditation.objects.get()
    client.post(f"/console/accreditations/{row.pk}/end/", {"reason": ""})
    assert models.Accreditation.objects.get().ended_at is None
    client.post(f"/console/accreditations/{row.pk}/end/", {"reason": "离岗"})
    assert models.Accreditation.objects.get().ended_reason == "离岗"
