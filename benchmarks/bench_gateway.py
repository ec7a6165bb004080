"""What a read through the gateway costs beside the same query asked of the department's database directly.

Both sides run in this process tree against the same server: the gateway does authentication, ticket, decision,
query, projection, and a committed record for every read. Run: ``python benchmarks/bench_gateway.py [--reads N]``.
Writes ``benchmarks/results/gateway.json``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import yaml

from catalogue_setup import PACK, ROOT, write
from tongban.runtime.postgres import EmbeddedPostgres

sys.path.insert(0, str(ROOT))
RESOURCE = "police.household"
CONCURRENCY = 16
P99_BOUND_MS = 20.0


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A fresh embedded server with a database for the platform, durable as in production."""
    embedded = EmbeddedPostgres(folder / "postgres")
    embedded.start()
    try:
        embedded.provision()
        yield embedded.url("postgres", "tongban")
    finally:
        embedded.stop()


def load_city() -> dict[str, tuple[str, ...]]:
    """Resources and grants of the demo pack. Returns: fields by resource."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tongban.contexts.exchange import api as exchange
    from tongban.contexts.identity import api as identity
    from tongban.contexts.resources import api as resources
    from tongban.kernel.clock import utc_now

    def load(path: Path) -> Any:
        return yaml.safe_load(path.read_text(encoding="utf-8"))

    identity.load_organisations(load(PACK / "organisations.yaml")["organisations"])
    documents = [load(path) for path in sorted((PACK / "resources").glob("*.yaml"))]
    resources.load_resources(documents, pack="yunzhou", now=utc_now())
    grants = [{**row, "rate_per_minute": 10_000_000} for row in load(PACK / "grants.yaml")["grants"]]
    exchange.load_grants(grants, pack="yunzhou", now=utc_now())
    return {code: tuple(sorted(names)) for code, names in resources.check_resources(documents).items()}


def open_ticket(fields: tuple[str, ...], number: str, now: datetime) -> str:
    """A ticket for reading one person's household registration."""
    from tongban.contexts.exchange import api as exchange

    purpose = exchange.open_purpose(
        kind="application", reference="bench", service_code=None, subject_id_number=number,
        reads=[(RESOURCE, fields)], now=now,
    )  # fmt: skip
    return purpose.ticket


def query_of(resource: str) -> str:
    """The query that the gateway runs for a resource."""
    from tongban.contexts.resources import api as resources
    from tongban.wire.policy import SqlSource

    [interface] = [i for i in resources.compile_interfaces() if i.resource == resource]
    assert isinstance(interface.source, SqlSource)
    return interface.source.query


async def timed(read: Callable[[], Awaitable[None]], count: int) -> list[float]:
    """Milliseconds of each of ``count`` reads, one after the other."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        await read()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def rate(read: Callable[[], Awaitable[None]], count: int) -> tuple[float, list[float]]:
    """Reads a second with several under way at once, and their milliseconds."""
    began = time.perf_counter()
    lists = await asyncio.gather(*(timed(read, count // CONCURRENCY) for _ in range(CONCURRENCY)))
    return count / (time.perf_counter() - began), [one for some in lists for one in some]


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its children so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(cpu_seconds(int(c)) for c in children)


async def measure(gateway: Any, token: str, ticket: str, dsn: str, number: str, reads: int) -> dict[str, float]:
    """Both sides in turn, one read at a time, then several at once."""
    from pyreqwest.client import ClientBuilder

    body = json.dumps({"parameters": {"id_number": number}}).encode()
    query = await asyncio.to_thread(query_of, RESOURCE)
    client = ClientBuilder().no_proxy().build()

    async def through_gateway() -> None:
        request = client.post(f"{gateway.url}/v1/{RESOURCE}/read").bearer_auth(token).header("purpose-ticket", ticket)
        response = await request.body_bytes(body).build().send()
        assert response.status == 200, await response.text()
        await response.bytes()

    direct = await psycopg.AsyncConnection.connect(dsn, autocommit=True, prepare_threshold=2)
    own = [await psycopg.AsyncConnection.connect(dsn, autocommit=True, prepare_threshold=2) for _ in range(8)]
    free: asyncio.Queue[psycopg.AsyncConnection[Any]] = asyncio.Queue()
    for connection in own:
        free.put_nowait(connection)

    async def directly() -> None:
        assert await (await direct.execute(query.encode(), {"id_number": number})).fetchone()

    async def directly_pooled() -> None:
        connection = await free.get()
        assert await (await connection.execute(query.encode(), {"id_number": number})).fetchone()
        free.put_nowait(connection)

    await timed(through_gateway, 100)
    await timed(directly, 100)
    through, direct_ms = [], []
    for _ in range(2):
        direct_ms += await timed(directly, reads // 2)
        through += await timed(through_gateway, reads // 2)
    sql_rate, _ = await rate(directly_pooled, reads)
    cpu_before = cpu_seconds(gateway.pid)
    gateway_rate, busy = await rate(through_gateway, reads)
    cpu_ms = (cpu_seconds(gateway.pid) - cpu_before) * 1000 / reads
    for connection in (direct, *own):
        await connection.close()
    await client.close()
    return {
        "reads": reads,
        "gateway_cpu_ms_per_read": round(cpu_ms, 2),
        "gateway_p50_ms": round(statistics.median(through), 2),
        "gateway_p99_ms": round(statistics.quantiles(through, n=100)[98], 2),
        "sql_p50_ms": round(statistics.median(direct_ms), 2),
        "sql_p99_ms": round(statistics.quantiles(direct_ms, n=100)[98], 2),
        f"gateway_reads_per_s_at_{CONCURRENCY}": round(gateway_rate),
        f"gateway_p99_ms_at_{CONCURRENCY}": round(statistics.quantiles(busy, n=100)[98], 2),
        f"sql_reads_per_s_at_{CONCURRENCY}": round(sql_rate),
    }


def report(figures: dict[str, float], records: int) -> None:
    """Write the measurement in the form that every benchmark writes."""
    p50, p99 = figures["gateway_p50_ms"], figures["gateway_p99_ms"]
    at = f"reads_per_s_at_{CONCURRENCY}"
    overhead = p50 - figures["sql_p50_ms"]
    write(
        "gateway",
        {**figures, "overhead_p50_ms": overhead, "records_committed": records},
        {
            "gateway_to_sql_p50": p50 / figures["sql_p50_ms"],
            "gateway_to_sql_rate": figures[f"gateway_{at}"] / figures[f"sql_{at}"],
        },
        [("single read with committed record, p99 ms", p99, P99_BOUND_MS, p99 <= P99_BOUND_MS)],
    )


def main() -> None:
    """Set up, measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reads", type=int, default=2000)
    reads = parser.parse_args().reads
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as name, server(Path(name)) as url:
        folder = Path(name) / "data"
        (folder / "static").mkdir(parents=True)
        os.environ.update(
            DATABASE_URL=url, TONGBAN_ENVIRONMENT="test", TONGBAN_DATA=str(folder),
            DJANGO_SETTINGS_MODULE="tongban.assembly.settings",
        )  # fmt: skip
        fields = load_city()
        from tests.factories.processes import Departments, GatewayProcess

        from tongban.contexts.exchange.models import Record
        from tongban.kernel.clock import utc_now
        from tongban.runtime import settings
        from yunzhou_departments.demo_persons import WANG

        found = settings.current()
        departments = Departments(url, Path(name), "bench", persons=2000)
        departments.start()
        found.connections_file.write_text(json.dumps(departments.connections), encoding="utf-8")
        gateway = GatewayProcess({})
        gateway.start()
        try:
            time.sleep(2)
            ticket = open_ticket(fields[RESOURCE], WANG.id_number, utc_now())
            dsn = departments.connections["police"]
            token = found.secrets.portal_client_token
            figures = asyncio.run(measure(gateway, token, ticket, dsn, WANG.id_number, reads))
            report(figures, Record.objects.filter(outcome="released").count())
        finally:
            gateway.stop()
            departments.stop()
            from django.db import connection

            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has one


if __name__ == "__main__":
    main()
