"""Background work of exchange."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.contexts.exchange.api.policy import forget_closures, renew_snapshot
from tongban.kernel.clock import utc_now


@app.periodic(cron="* * * * *")
@app.task(name="exchange.renew_policy", queueing_lock="exchange.renew_policy")
def renew_policy(timestamp: int) -> None:
    """Keep a policy in force that has not expired, and forget closures that no ticket outlives."""
    renew_snapshot()
    forget_closures(now=utc_now())
