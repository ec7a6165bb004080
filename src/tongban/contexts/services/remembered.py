"""What a process remembers of a catalogue for as long as the catalogue does not change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from tongban.contexts.services.domain.themes import ThemeRules, parse_theme_rules
from tongban.contexts.services.models import Catalogue
from tongban.engines.textsearch.query import PlainWords

Value = TypeVar("Value")

_kept: dict[tuple[str, str], tuple[str, Any]] = {}


def remembered(pack: str, key: str, produce: Callable[[], Value], *, stamp: str | None = None) -> Value:
    """A value made once for each state of a catalogue; one small query tells whether it is still true."""
    now = current_stamp(pack) if stamp is None else stamp
    known = _kept.get((pack, key))
    if known is not None and known[0] == now:
        return cast("Value", known[1])
    value = produce()
    if now:
        _kept[pack, key] = (now, value)
    return value


def current_stamp(pack: str) -> str:
    """The stamp of a catalogue's present state; empty when there is no such catalogue."""
    return Catalogue.objects.filter(pack=pack).values_list("stamp", flat=True).first() or ""


def theme_rules(pack: str) -> ThemeRules:
    """The themes of a pack and their rules."""
    return remembered(pack, "rules", lambda: _parsed(Catalogue.objects.filter(pack=pack).first()))


def plain_words(pack: str) -> tuple[PlainWords, int]:
    """The plain words of a pack, and how many documents its index holds."""
    row = Catalogue.objects.filter(pack=pack).values_list("stamp", "documents").first()
    if row is None:
        return PlainWords(), 0
    stamp, documents = row
    return remembered(pack, "plain-words", lambda: _words(pack), stamp=stamp), documents


def _parsed(row: Catalogue | None) -> ThemeRules:
    return parse_theme_rules(row.themes) if row is not None and row.themes else ThemeRules()


def _words(pack: str) -> PlainWords:
    entries = Catalogue.objects.filter(pack=pack).values_list("plain_words", flat=True).first() or []
    return PlainWords.of((entry["say"], entry["means"]) for entry in entries)
