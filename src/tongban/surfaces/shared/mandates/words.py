"""What was done for somebody, in plain words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.contexts.identity import api as identity
from tongban.kernel.errors import Text, TongbanError

ACTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "identity.acting-begun": Text(zh="开始替你办事", en="Began to act for you"),
        "identity.acting-ended": Text(zh="不再替你办事", en="Stopped acting for you"),
        "identity.id-number-revealed": Text(
            zh="用你的身份证号查了你的数据", en="Looked up your data by your ID number"
        ),
        "identity.phone-revealed": Text(zh="用了你的手机号", en="Used your telephone number"),
        "forms.application-started": Text(zh="替你开始填一份申请", en="Began an application for you"),
        "forms.application-viewed": Text(zh="看了你的一份申请", en="Looked at an application of yours"),
        "forms.application-discarded": Text(zh="删掉了一份没交的申请", en="Dropped an application that was not sent"),
        "forms.value-overridden": Text(zh="改了申请里一项部门的数据", en="Changed a value that a department holds"),
        "forms.file-viewed": Text(zh="看了申请里的一份材料", en="Opened a document of an application"),
        "forms.submitted": Text(zh="替你递交了一份申请", en="Submitted an application for you"),
        "cases.open": Text(zh="递交的申请成了办件", en="The application became a case"),
        "cases.withdraw": Text(zh="替你撤回了一件办件", en="Withdrew a case for you"),
        "cases.supplement-answered": Text(zh="替你补交了材料", en="Added what a department asked for"),
        "cases.file-viewed": Text(zh="看了办件里的一份材料", en="Opened a document of a case"),
        "exchange.question-raised": Text(zh="替你对一次数据调用提了疑问", en="Asked about a use of your data"),
    }
)
"""By the names under which acts are put on record."""
_OTHER = Text(zh="替你做了一步操作", en="Did a step for you")


def words_of(action: str) -> Text:
    """An act in plain words; one that has none yet is still shown."""
    return ACTIONS.get(action, _OTHER)


@dataclass(frozen=True, slots=True)
class Done:
    """An act and its words."""

    act: identity.mandates.ActDone
    words: Text


def done(acts: Iterable[identity.mandates.ActDone]) -> list[Done]:
    """Acts with their words."""
    return [Done(act, words_of(act.action)) for act in acts]


def in_words(error: TongbanError) -> str:
    """An error as a message says it."""
    language = get_language() or "zh-hans"
    stop = "。" if language.startswith("zh") else ". "
    return stop.join(text for text in (error.message.in_language(language), error.remedy.in_language(language)) if text)


def csv_lines(acts: Iterable[identity.mandates.ActDone]) -> Iterator[str]:
    """Acts as a file: with a byte order mark, so that spreadsheets read Chinese; no cell begins a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    writer.writerow([_("时间"), _("谁"), _("凭什么"), _("做了什么"), _("编号")])
    for act in acts:
        right = _("监护") if act.kind == "guardian" else _("委托")
        done = words_of(act.action).in_language(get_language() or "zh-hans")
        writer.writerow([f"{timezone.localtime(act.at):%Y-%m-%d %H:%M}", act.agent_name, right, done, act.subject])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
