"""The resident's pages: what is asked, what is wrong, what survives a stale tab or an ended session."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.integration.forms.conftest import SERVICE, LiveCity, sign_in
from tongban.contexts.cases.models import Case
from tongban.contexts.forms import models
from tongban.contexts.forms.forgetting import file_store, forget_expired
from tongban.kernel.clock import utc_now

pytestmark = pytest.mark.django_db
ANSWERS = {
    "reason": "purchase",
    "contract_number": "YZ2026-0088123",
    "contract_date": "2026-03-02",
    "contract_amount": "1,860,000",
    "amount": "1000",
    "bank_name": "云州银行",
    "bank_account": "6222000000000000001",
    "is_first_withdrawal": "true",
}
CONSENTS = ["police", "civil-affairs", "natural-resources", "housing-fund"]
HTML = {"HTTP_ACCEPT": "text/html"}


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (11, 90, 117)).save(out, "JPEG")
    return SimpleUploadedFile("合同.png", out.getvalue(), "application/octet-stream")


def begin(client: Client) -> str:
    answer = client.post(f"/services/{SERVICE}/apply/", {"key": "k"}, **HTML)
    assert answer.status_code == 302
    return str(answer["Location"])


def revision_of(client: Client, url: str) -> str:
    page = client.get(url, **HTML).content.decode()
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def posted(revision: str, do: str, answers: dict[str, str] | None = None, **extra: Any) -> dict[str, Any]:
    given = ANSWERS if answers is None else answers
    return {
        "revision": revision,
        "do": do,
        "key": "submit-1",
        "shown": list(given),
        "consent": CONSENTS,
        **{f"a.{name}": text for name, text in given.items()},
        **extra,
    }


@pytest.fixture
def wang(live_city: LiveCity, client: Client) -> Client:
    sign_in(client, "wang")
    return client


def test_beginning_needs_an_account_and_says_what_will_be_read(live_city: LiveCity, client: Client) -> None:
    assert client.get(f"/services/{SERVICE}/apply/", **HTML)["Location"].startswith("/sign-in/?next=")
    sign_in(client, "wang")
    page = client.get(f"/services/{SERVICE}/apply/", **HTML).content.decode()
    for words in ("公安局", "民政局", "公积金", "不动产", "同意调取并开始办理"):
        assert words in page


def test_the_form_shows_what_is_asked_and_what_is_filled(wang: Client) -> None:
    url = begin(wang)
    page = wang.get(url, **HTML).content.decode()
    assert "要你填的" in page
    assert "已替你填好的" in page
    assert "王小明" in page
    assert "免交的 3 份材料" in page
    assert "合同编号" in page
    assert wang.get(f"/services/{SERVICE}/apply/", **HTML)["Location"] == url


def test_handing_in_too_early_lists_every_problem_with_a_link(wang: Client) -> None:
    url = begin(wang)
    answers = {**ANSWERS, "contract_date": "明天", "bank_account": "abc"}
    answer = wang.post(url, posted(revision_of(wang, url), "submit", answers), **HTML)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r"<title>有 \d+ 处要改", page)
    for link in ("#f-contract_date", "#f-bank_account", "#m-purchase-contract"):
        assert f'href="{link}"' in page
        assert f'id="{link[1:]}"' in page
    assert "请写成年-月-日" in page
    assert 'value="明天"' in page
    assert 'value="YZ2026-0088123"' in page


def test_one_press_uploads_submits_and_leads_to_the_case(wang: Client) -> None:
    url = begin(wang)
    data = posted(revision_of(wang, url), "submit", **{"file.purchase-contract": photo()})
    answer = wang.post(url, data, **HTML)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert answer["Location"].startswith("/my/cases/")
    again = wang.post(url, {**data, "file.purchase-contract": photo()}, **HTML)
    assert again["Location"] == answer["Location"]
    assert models.Declaration.objects.count() == 1
    assert Case.objects.count() == 1
    assert wang.get(url, **HTML)["Location"] == answer["Location"]
    made = models.Declaration.objects.get()
    assert '"amount":100000' in made.document
    assert made.document.count("合同.jpg") == 1


def test_a_declaration_never_changes(wang: Client) -> None:
    url = begin(wang)
    wang.post(url, posted(revision_of(wang, url), "submit", **{"file.purchase-contract": photo()}), **HTML)
    with pytest.raises(Exception, match="append-only"):
        models.Declaration.objects.update(channel="counter")


def test_a_withheld_consent_is_asked_for_by_name(wang: Client) -> None:
    url = begin(wang)
    data = posted(revision_of(wang, url), "submit", **{"file.purchase-contract": photo()})
    page = wang.post(url, {**data, "consent": ["police", "civil-affairs", "natural-resources"]}, **HTML)
    assert page.status_code == 422
    assert 'href="#k-housing-fund"' in page.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90" + b"\0" * 500, "这种文件不能收"),
        (b"<svg onload=alert(1)>", "这种文件不能收"),
        (b"%PDF-1.4 /JavaScript startxref %%EOF", "PDF 里有脚本或附件"),
        (b"\xff\xd8\xff" + b"\0" * (20 * 1024 * 1024 + 9), "文件超过 20 MB"),
        (b"", "文件是空的"),
    ],
)
def test_a_file_that_cannot_be_kept_is_named_and_nothing_else_is_lost(wang: Client, content: bytes, words: str) -> None:
    url = begin(wang)
    file = SimpleUploadedFile("../../合同<script>.jpg", content, "image/jpeg")
    wang.post(url, posted(revision_of(wang, url), "save", **{"file.purchase-contract": file}), **HTML)
    page = wang.get(url, **HTML).content.decode()
    assert words in page
    assert "<script>.jpg" not in page
    assert 'value="YZ2026-0088123"' in page
    assert models.Upload.objects.count() == 0


def test_an_uploaded_file_is_sent_back_as_what_it_is(wang: Client, live_city: LiveCity) -> None:
    url = begin(wang)
    wang.post(
        url,
        posted(revision_of(wang, url), "upload:purchase-contract", **{"file.purchase-contract": photo()}),
        **HTML,
    )
    upload = models.Upload.objects.get()
    sent = wang.get(f"{url}files/{upload.pk}/")
    assert sent["Content-Type"] == "image/jpeg"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sent["Content-Security-Policy"]
    stranger = Client()
    sign_in(stranger, "li")
    assert stranger.get(f"{url}files/{upload.pk}/").status_code == 404
    assert stranger.get(url, **HTML).status_code == 404
    wang.post(url, posted(revision_of(wang, url), f"remove:{upload.pk}"), **HTML)
    assert wang.get(f"{url}files/{upload.pk}/").status_code == 404


def test_a_stale_tab_sees_both_versions_and_loses_nothing(wang: Client) -> None:
    url = begin(wang)
    old = revision_of(wang, url)
    wang.post(url, posted(old, "save", {**ANSWERS, "bank_name": "第一银行"}), **HTML)
    answer = wang.post(url, posted(old, "submit", {**ANSWERS, "bank_name": "第二银行"}), **HTML)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "第一银行" in page
    assert "第二银行" in page
    assert models.KeptAnswers.objects.filter(kind="stale").count() == 1
    now = re.search(r'name="revision" value="(\d+)"', page)
    assert now
    chosen = {"revision": now[1], "do": "resolve", "pick.bank_name": "mine", "mine.bank_name": "第二银行"}
    assert wang.post(url, chosen, **HTML).status_code == 302
    assert 'value="第二银行"' in wang.get(url, **HTML).content.decode()


def test_a_stale_tab_with_the_same_answers_is_no_conflict(wang: Client) -> None:
    url = begin(wang)
    old = revision_of(wang, url)
    wang.post(url, posted(old, "save"), **HTML)
    assert wang.post(url, posted(old, "save"), **HTML).status_code == 302


def test_answers_posted_after_the_session_ended_wait_behind_the_sign_in(wang: Client) -> None:
    url = begin(wang)
    revision = revision_of(wang, url)
    wang.logout()
    answer = wang.post(url, posted(revision, "save", {**ANSWERS, "bank_name": "断线银行"}), **HTML)
    assert answer["Location"].startswith("/sign-in/?next=%2Fapply%2F")
    kept = models.KeptAnswers.objects.get()
    assert "断线银行" not in str(kept.pk)
    sign_in(wang, "wang")
    page = wang.get(url, follow=True, **HTML).content.decode()
    assert 'value="断线银行"' in page
    assert "登录之前填的内容都在" in page
    assert not models.KeptAnswers.objects.exists()


def test_kept_answers_are_not_for_another_person_nor_another_browser(wang: Client) -> None:
    url = begin(wang)
    revision = revision_of(wang, url)
    wang.logout()
    wang.post(url, posted(revision, "save", {**ANSWERS, "bank_name": "断线银行"}), **HTML)
    sign_in(wang, "li")
    assert wang.get(url, **HTML).status_code == 404
    other = Client()
    sign_in(other, "wang")
    assert "断线银行" not in other.get(url, follow=True, **HTML).content.decode()


def test_a_change_needs_a_reason_and_is_shown_beside_the_department_s_value(wang: Client) -> None:
    url = begin(wang)
    answer = wang.post(url, posted(revision_of(wang, url), "change:home_address"), **HTML)
    change = str(answer["Location"])
    assert wang.post(change, {"value": "新址 1 号", "reason": ""}, **HTML).status_code == 422
    wang.post(change, {"value": "新址 1 号", "reason": "刚搬家"}, **HTML)
    page = wang.get(url, **HTML).content.decode()
    assert "新址 1 号" in page
    assert "公安局记的是：" in page
    assert "你改过" in page
    assert 'value="YZ2026-0088123"' in page


def test_autosave_answers_a_program(wang: Client) -> None:
    url = begin(wang)
    revision = revision_of(wang, url)
    answer = wang.post(url, posted(revision, "autosave"), HTTP_ACCEPT="application/json")
    assert answer.json()["revision"] > int(revision)
    stale = wang.post(url, posted(revision, "autosave", {"bank_name": "x"}), HTTP_ACCEPT="application/json")
    assert stale.status_code == 409


def test_a_post_without_its_token_is_refused(live_city: LiveCity) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, "wang")
    assert strict.post(f"/services/{SERVICE}/apply/", {"key": "k"}, **HTML).status_code == 403


def test_a_draft_can_be_given_up(wang: Client) -> None:
    url = begin(wang)
    wang.post(f"{url}discard/", **HTML)
    assert models.Application.objects.count() == 0
    assert wang.get(url, **HTML).status_code == 404


def test_hostile_strings_in_every_field_are_kept_as_text(wang: Client) -> None:
    url = begin(wang)
    hostile = "<script>alert('x')</script>{{7*7}}\x00\u202e';--"
    answers = dict.fromkeys(ANSWERS, hostile)
    answer = wang.post(url, posted(revision_of(wang, url), "submit", answers), **HTML)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_form_is_whole_in_english(wang: Client) -> None:
    url = begin(wang)
    wang.cookies["language"] = "en"
    page = wang.get(url, **HTML).content.decode()
    assert "Contract number" in page
    assert 'lang="en"' in page


def test_the_pages_take_few_queries(wang: Client) -> None:
    url = begin(wang)
    for path in (url, f"/services/{SERVICE}/"):
        with CaptureQueriesContext(connection) as queries:
            wang.get(path, **HTML)
        assert len(queries) <= 16, (path, [query["sql"][:70] for query in queries])


def test_what_is_given_up_or_taken_out_leaves_no_file_behind(
    wang: Client, django_capture_on_commit_callbacks: Any
) -> None:
    url = begin(wang)
    files = file_store(UUID(url.split("/")[2])).root

    def kept() -> int:
        return sum(1 for path in files.rglob("*") if path.is_file())

    data = posted(revision_of(wang, url), "upload:purchase-contract", **{"file.purchase-contract": photo()})
    wang.post(url, data, **HTML)
    assert kept() == 1
    with django_capture_on_commit_callbacks(execute=True):
        wang.post(url, posted(revision_of(wang, url), f"remove:{models.Upload.objects.get().pk}"), **HTML)
    assert kept() == 0
    again = posted(revision_of(wang, url), "upload:purchase-contract", **{"file.purchase-contract": photo()})
    wang.post(url, again, **HTML)
    with django_capture_on_commit_callbacks(execute=True):
        wang.post(f"{url}discard/", **HTML)
    assert kept() == 0


def test_drafts_and_fetched_records_go_when_their_time_is_over(wang: Client) -> None:
    url = begin(wang)
    assert forget_expired(utc_now()) == 0
    models.Application.objects.update(submitted_at=utc_now() - timedelta(days=31), state="submitted")
    assert forget_expired(utc_now()) == models.SourceFailure.objects.count() + 4
    models.Application.objects.update(state="draft", updated_at=utc_now() - timedelta(days=366))
    assert forget_expired(utc_now()) == 1
    assert wang.get(url, **HTML).status_code == 404
