"""Sites of departments that sign people in through the city's account."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.contexts.identity.domain.clients import AUTH_METHODS, ClientState
from tongban.contexts.identity.models.persons import Level
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id

_STATES = [(one.value, one.value) for one in ClientState]


def _texts(length: int) -> Any:
    return ArrayField(models.CharField(max_length=length), default=list, blank=True)


@personal_data(category="none", purpose="登记可用统一身份认证的部门网站", retention="停用后 3 年")
class Client(models.Model):
    """A relying party of the OpenID provider. Of its secret only the SHA-256 is kept: it has 256 bits of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client_id = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    organisation = models.CharField(max_length=60, blank=True, default="", db_index=True)
    redirect_uris: Any = _texts(1000)
    post_logout_redirect_uris: Any = _texts(1000)
    backchannel_logout_uri = models.CharField(max_length=1000, blank=True, default="")
    sector = models.CharField(max_length=253)
    is_public = models.BooleanField(default=False)
    is_high_risk = models.BooleanField(default=False)
    for_staff = models.BooleanField(default=False)
    is_resource_server = models.BooleanField(default=False)
    auth_method = models.CharField(max_length=20, choices=[(one, one) for one in AUTH_METHODS])
    secret_hash = models.CharField(max_length=64, blank=True, default="")
    jwks = models.JSONField(null=True, blank=True)
    scopes: Any = _texts(20)
    minimum_level = models.CharField(max_length=12, choices=Level.choices, default=Level.REGISTERED)
    service_codes: Any = _texts(60)
    state = models.CharField(max_length=10, choices=_STATES, default=ClientState.REQUESTED.value)
    requested_by = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "identity_client"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(auth_method="none", is_high_risk=False), name="identity_client_public"
            ),
            models.CheckConstraint(
                condition=Q(is_high_risk=False) | Q(auth_method="private_key_jwt"), name="identity_client_high_risk"
            ),
        ]
        indexes = [models.Index(fields=["-requested_at", "-id"], name="identity_clients_latest")]

    def __str__(self) -> str:
        return self.client_id
