"""Sessions: the browser's secret row, and what the session proved."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from tongban.contexts.identity.domain.levels import AuthenticatorLevel
from tongban.contexts.identity.models.accounts import Account, KnownDevice
from tongban.contexts.identity.models.persons import Level
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


@personal_data(category="basic", purpose="保持登录状态", retention="退出或 2 小时未使用即失效，过期后 1 小时内删除")
class BrowserSession(AbstractBaseSession):
    """Django's row behind a browser's cookie. ``signed_in`` names the account session that it carries, if any."""

    signed_in = models.UUIDField(null=True, db_index=True)

    class Meta:
        db_table = "identity_browser_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        from tongban.contexts.identity.adapters.session_store import SessionStore as Store

        return Store


class Ending(models.TextChoices):
    """Why an account session is over."""

    SIGNED_OUT = "signed-out"
    REMOTE = "remote"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  a reason, not a password
    ACCOUNT_RESET = "account-reset"
    REPLACED = "replaced"
    EXPIRED = "expired"


@personal_data(category="basic", purpose="本人查看并退出自己的登录，单点登录与退出", retention="结束后 180 天")
class AccountSession(models.Model):
    """One signing in: who, by what, from where. Its id is the ``sid`` of OpenID Connect."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    device = models.ForeignKey(KnownDevice, null=True, on_delete=models.SET_NULL, related_name="sessions")
    description = models.CharField(max_length=120, blank=True, default="")
    identity_level = models.CharField(max_length=12, choices=Level.choices)
    authenticator = models.CharField(max_length=10, choices=[(one.value, one.value) for one in AuthenticatorLevel])
    methods: Any = ArrayField(models.CharField(max_length=10))
    authenticated_at = models.DateTimeField()
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=20, choices=Ending.choices, blank=True, default="")

    class Meta:
        db_table = "identity_account_session"
        indexes = [
            models.Index(fields=["account", "-last_seen_at"], name="identity_open_sessions", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return str(self.id)
