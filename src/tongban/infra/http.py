"""Health for operators: alive, ready, and what the process counts."""

from __future__ import annotations

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from tongban.infra import outbox
from tongban.infra.authorisation import public
from tongban.runtime import metrics

_pending = metrics.gauge("tongban_outbox_pending", "Deliveries that wait")
_schema_is_current = False


@public("load balancers and supervisors ask without an account; the answer holds no data")
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


@public("load balancers and supervisors ask without an account; the answer holds no data")
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when the database answers and its schema is current, else 503 and why."""
    try:
        reason = _why_not_ready()
    except Error as error:
        reason = f"database: {type(error).__name__}"
    return JsonResponse({"ready": not reason, "reason": reason}, status=503 if reason else 200)


@public("scraped by the operator's monitoring inside the network; counts only")
def metrics_page(_request: HttpRequest) -> HttpResponse:
    """The process's metrics in OpenMetrics text."""
    _pending.set(outbox.pending())
    body, content_type = metrics.render()
    return HttpResponse(body, content_type=content_type)


def _why_not_ready() -> str:
    global _schema_is_current
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _schema_is_current:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations are missing: run tongban migrate"
        _schema_is_current = True
    return ""
