"""Jobs of identity."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.contexts.identity import api
from tongban.kernel.clock import utc_now


@app.periodic(cron="17 * * * *")
@app.task(name="identity.forget-stale-claims", queue="identity", queueing_lock="identity.forget-stale-claims")
def forget_stale_claims(timestamp: int) -> None:
    """Delete what is past its retention: claims, devices, counts, sessions, tickets, slips, attempts, tokens."""
    api.forget_stale_claims(now=utc_now())
    api.forget_unused_devices(now=utc_now())
    api.forget_expired_counts(now=utc_now())
    api.forget_ended_sessions(now=utc_now())
    api.login_tickets.forget_login_tickets(now=utc_now())
    api.guardians.forget_stale_wards(now=utc_now())
    api.forget_old_slips(now=utc_now())
    api.forget_claim_attempts(now=utc_now())
    api.forget_expired_tokens(now=utc_now())


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


@app.task(name="identity.send-logouts", queue="identity")
def send_logouts() -> None:
    """Tell sites that sessions are over; those that do not answer are told again when their time comes."""
    for due_at in sorted(set(api.send_due_logouts())):
        send_logouts.configure(schedule_at=due_at).defer()


@app.periodic(cron="* * * * *")
@app.task(name="identity.sweep-logouts", queue="identity", queueing_lock="identity.sweep-logouts")
def sweep_logouts(timestamp: int) -> None:
    """Take up what a killed worker left behind."""
    if api.has_due_logouts(now=utc_now()):
        send_logouts.defer()


@app.periodic(cron="23 3 * * *")
@app.task(name="identity.rotate-keys", queue="identity", queueing_lock="identity.rotate-keys")
def rotate_keys(timestamp: int) -> None:
    """Renew the signing key when its time has come."""
    api.rotate_keys_when_due(now=utc_now())
