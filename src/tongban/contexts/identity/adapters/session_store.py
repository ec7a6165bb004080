"""Where browsers' sessions are kept: Django's database store, over a row that names the account session it carries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession

SID_KEY = "identity.sid"
"""Key of the session under which the account session's id stands."""
IDLE_KEY = "identity.idle_seconds"
"""Key of a session on a machine that everybody uses: how long it lasts without a request."""


class SessionStore(db.SessionStore):
    """The rows follow every change of a session's key, so that ending an account session always finds its browser."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        from tongban.contexts.identity.models import BrowserSession

        return BrowserSession

    def get_session_cookie_age(self) -> int:
        return int(self.get(IDLE_KEY) or super().get_session_cookie_age())

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        sid = data.get(SID_KEY)
        row.signed_in = UUID(sid) if sid else None  # type: ignore[attr-defined]  # BrowserSession's own column
        return row
