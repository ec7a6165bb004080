"""How a template and its values become the words of a notice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tongban.kernel import resident_id
from tongban.kernel.clock import CITY_ZONE
from tongban.kernel.errors import Invalid, Text

_PLACE = re.compile(r"\{([a-z_]+)\}")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])([0-9]{17}[0-9Xx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[0-9]{10}(?![0-9A-Za-z])")
_TITLE_LIMIT = 120

Value = str | int | date | datetime | Text


@dataclass(frozen=True, slots=True)
class Wording:
    """A template: the same sentence in both languages, with named places for values, and the channels it goes by."""

    code: str
    title: Text
    body: Text
    channels: tuple[str, ...] = ("e-mail",)

    @property
    def places(self) -> frozenset[str]:
        """The names of the values it needs."""
        return frozenset(places_of(self.title) | places_of(self.body))


class WordingInvalid(Invalid):
    """A template or its values cannot be used."""

    code = "wording-invalid"


def places_of(text: Text) -> set[str]:
    """The names of the places in a sentence."""
    return set(_PLACE.findall(text.zh)) | set(_PLACE.findall(text.en))


def check_wording(wording: Wording) -> None:
    """Refuse a template whose two languages do not say the same things. Raises: WordingInvalid."""
    for text in (wording.title, wording.body):
        only_one = set(_PLACE.findall(text.zh)) ^ set(_PLACE.findall(text.en))
        if only_one or not text.zh.strip() or not text.en.strip():
            names = ", ".join(sorted(only_one)) or "zh / en"
            raise WordingInvalid(
                Text(
                    zh=f"消息模板 {wording.code}：中文和英文不一致（{names}）",
                    en=f"Notice template {wording.code}: Chinese and English differ ({names})",
                ),
                remedy=Text(zh="两种语言要用同样的占位符", en="Use the same places in both languages"),
                template=wording.code,
            )


def fill(wording: Wording, values: Mapping[str, Value]) -> tuple[Text, Text]:
    """Title and body with the values in place. Values that the template does not name are left out; identity and
    mobile numbers are masked.

    Raises: WordingInvalid when a value is missing.
    """
    missing = sorted(wording.places - values.keys())
    if missing:
        raise WordingInvalid(
            Text(
                zh=f"消息 {wording.code} 缺少：{'、'.join(missing)}",
                en=f"Notice {wording.code} lacks: {', '.join(missing)}",
            ),
            remedy=Text(zh="请把这些值传给 notices.notify", en="Pass these values to notices.notify"),
            template=wording.code,
        )
    used = {name: values[name] for name in wording.places}
    return (_fill(wording.title, used, limit=_TITLE_LIMIT), _fill(wording.body, used))


def spoken(value: Value, language: str) -> str:
    """A value as a sentence says it: dates and moments in the city's time, texts in the reader's language."""
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, datetime):
        local = value.astimezone(CITY_ZONE)
        return f"{spoken(local.date(), language)} {local:%H:%M}"
    if isinstance(value, date):
        is_english = language.startswith("en")
        return (
            f"{value.day} {value:%B} {value.year}" if is_english else f"{value.year} 年 {value.month} 月 {value.day} 日"
        )
    return str(value)


def wait_before(attempt: int) -> timedelta | None:
    """How long to wait after a failed attempt; ``None`` when enough were made. Units: attempts count from 1."""
    waits = (1, 5, 30, 120, 360)
    return timedelta(minutes=waits[attempt - 1]) if 1 <= attempt <= len(waits) else None


def _fill(text: Text, values: Mapping[str, Value], limit: int | None = None) -> Text:
    def in_language(sentence: str, language: str) -> str:
        filled = _PLACE.sub(
            lambda place: _mask_personal_numbers(_clean(spoken(values[place.group(1)], language))), sentence
        )
        return filled if limit is None or len(filled) <= limit else filled[: limit - 1] + "…"

    return Text(zh=in_language(text.zh, "zh-hans"), en=in_language(text.en, "en"))


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]+", " ", text)


def _mask_personal_numbers(text: str) -> str:
    """An officer's words may hold a number that no message should carry; the message still has to arrive."""
    without_ids = _NUMBER.sub(
        lambda found: resident_id.mask(found[1]) if resident_id.is_valid(found[1].upper()) else found[1], text
    )
    return _MOBILE.sub(lambda found: f"{found[0][:3]}****{found[0][-4:]}", without_ids)
