"""The words of notices: shipped with the context, and a city's own in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from tongban.contexts.notices import models
from tongban.contexts.notices.domain.wording import Wording, WordingInvalid, check_wording
from tongban.kernel.errors import NotFound, Text

_SHIPPED = Path(__file__).resolve().parents[1] / "wordings.yaml"
CHANNELS = ("e-mail",)


class TemplateUnknown(NotFound):
    """Nothing is worded for this code."""

    code = "notice-template-unknown"


def template_codes() -> tuple[str, ...]:
    """Every code that can be notified, the city's own included."""
    return tuple(sorted({*_shipped(), *models.NoticeTemplate.objects.values_list("code", flat=True)}))


def check_templates(rows: Iterable[Mapping[str, Any]]) -> list[Wording]:
    """A city's own words as read. Raises: WordingInvalid naming the template. Nothing is stored."""
    wordings = [_read(row) for row in rows]
    for wording in wordings:
        _refuse_new_places(wording)
    return wordings


@transaction.atomic
def load_templates(rows: Iterable[Mapping[str, Any]]) -> int:
    """Put a city's own words, by code; a repeat changes nothing. Returns how many there are.

    Raises: WordingInvalid naming the template, when the languages differ or a shipped place is lost; nothing is loaded.
    """
    wordings = check_templates(rows)
    for wording in wordings:
        models.NoticeTemplate.objects.update_or_create(
            code=wording.code,
            defaults={
                "title_zh": wording.title.zh,
                "title_en": wording.title.en,
                "body_zh": wording.body.zh,
                "body_en": wording.body.en,
                "channels": list(wording.channels),
            },
        )
    return len(wordings)


def wording_of(code: str) -> Wording:
    """The words for a code: the city's own, else the shipped ones. Raises: TemplateUnknown."""
    row = models.NoticeTemplate.objects.filter(pk=code).first()
    if row is not None:
        return Wording(
            code=code,
            title=Text(zh=row.title_zh, en=row.title_en),
            body=Text(zh=row.body_zh, en=row.body_en),
            channels=tuple(row.channels),
        )
    shipped = _shipped().get(code)
    if shipped is None:
        raise TemplateUnknown(
            Text(zh=f"没有消息模板“{code}”", en=f"There is no notice template “{code}”"),
            remedy=Text(zh="请在城市包 notices.yaml 里补上", en="Add it to notices.yaml of the city pack"),
            template=code,
        )
    return shipped


@cache
def _shipped() -> Mapping[str, Wording]:
    rows = yaml.safe_load(_SHIPPED.read_text(encoding="utf-8"))
    return {wording.code: wording for wording in map(_read, rows)}


def _read(row: Mapping[str, Any]) -> Wording:
    code = str(row.get("code", ""))
    try:
        title, body = row["title"], row["body"]
        wording = Wording(
            code=code,
            title=Text(zh=str(title["zh"]).strip(), en=str(title["en"]).strip()),
            body=Text(zh=str(body["zh"]).strip(), en=str(body["en"]).strip()),
            channels=tuple(row.get("channels", CHANNELS)),
        )
    except (KeyError, TypeError) as error:
        raise _invalid(code, "缺少 title 或 body 的 zh、en", "title or body lacks zh or en") from error
    unknown = [channel for channel in wording.channels if channel not in CHANNELS]
    if unknown:
        raise _invalid(code, f"没有渠道 {'、'.join(unknown)}", f"no such channel: {', '.join(unknown)}")
    check_wording(wording)
    return wording


def _refuse_new_places(wording: Wording) -> None:
    shipped = _shipped().get(wording.code)
    extra = wording.places - shipped.places if shipped else frozenset()
    if extra:
        names = ", ".join(sorted(extra))
        raise _invalid(wording.code, f"没有这些值：{names}", f"these values do not exist: {names}")


def _invalid(code: str, zh: str, en: str) -> WordingInvalid:
    return WordingInvalid(
        Text(zh=f"消息模板 {code or '（无代码）'}：{zh}", en=f"Notice template {code or '(no code)'}: {en}"),
        remedy=Text(zh="改好后重新装载；这次没有装载任何模板", en="Correct it and load again; nothing was loaded"),
        template=code,
    )
