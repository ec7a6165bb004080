"""Jobs of notices."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from tongban.contexts.notices import api
from tongban.kernel.clock import utc_now


@app.task(name="notices.deliver", queue="notices")
def deliver_notice(*, delivery_id: str) -> None:
    """Try one delivery; a failure is tried again by the sweep when its time comes."""
    api.deliver(UUID(delivery_id))


@app.periodic(cron="41 3 * * *")
@app.task(name="notices.forget-old", queue="notices", queueing_lock="notices.forget-old")
def forget_old(timestamp: int) -> None:
    """Delete what is past its retention."""
    api.forget_old(now=utc_now())


@app.periodic(cron="* * * * *")
@app.task(name="notices.sweep", queue="notices", queueing_lock="notices.sweep")
def sweep(timestamp: int) -> None:
    """Try what is due: retries, and what a killed worker left behind."""
    api.deliver_due(now=utc_now())
