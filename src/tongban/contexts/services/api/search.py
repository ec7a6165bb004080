"""Searching the catalogue by plain words."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.contexts.services import index
from tongban.contexts.services.api.catalogue import default_pack, summaries_of
from tongban.contexts.services.domain.records import ServiceSummary
from tongban.contexts.services.models import ServiceItem
from tongban.contexts.services.remembered import plain_words
from tongban.engines.textsearch.query import Query, parse_query
from tongban.engines.textsearch.rank import relevance, retrieval_tokens, token_weights
from tongban.infra.pages import decode_cursor, encode_cursor

MAX_RESULTS = 200
"""How many answers are ranked; nobody reads further, and a better question costs less."""

_COMPARED = 80
"""How many of the best by tokens are compared by their whole wording too."""
_FAINT, _FEWEST = 0.22, 10
"""Answers fainter than this share of the best are left out, but never below so many."""
_LIFT_MODELLED, _LIFT_BUNDLE = 1.25, 1.3


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Answers in order of relevance. ``total`` counts them up to ``MAX_RESULTS``; ``understood`` are official words."""

    items: tuple[ServiceSummary, ...]
    next: str | None
    total: int
    understood: tuple[str, ...] = ()


def search(*, q: str, limit: int = 20, cursor: str | None = None, pack: str | None = None) -> SearchResult:
    """Services for a question in plain words, Chinese, pinyin, initials or English, or for a code. Raises: Invalid."""
    name = pack or default_pack()
    start = int(decode_cursor(cursor, (int,))[0]) if cursor else 0
    start = min(max(start, 0), MAX_RESULTS)
    limit = min(max(limit, 1), MAX_RESULTS)
    query, documents = _parse(name, q)
    codes = _ranked_codes(name, query, documents)
    shown = codes[start : start + limit]
    found = summaries_of(shown, pack=name)
    more = encode_cursor(start + limit) if len(codes) > start + limit else None
    understood = tuple(query.phrases)[1:4]
    return SearchResult(tuple(found[code] for code in shown if code in found), more, len(codes), understood)


def _parse(pack: str, q: str) -> tuple[Query, int]:
    words, documents = plain_words(pack)
    return parse_query(q, plain_words=words), documents


def _ranked_codes(pack: str, query: Query, documents: int) -> list[str]:
    if query.kind == "empty":
        return []
    if query.code:
        exact = ServiceItem.objects.filter(pack=pack, code__istartswith=query.code).order_by("code")
        codes = list(exact.values_list("code", flat=True)[:MAX_RESULTS])
        if codes:
            return codes
    known = index.documents_with(pack, query.tokens)
    weights = token_weights(query, known, max(documents, 1))
    hits = index.find_documents(pack, weights, retrieval_tokens(weights, known), limit=MAX_RESULTS)
    near, far = hits[:_COMPARED], hits[_COMPARED:]
    placed = sorted((-relevance(query, weights, hit.score, hit.wordings, lift=_lift(hit)), hit.code) for hit in near)
    telling = [code for place, code in placed if -place >= _FAINT * -placed[0][0]]
    if len(telling) < len(placed):
        return telling if len(telling) >= _FEWEST else [code for _, code in placed[:_FEWEST]]
    return [*telling, *(hit.code for hit in far)]


def _lift(hit: index.Hit) -> float:
    return _LIFT_BUNDLE if hit.is_bundle else _LIFT_MODELLED if hit.is_modelled else 1.0
