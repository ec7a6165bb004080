"""Sign-ins that one device asks for and another allows."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.contexts.identity.domain.login_ticket import Purpose, Requester, State
from tongban.contexts.identity.models.accounts import Account
from tongban.contexts.identity.models.sessions import AccountSession
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id

_BEFORE_ANYBODY = (State.OPEN.value, State.EXPIRED.value)


@personal_data(category="basic", purpose="扫码登录和窗口扫码表明身份（码和网络地址只存哈希）", retention="1 天")
class LoginTicket(models.Model):
    """A sign-in asked for on one screen. ``asked_by`` is the clerk at a window, ``device_id`` the hall's machine."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Purpose])
    requester = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Requester])
    device_id = models.UUIDField(null=True)
    asked_by = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="tickets_asked")
    place_zh = models.CharField(max_length=200)
    place_en = models.CharField(max_length=200)
    network_hash = models.CharField(max_length=64, blank=True, default="")
    match_number = models.PositiveSmallIntegerField()
    numbers: Any = ArrayField(models.PositiveSmallIntegerField())
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in State])
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    scanned_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)
    approver = models.ForeignKey(AccountSession, null=True, on_delete=models.CASCADE, related_name="tickets_decided")
    session = models.ForeignKey(AccountSession, null=True, on_delete=models.SET_NULL, related_name="tickets_opened")

    class Meta:
        db_table = "identity_login_ticket"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_BEFORE_ANYBODY) | Q(approver__isnull=False), name="identity_ticket_has_approver"
            ),
            models.CheckConstraint(
                condition=Q(redeemed_at__isnull=True) | Q(state=State.REDEEMED.value), name="identity_ticket_redeemed"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
