"""Jobs of identity."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.contexts.identity import api
from tongban.kernel.clock import utc_now


@app.periodic(cron="17 * * * *")
@app.task(name="identity.forget-stale-claims", queue="identity", queueing_lock="identity.forget-stale-claims")
def forget_stale_claims(timestamp: int) -> None:
    """Delete what is past its retention: unfinished checks, unused devices, expired counts, lapsed sessions."""
    api.forget_stale_claims(now=utc_now())
    api.forget_unused_devices(now=utc_now())
    api.forget_expired_counts(now=utc_now())
    api.forget_ended_sessions(now=utc_now())
    api.forget_claim_attempts(now=utc_now())
