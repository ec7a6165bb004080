"""Tables of notices. Rows change only behind ``api``."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tongban.infra.fields import EncryptedTextField
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENT = "sent"
    NO_ADDRESS = "no-address"
    FAILED = "failed"


@personal_data(category="none", purpose="消息模板", retention="长期")
class NoticeTemplate(models.Model):
    """A city's own words for one kind of message, in place of the shipped ones."""

    code = models.SlugField(max_length=60, primary_key=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    body_zh = models.TextField()
    body_en = models.TextField()
    channels: Any = models.JSONField(default=list)

    class Meta:
        db_table = "notices_template"

    def __str__(self) -> str:
        return self.code


@personal_data(category="basic", purpose="告知本人办事进展", retention="办结后 2 年")
class Notice(models.Model):
    """A message to one person, with its words as they were when it was written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField()
    template = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    body_zh = models.TextField()
    body_en = models.TextField()
    link = models.CharField(max_length=300, blank=True, default="")
    idempotency_key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "notices_notice"
        indexes = [
            models.Index(fields=["person_id", "-created_at", "-id"], name="notices_inbox"),
            models.Index(fields=["person_id"], condition=Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return str(self.id)


@personal_data(category="basic", purpose="投递消息并留回执", retention="180 天")
class Delivery(models.Model):
    """One channel's attempt to bring a notice to its recipient."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=12, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    address: Any = EncryptedTextField(null=True, blank=True)  # type: ignore[misc]  # null means that there is none
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "notices_delivery"
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="notices_delivery_once")]
        indexes = [models.Index(fields=["next_attempt_at"], condition=Q(state="waiting"), name="notices_due")]

    def __str__(self) -> str:
        return str(self.id)
