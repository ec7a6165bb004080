"""Background work of forms."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.contexts.forms.forgetting import forget_expired
from tongban.kernel.clock import utc_now


@app.periodic(cron="23 * * * *")
@app.task(name="forms.forget_expired", queueing_lock="forms.forget_expired")
def forget_expired_drafts(timestamp: int) -> None:
    """Delete what is past its retention."""
    forget_expired(utc_now())
