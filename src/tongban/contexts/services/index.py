"""The search index: documents beside their items, and in how many documents each token occurs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from tongban.contexts.services.models import Catalogue, SearchTerm

MAX_TOKEN = 80


@dataclass(frozen=True, slots=True)
class IndexedItem:
    """An item's document, ready to be written."""

    code: str
    impacts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that shares telling tokens with a question, with its token score."""

    code: str
    score: float
    wordings: tuple[str, ...]
    is_modelled: bool
    is_bundle: bool


_WRITE = """
WITH document AS (SELECT %s::jsonb AS impacts)
UPDATE services_item
SET impacts = document.impacts, vector = array_to_tsvector(ARRAY(SELECT jsonb_object_keys(document.impacts)))
FROM document WHERE pack = %s AND code = %s
"""
_COUNT = """
INSERT INTO services_search_term (pack, token, documents)
SELECT %s, token, count(*) FROM services_item, unnest(tsvector_to_array(vector)) AS token WHERE pack = %s GROUP BY token
"""
# Joining an empty object makes one plain copy of each document, so that looking up its tokens does not unpack the
# stored one every time: ten times faster.
_FIND = """
WITH q AS MATERIALIZED (SELECT * FROM unnest(%s::text[], %s::float8[]) AS q(token, weight))
SELECT i.code, s.score, i.wordings, i.is_modelled, i.is_bundle
FROM (
  SELECT code, wordings, is_modelled, is_bundle, impacts || '{}'::jsonb AS impacts FROM services_item
  WHERE pack = %s AND vector @@ %s::tsquery OFFSET 0
) i
CROSS JOIN LATERAL (SELECT sum((i.impacts ->> q.token)::float8 * q.weight) AS score FROM q WHERE i.impacts ? q.token) s
ORDER BY s.score DESC NULLS LAST, i.code
LIMIT %s
"""


def write_documents(pack: str, documents: Sequence[IndexedItem]) -> None:
    """Put the documents of changed items, in the caller's transaction."""
    rows = []
    for document in documents:
        impacts = {token: impact for token, impact in document.impacts.items() if len(token) <= MAX_TOKEN}
        rows.append((json.dumps(impacts, ensure_ascii=False), pack, document.code))
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE, rows)


def note_terms(pack: str, documents: Sequence[IndexedItem]) -> None:
    """Make tokens that are new to a pack known at once; how many documents have them is counted later."""
    tokens = {token for document in documents for token in document.impacts if len(token) <= MAX_TOKEN}
    rows = [SearchTerm(pack=pack, token=token, documents=1) for token in sorted(tokens)]
    SearchTerm.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def count_terms(pack: str) -> None:
    """Count again in how many documents each token occurs. Under a second for some thousand items."""
    Catalogue.objects.select_for_update().filter(pack=pack).first()
    SearchTerm.objects.filter(pack=pack).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [pack, pack])
        cursor.execute(
            "UPDATE services_catalogue SET revision = revision + 1,"
            " documents = (SELECT count(*) FROM services_item WHERE pack = %s) WHERE pack = %s",
            [pack, pack],
        )


def documents_with(pack: str, tokens: Iterable[str]) -> dict[str, int]:
    """In how many documents each of some tokens occurs; those in none are left out."""
    rows = SearchTerm.objects.filter(pack=pack, token__in=list(tokens)).values_list("token", "documents")
    return dict(rows)


def find_documents(pack: str, weights: Mapping[str, float], telling: Sequence[str], *, limit: int) -> list[Hit]:
    """Documents with any telling token, best token score first."""
    if not telling:
        return []
    query = " | ".join("'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in telling)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [list(weights), list(weights.values()), pack, query, limit])
        return [
            Hit(code, score or 0.0, tuple(wordings), modelled, bundle)
            for code, score, wordings, modelled, bundle in cursor.fetchall()
        ]
