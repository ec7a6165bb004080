"""Jobs of cases."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.contexts.cases import jobs
from tongban.kernel.clock import utc_now


@app.periodic(cron="*/5 * * * *")
@app.task(name="cases.sweep", queue="cases", queueing_lock="cases.sweep")
def sweep(timestamp: int) -> None:
    """Ask again for steps of the platform that nobody has done for a while, so that no case waits for ever."""
    jobs.ask_again(now=utc_now())
