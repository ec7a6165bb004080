"""Tables of the Django glue: outbox, audit, idempotency keys."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from tongban.infra.personal_data import personal_data


@personal_data(category="none", purpose="deliver facts between contexts; payloads carry ids only", retention="90 days")
class OutboxEvent(models.Model):
    """A fact that a context published in its own transaction."""

    id = models.UUIDField(primary_key=True)
    topic = models.CharField(max_length=120)
    version = models.PositiveSmallIntegerField()
    payload = models.JSONField()
    occurred_at = models.DateTimeField()

    class Meta:
        db_table = "infra_outbox_event"


@personal_data(category="none", purpose="deliver each fact to each subscriber once", retention="90 days")
class OutboxDelivery(models.Model):
    """One subscriber's copy of an event: pending, delivered or given up."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="pending")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

    class Meta:
        db_table = "infra_outbox_delivery"
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="infra_outbox_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "delivered", "abandoned"]), name="infra_outbox_delivery_state"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="infra_outbox_delivery_due", condition=models.Q(state="pending")
            ),
        ]


@personal_data(category="none", purpose="prove who did what; subjects are ids", retention="10 years")
class AuditEntry(models.Model):
    """An act of a person or the system. The database refuses to change or delete one."""

    id = models.BigAutoField(primary_key=True)
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    organisation = models.CharField(max_length=40, default="")
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=160)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, default="")

    class Meta:
        db_table = "infra_audit_entry"
        indexes = [
            models.Index(fields=["subject", "id"], name="infra_audit_entry_subject"),
            models.Index(
                KeyTextTransform("acting", "detail"),
                "id",
                name="infra_audit_entry_acting",
                condition=Q(detail__has_key="acting"),
            ),
        ]


@personal_data(
    category="none", purpose="give a repeated write its first answer; answers carry ids", retention="30 days"
)
class IdempotencyKey(models.Model):
    """A write that was done, what was asked, and what it answered."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "infra_idempotency_key"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="infra_idempotency_key_once")]
