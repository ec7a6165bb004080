"""How well search finds what people call things, and how fast, beside PostgreSQL's own ranking of the same tokens.

Run: ``python benchmarks/bench_search.py``. The questions are the other names that departments gave for their items,
with and without that field in the index. Writes ``benchmarks/results/search.json``.
"""

from __future__ import annotations

import json
import time
from typing import Any

from catalogue_setup import ALIASES, catalogue, facts_of_items, median, percentile, write

WITHOUT = "without-other-names"


def recall(pack: str, questions: list[dict[str, Any]], found: Any) -> tuple[float, float, list[float]]:
    """Shares of questions whose item comes first and among five, and the time of each question in milliseconds."""
    first = five = 0
    times = []
    for question in questions:
        started = time.perf_counter()
        codes = found(pack, question["query"])
        times.append((time.perf_counter() - started) * 1000)
        gold = set(question["gold"])
        first += bool(codes and codes[0] in gold)
        five += bool(gold & set(codes[:5]))
    return first / len(questions), five / len(questions), times


def ours(pack: str, question: str) -> list[str]:
    """The answers that people see."""
    from tongban.contexts.services import api as services

    return [item.code for item in services.search(q=question, limit=5, pack=pack).items]


def plain_rank(pack: str, question: str) -> list[str]:
    """The same tokens ranked by ts_rank alone, no weights, no wordings, no plain words."""
    from django.db import connection

    from tongban.engines.textsearch.query import parse_query

    tokens = parse_query(question).tokens
    wanted = " | ".join("'" + token.replace("'", "''") + "'" for token in tokens if token[0] != "-")
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code FROM services_item WHERE pack = %s AND vector @@ %s::tsquery"
            " ORDER BY ts_rank(vector, %s::tsquery) DESC, code LIMIT 5",
            [pack, wanted, wanted],
        )
        return [row[0] for row in cursor.fetchall()]


def main() -> None:
    """Measure both sides in one run."""
    if not ALIASES.exists():
        print(f"skipped: the questions are not here ({ALIASES.name} does not ship with the project)")
        return
    questions = json.loads(ALIASES.read_text("utf-8"))
    harder = [question for question in questions if question["kind"] == "nonliteral"]
    with catalogue():
        _load_without_other_names()
        with_1, with_5, _ = recall("yunzhou", questions, ours)
        without_1, without_5, times = recall(WITHOUT, questions, ours)
        _, hard_5, _ = recall(WITHOUT, harder, ours)
        plain_1, plain_5, plain_times = recall(WITHOUT, questions, plain_rank)
    figures = {
        "questions": len(questions),
        "recall_at_1_with_other_names": with_1,
        "recall_at_5_with_other_names": with_5,
        "recall_at_1_without": without_1,
        "recall_at_5_without": without_5,
        "recall_at_5_without_nonliteral": hard_5,
        "plain_recall_at_1_without": plain_1,
        "plain_recall_at_5_without": plain_5,
        "median_ms": median(times),
        "p95_ms": percentile(times, 0.95),
        "plain_median_ms": median(plain_times),
    }
    ratios = {"recall_at_1_to_plain": without_1 / plain_1, "median_to_plain": median(times) / median(plain_times)}
    bars = [
        ("recall@1 with other names", with_1, 0.95, with_1 >= 0.95),
        ("recall@1 without", without_1, 0.71, without_1 >= 0.71),
        ("recall@5 without", without_5, 0.89, without_5 >= 0.89),
        ("p95 ms", percentile(times, 0.95), 50, percentile(times, 0.95) <= 50),
    ]
    write("search", figures, ratios, bars)


def _load_without_other_names() -> None:
    import yaml

    from catalogue_setup import PACK
    from tongban.contexts.services import api as services

    words = yaml.safe_load((PACK / "catalogue" / "plain_words.yaml").read_text("utf-8"))
    themes = yaml.safe_load((PACK / "catalogue" / "themes.yaml").read_text("utf-8"))
    services.load_catalogue(pack=WITHOUT, city="", themes=themes, plain_words=words)
    stripped = [{key: value for key, value in facts.items() if key != "aliases"} for facts in facts_of_items()]
    services.load_services(stripped, pack=WITHOUT)


if __name__ == "__main__":
    main()
