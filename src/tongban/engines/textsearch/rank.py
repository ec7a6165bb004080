"""Ranking: BM25 over fields, and how near a whole wording is to a name.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), section 3.5 (BM25F).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tongban.engines.textsearch.normalise import compact
from tongban.engines.textsearch.query import Query
from tongban.engines.textsearch.tokens import content_tokens, sound_tokens

K1 = 1.2
_KIND_WEIGHT = {"-": 0.25, ".": 0.15, "^": 0.5}
"""Single characters and syllables say little beside pairs; initials say less than syllables."""
_WORDING = 0.3
_EXACT, _INSIDE, _COVERS, _CLOSE = 1.6, 0.5, 0.35, 0.5


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a document. ``length``: its usual number of tokens; ``is_spoken``: found by pinyin too."""

    text: str
    weight: float
    length: float
    is_spoken: bool = False


def impacts_of(fields: Iterable[Field]) -> dict[str, float]:
    """The impact of each token of a document: saturated, weighted frequency; times idf it is the BM25 contribution."""
    frequency: dict[str, float] = {}
    for field in fields:
        counts = content_tokens(field.text)
        if field.is_spoken:
            counts.update(sound_tokens(field.text))
        norm = 0.6 + 0.4 * sum(counts.values()) / field.length if counts else 1.0
        for token, count in counts.items():
            frequency[token] = frequency.get(token, 0.0) + field.weight * count / norm
    return {token: round(found / (K1 + found), 4) for token, found in frequency.items()}


def idf(documents_with: int, documents: int) -> float:
    """How much a token tells, from how many documents have it. Always above zero."""
    return math.log(1 + (documents - documents_with + 0.5) / (documents_with + 0.5))


def token_weights(query: Query, documents_with: Mapping[str, int], documents: int) -> dict[str, float]:
    """The weight of each token of a question in a collection; tokens that no document has are left out."""
    return {
        token: weight * _KIND_WEIGHT.get(token[0], 1.0) * idf(documents_with[token], documents)
        for token, weight in query.tokens.items()
        if documents_with.get(token)
    }


def retrieval_tokens(
    weights: Mapping[str, float], documents_with: Mapping[str, int], *, budget: int = 400
) -> tuple[str, ...]:
    """The tokens of which a document must share one to be looked at: the most telling, while they stay few documents.

    Single characters and syllables only when a question has nothing else; of initials the longest runs.
    Units: ``budget`` documents, about.
    """
    longest = max((len(token) for token in weights if token[0] == "^"), default=0)
    telling = [t for t in weights if t[0] not in "-." and (t[0] != "^" or len(t) == longest)] or list(weights)
    chosen: list[str] = []
    for token in sorted(telling, key=lambda token: (-weights[token], token)):
        budget -= documents_with[token]
        if chosen and budget < 0:
            break
        chosen.append(token)
    return tuple(chosen)


def score(weights: Mapping[str, float], impacts: Mapping[str, float]) -> float:
    """The BM25 score of a document, between 0 and the sum of the weights."""
    return sum(weight * impacts[token] for token, weight in weights.items() if token in impacts)


def relevance(
    query: Query, weights: Mapping[str, float], found: float, wordings: Sequence[str], *, lift: float
) -> float:
    """The place of a document among the answers: its token score as a share of the best possible, and its wording.

    ``lift``: a factor for kinds of documents that people mean more often, 1 for none.
    """
    best = sum(weights.values()) or 1.0
    return (found / best + _WORDING * wording_bonus(query, wordings)) * lift


def wording_bonus(query: Query, wordings: Sequence[str]) -> float:
    """How near the question's wordings are to a document's names. Units: shares of the best score, 0 to about 2."""
    best = 0.0
    for phrase, weight in query.phrases.items():
        for wording in wordings:
            best = max(best, weight * _nearness(phrase, wording))
    return best


def comparable(wordings: Iterable[str]) -> tuple[str, ...]:
    """Wordings in the form that ``wording_bonus`` compares, without repeats."""
    return tuple(dict.fromkeys(w for w in map(compact, wordings) if w))


def _nearness(phrase: str, wording: str) -> float:
    if not phrase or not wording:
        return 0.0
    if phrase == wording:
        return _EXACT
    if len(phrase) >= 2 and phrase in wording:
        return _INSIDE + _CLOSE * len(phrase) / len(wording)
    if len(wording) >= 3 and wording in phrase:
        return _COVERS + _CLOSE * len(wording) / len(phrase)
    return _CLOSE * _pair_overlap(phrase, wording)


def _pair_overlap(one: str, other: str) -> float:
    """The Dice coefficient of the character pairs of two wordings."""
    pairs, others = _pairs(one), _pairs(other)
    total = len(pairs) + len(others)
    return 2 * len(pairs & others) / total if total else 0.0


@lru_cache(maxsize=16384)
def _pairs(wording: str) -> frozenset[str]:
    return frozenset(one + other for one, other in pairwise(wording))
