"""The inbox, deliveries and their retries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail

from tongban.contexts.notices import api, models, ports
from tongban.contexts.notices.api.inbox import LinkOutside
from tongban.contexts.notices.domain.wording import WordingInvalid
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.kernel.ids import new_id

PERSON = new_id()
VALUES = {"service": Text(zh="开餐饮店", en="Opening a restaurant"), "case": "X-1"}


class Addresses:
    """Knows one person's address."""

    email = "wang@x.example"
    language = "zh-hans"

    def find(self, person_id: UUID) -> ports.Recipient | None:
        return ports.Recipient(name="王小明", email=self.email, language=self.language) if person_id == PERSON else None


@pytest.fixture(autouse=True)
def addresses(db: None) -> Iterator[Addresses]:
    before, known = ports.recipients(), Addresses()
    ports.use_recipients(known)
    yield known
    ports.use_recipients(before)


def tell(key: str = "k", person_id: UUID = PERSON, link: str | None = "/my/cases/X-1/") -> api.Notice:
    return api.notify(
        person_id=person_id, template="application-received", values=VALUES, idempotency_key=key, link=link
    )


def test_a_notice_is_in_the_inbox_in_both_languages() -> None:
    tell()
    [notice] = api.list_notices(PERSON).items
    assert notice.title == Text(zh="开餐饮店：申请已收到", en="Opening a restaurant: application received")
    assert api.count_unread(PERSON) == 1


def test_a_repeat_is_the_same_notice() -> None:
    assert tell().id == tell().id
    assert models.Delivery.objects.count() == 1


def test_reading_one_and_all() -> None:
    first, _second, _third = tell("1"), tell("2"), tell("3")
    assert api.mark_read(PERSON, [first.id]) == 1
    assert api.mark_read(new_id()) == 0
    assert api.mark_read(PERSON) == 2
    assert api.count_unread(PERSON) == 0


def test_the_inbox_is_paged_without_gaps() -> None:
    written = [tell(str(number)).id for number in range(7)]
    seen, cursor = [], None
    while True:
        page = api.list_notices(PERSON, cursor=cursor, limit=3)
        seen += [notice.id for notice in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == written[::-1]


@pytest.mark.parametrize("cursor", ["x", "WzFd", "' OR 1=1", "WyJhIiwiYiJd"])
def test_a_spoilt_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Exception, match="page position"):
        api.list_notices(PERSON, cursor=cursor)


@pytest.mark.parametrize("link", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "/a\nb"])
def test_a_notice_links_only_to_this_site(link: str) -> None:
    with pytest.raises(LinkOutside):
        tell(link=link)


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(api.TemplateUnknown, match="nope"):
        api.notify(person_id=PERSON, template="nope", values={}, idempotency_key="x")


def deliver_all() -> list[str]:
    return [api.deliver(row.pk) for row in models.Delivery.objects.filter(state="waiting")]


def test_mail_goes_to_the_address_with_greeting_and_link() -> None:
    tell()
    assert deliver_all() == ["sent"]
    [message] = mail.outbox
    assert message.to == ["wang@x.example"]
    assert message.subject == "开餐饮店：申请已收到 · 云州市一网通办"
    assert message.body.startswith("王小明，您好：")
    assert "/my/cases/X-1/" in message.body
    assert deliver_all() == []


def test_mail_speaks_the_recipients_language(addresses: Addresses) -> None:
    addresses.language = "en"
    tell()
    deliver_all()
    assert mail.outbox[0].body.startswith("Dear 王小明,")


def test_without_an_address_the_inbox_is_all_there_is(addresses: Addresses) -> None:
    addresses.email = ""
    notice = tell()
    assert deliver_all() == ["no-address"]
    assert mail.outbox == []
    assert api.list_notices(PERSON).items[0].id == notice.id


def test_a_failing_mail_server_is_tried_again_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("tongban.contexts.notices.api.sending.send_mail", fail)
    notice, now = tell(), utc_now()
    for _ in range(6):
        assert api.deliver_due(now=now + timedelta(days=1)) == 1
    assert api.deliver_due(now=now + timedelta(days=30)) == 0
    [report] = api.list_deliveries(notice.id)
    assert (report.state, report.attempts, report.last_error) == ("failed", 6, "ConnectionRefusedError")


def test_what_is_not_due_yet_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    tell()
    models.Delivery.objects.update(next_attempt_at=utc_now() + timedelta(minutes=5))
    assert api.deliver_due(now=utc_now()) == 0


def test_a_job_is_queued_with_the_notice() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    tell()
    job = ProcrastinateJob.objects.get(task_name="notices.deliver")
    assert job.args == {"delivery_id": str(models.Delivery.objects.get().pk)}


OWN = {
    "code": "application-received",
    "title": {"zh": "收到：{service}", "en": "Received: {service}"},
    "body": {"zh": "号 {case}", "en": "No {case}"},
}


def test_a_city_may_change_the_words() -> None:
    assert api.load_templates([OWN]) == api.load_templates([OWN]) == 1
    assert tell().title.zh == "收到：开餐饮店"


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"zh": "只有中文"}},
        {"body": {"zh": "{case}", "en": "no place"}},
        {"body": {"zh": "{salary}", "en": "{salary}"}},
        {"channels": ["pigeon"]},
    ],
)
def test_wrong_words_are_refused_whole(change: dict[str, object]) -> None:
    with pytest.raises(WordingInvalid):
        api.load_templates([{**OWN, "code": "case-opened"}, {**OWN, **change}])
    assert not models.NoticeTemplate.objects.exists()


def test_notices_and_receipts_are_forgotten_in_time() -> None:
    tell()
    deliver_all()
    now = utc_now()
    assert api.forget_old(now=now + timedelta(days=179)) == 0
    assert api.forget_old(now=now + timedelta(days=181)) == 1
    assert api.count_unread(PERSON) == 1
    assert api.forget_old(now=now + timedelta(days=731)) == 1
    assert api.count_unread(PERSON) == 0
