"""What a question asks for: weighted tokens, its kind, and the words that plain speech stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tongban.engines.textsearch.normalise import MAX_QUERY, compact, is_han, normalise, runs
from tongban.engines.textsearch.pinyin import looks_like_initials, split_syllables
from tongban.engines.textsearch.tokens import content_tokens, initial_tokens, syllable_tokens

Kind = Literal["empty", "code", "chinese", "latin", "mixed"]

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{9,39}")
_FILLER = re.compile(
    r"(我想要|我想|我要|我们|请问|帮我|麻烦|想要|需要|怎么样|怎么办理|怎么办|怎么|如何办理|如何|在哪里|在哪儿|哪里|哪儿|去哪|"
    r"要办什么证|办什么证|要什么材料|什么材料|要带什么|带什么|需要什么|可以吗|能不能|可不可以|多少钱|要多久|是什么|有哪些|"
    r"呢|吗|啊|吧|呀|咋|咋个|啥子|啥|的话|一下|一个|一家|我的|我家|我)"
)
_ENGLISH_FILLER = frozenset(
    [
        *("a", "an", "and", "apply", "do", "for", "get", "how", "i", "in", "is", "me", "my"),
        *("need", "of", "on", "please", "the", "to", "want", "what", "where", "with"),
    ]
)
_PLAIN_WEIGHT = 0.6
_PINYIN_WEIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed question.

    ``tokens``: the weight of each token; ``phrases``: the weight of each compact wording to compare with whole names.
    """

    text: str
    kind: Kind
    tokens: Mapping[str, float]
    phrases: Mapping[str, float] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Plain speech and the official words that it stands for, checked by people."""

    entries: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())

    @classmethod
    def of(cls, pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> PlainWords:
        """Build from (what people say, what it means) pairs; longer sayings are tried first."""
        entries = {
            compact(_without_filler(normalise(say))): tuple(means) for sayings, means in pairs for say in sayings
        }
        return cls(tuple(sorted(entries.items(), key=lambda entry: (-len(entry[0]), entry[0]))))

    def meanings(self, text: str) -> dict[str, float]:
        """The official words for every saying in ``text``, each with the share of the text that the saying makes up.

        A saying inside a longer one is not counted again.
        """
        rest, words, found = compact(text), set(runs(normalise(text))), dict[str, float]()
        whole = max(len(rest), 1)
        for saying, means in self.entries:
            latin = saying.isascii()
            if (latin and (saying in words or (len(saying) > 5 and saying in rest))) or (not latin and saying in rest):
                rest = rest.replace(saying, "|")
                for meaning in means:
                    found.setdefault(meaning, len(saying) / whole)
        return found


def parse_query(text: str, *, plain_words: PlainWords | None = None) -> Query:
    """Tokens of a question with their weights. Never fails: a question that says nothing has kind ``empty``."""
    normalised = normalise(text[:MAX_QUERY])
    bare = normalised.replace(" ", "")
    if _CODE.fullmatch(bare) and any(c.isdigit() for c in bare):
        return Query(text, "code", _words(normalised), {bare: 1.0}, bare.upper())
    asked = _without_filler(normalised)
    weights = _words(asked)
    _add(weights, _pinyin_tokens(asked), _PINYIN_WEIGHT)
    phrases = {compact(asked): 1.0}
    for meaning, share in (plain_words.meanings(asked) if plain_words else {}).items():
        _add(weights, dict.fromkeys(content_tokens(meaning), share), _PLAIN_WEIGHT)
        phrases.setdefault(compact(meaning), _PLAIN_WEIGHT * share)
    return Query(text, _kind(asked, weights), weights, {p: w for p, w in phrases.items() if p})


def _without_filler(normalised: str) -> str:
    bare = _FILLER.sub(" ", normalised)
    words = [w for w in bare.split() if w not in _ENGLISH_FILLER]
    return " ".join(words) or normalised


def _words(text: str) -> dict[str, float]:
    return dict.fromkeys(content_tokens(text), 1.0)


def _pinyin_tokens(text: str) -> dict[str, float]:
    """Readings of the Latin runs of a question as pinyin, or as initials when they can only be that."""
    found: dict[str, float] = {}
    syllables: list[str] = []
    for run in runs(text):
        if is_han(run) or run.isdigit():
            continue
        split = split_syllables(run)
        if split:
            syllables.extend(split)
        elif looks_like_initials(run):
            found.update(dict.fromkeys(initial_tokens(run), 1.0))
    found.update(dict.fromkeys(syllable_tokens(syllables), 1.0))
    return found


def _add(weights: dict[str, float], more: Mapping[str, float], factor: float) -> None:
    for token, weight in more.items():
        weights[token] = max(weights.get(token, 0.0), weight * factor)


def _kind(text: str, weights: Mapping[str, float]) -> Kind:
    scripts = {is_han(run) for run in runs(text)}
    if not weights or not scripts:
        return "empty"
    return "mixed" if len(scripts) == 2 else "chinese" if scripts == {True} else "latin"
