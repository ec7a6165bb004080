"""How long the server takes for home, guides and search with the whole catalogue, and how long a full import takes.

Run: ``python benchmarks/bench_pages.py``. Server time is the application's own, from request to response, one request
at a time. Writes ``benchmarks/results/pages.json``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from catalogue_setup import catalogue, facts_of_items, median, percentile, write

BOUND_MS = 50
IMPORT_BOUND_S = 60
QUESTIONS = (
    "护照",
    "生孩子",
    "开个小饭馆要办什么证",
    "公积金",
    "驾照",
    "离婚",
    "shenfenzheng",
    "sfz",
    "passport",
    "公证",
)
ROUNDS = 5


def times_of(addresses: Iterable[str]) -> list[float]:
    """Server time of each address in milliseconds, after one round to warm up."""
    from django.test import Client

    client = Client(headers={"Accept": "text/html"})
    wanted = list(addresses)
    for address in wanted[:3]:
        client.get(address)
    times = []
    for _ in range(ROUNDS):
        for address in wanted:
            started = time.perf_counter()
            response = client.get(address)
            times.append((time.perf_counter() - started) * 1000)
            assert response.status_code == 200, address
    return times


def main() -> None:
    """Measure all pages in one run."""
    with catalogue():
        from tongban.contexts.services import api as services

        started = time.perf_counter()
        services.load_services(facts_of_items(), pack="again")
        first_s = time.perf_counter() - started
        started = time.perf_counter()
        services.load_services(facts_of_items(), pack="again")
        second_s = time.perf_counter() - started
        pages = {
            "home": times_of(["/"] * 20),
            "guide": times_of(f"/services/{facts['code']}/" for facts in facts_of_items()[::57]),
            "search": times_of(f"/search?q={question}" for question in QUESTIONS),
            "theme": times_of(f"/themes/{theme.slug}/" for theme in services.list_themes()),
            "api_search": times_of(f"/api/services?q={question}&limit=5" for question in QUESTIONS),
        }
    figures = {"load_first_s": first_s, "load_again_s": second_s}
    for name, times in pages.items():
        figures |= {f"{name}_median_ms": median(times), f"{name}_p95_ms": percentile(times, 0.95)}
    bars = [(f"{name} median ms", median(pages[name]), BOUND_MS, median(pages[name]) < BOUND_MS) for name in pages]
    bars.append(("load of 2,262 items s", first_s, IMPORT_BOUND_S, first_s < IMPORT_BOUND_S))
    write("pages", figures, {"load_again_to_first": second_s / first_s}, bars)


if __name__ == "__main__":
    main()
