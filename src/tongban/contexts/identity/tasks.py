"""Jobs of identity."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.contexts.identity import api
from tongban.kernel.clock import utc_now


@app.periodic(cron="17 * * * *")
@app.task(name="identity.forget-stale-claims", queue="identity", queueing_lock="identity.forget-stale-claims")
def forget_stale_claims(timestamp: int) -> None:
    """Delete what is past its retention: unfinished checks, unused devices, expired counts, lapsed sessions, slips."""
    api.forget_stale_claims(now=utc_now())
    api.forget_unused_devices(now=utc_now())
    api.forget_expired_counts(now=utc_now())
    api.forget_ended_sessions(now=utc_now())
    api.login_tickets.forget_login_tickets(now=utc_now())
    api.guardians.forget_stale_wards(now=utc_now())
    api.forget_old_slips(now=utc_now())
    api.forget_claim_attempts(now=utc_now())


@app.periodic(cron="* * * * *")
@app.task(name="identity.end-lapsed-sessions", queue="identity", queueing_lock="identity.end-lapsed-sessions")
def end_lapsed_sessions(timestamp: int) -> None:
    """End the sessions that ran out by themselves."""
    api.end_lapsed_sessions(now=utc_now())


@app.periodic(cron="41 * * * *")
@app.task(name="identity.end-rights", queue="identity", queueing_lock="identity.end-rights")
def end_rights(timestamp: int) -> None:
    """Mark mandates that are over, and ask the registers again about guardianships older than thirty days."""
    api.mandates.expire_due(now=utc_now())
    api.guardians.recheck_guardianships(now=utc_now())
