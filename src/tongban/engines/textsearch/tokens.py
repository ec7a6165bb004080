"""Tokens of a text: characters and pairs, pinyin pairs and initials, words and numbers.

Every kind has its own first character, so that kinds never meet: ``=`` Han pair, ``-`` Han character, ``~`` two pinyin
syllables, ``.`` one syllable, ``^`` initials, ``w`` other words, ``#`` numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tongban.engines.textsearch.normalise import is_han, normalise, runs

_MAX_INITIALS = 4


def content_tokens(text: str) -> Counter[str]:
    """Tokens of what a text says, with how often each occurs."""
    return Counter(_content(text))


def sound_tokens(text: str) -> Counter[str]:
    """Tokens of how the Chinese in a text is pronounced: syllables, their pairs, and runs of initials."""
    counts: Counter[str] = Counter()
    for run in runs(normalise(text)):
        if is_han(run):
            counts.update(syllable_tokens(syllables_of(run)))
            counts.update(initial_tokens("".join(s[0] for s in syllables_of(run) if s)))
    return counts


def syllable_tokens(syllables: Iterable[str]) -> Iterator[str]:
    """Tokens of pinyin syllables in order: each, and each pair."""
    previous = ""
    for syllable in syllables:
        yield f".{syllable}"
        if previous:
            yield f"~{previous}{syllable}"
        previous = syllable


def initial_tokens(initials: str) -> Iterator[str]:
    """Tokens of a run of pinyin initials: every run of two to four letters."""
    for length in range(2, _MAX_INITIALS + 1):
        for start in range(len(initials) - length + 1):
            yield f"^{initials[start : start + length]}"


def han_tokens(run: str) -> Iterator[str]:
    """Tokens of a run of Han characters: each, and each pair."""
    for index, character in enumerate(run):
        yield f"-{character}"
        if index:
            yield f"={run[index - 1 : index + 1]}"


@lru_cache(maxsize=8192)
def syllables_of(run: str) -> tuple[str, ...]:
    """Pinyin syllables without tones of a run of Han characters, ``v`` for ü."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries are heavy: loaded at the first use, not at each start

    found = lazy_pinyin(run, style=Style.NORMAL, errors="ignore", v_to_u=False)
    return tuple(s.replace("ü", "v") for s in found if s)


def sort_key(text: str) -> str:
    """A key that sorts Chinese by pinyin and other scripts by letter, without needing a collation.

    Shape: lower-case ASCII syllables apart by blanks, then the text itself to break ties.
    """
    parts = (" ".join(syllables_of(run)) if is_han(run) else run for run in runs(normalise(text)))
    return f"{' '.join(part for part in parts if part)}\x1f{text}"


def letter_of(text: str) -> str:
    """The index letter of a text, A to Z, or ``#`` when it starts with none. Brackets and quotes are passed over."""
    for run in runs(normalise(text)):
        first = (syllables_of(run) or ("",))[0][:1] if is_han(run) else run[:1]
        return first.upper() if first.isascii() and first.isalpha() else "#"
    return "#"


def _content(text: str) -> Iterator[str]:
    for run in runs(normalise(text)):
        if is_han(run):
            yield from han_tokens(run)
        elif run.isdigit():
            yield f"#{run}"
        else:
            yield f"w{stem(run)}"


def stem(word: str) -> str:
    """An English word without the endings that do not change what is looked for."""
    for ending, keep in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + keep
    return word
