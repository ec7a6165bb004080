"""Tables of exchange. Rows change only behind ``api``; exchange records come from gateways alone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tongban.infra.fields import EncryptedTextField
from tongban.infra.personal_data import personal_data
from tongban.wire.closures import CLOSURE_TABLE, SNAPSHOT_TABLE
from tongban.wire.records import RECORD_TABLE


@personal_data(
    category="basic",
    purpose="justify each read of a person's data; the person is a keyed pseudonym",
    retention="5 years",
)
class Purpose(models.Model):
    """Why somebody's data may be read, by whom, until when."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=80)
    service_code = models.CharField(max_length=80, null=True)
    title = models.CharField(max_length=300, default="")
    title_en = models.CharField(max_length=300, default="")
    consumer = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    also = ArrayField(models.CharField(max_length=64), default=list)
    reads = models.JSONField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=12, default="")

    class Meta:
        db_table = "exchange_purpose"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["application", "case", "standing"]), name="exchange_purpose_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("opened_at")), name="exchange_purpose_life"
            ),
        ]
        indexes = [models.Index(fields=["subject", "-opened_at"], name="exchange_purpose_subject")]


@personal_data(
    category="none", purpose="say which consumer may read which fields for what", retention="10 years after its end"
)
class Grant(models.Model):
    """A consumer's right to read, as approved by the owner of the data."""

    id = models.CharField(primary_key=True, max_length=64)
    pack = models.CharField(max_length=60)
    consumer = models.CharField(max_length=40)
    resource = models.CharField(max_length=120)
    fields = ArrayField(models.CharField(max_length=60))
    services = ArrayField(models.CharField(max_length=80))
    purposes = ArrayField(models.CharField(max_length=80))
    basis = models.TextField()
    rate_per_minute = models.PositiveIntegerField()
    expires_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_grant"
        constraints = [models.CheckConstraint(condition=~models.Q(basis=""), name="exchange_grant_has_basis")]


@personal_data(category="none", purpose="tell gateways what is allowed", retention="2 hours")
class Snapshot(models.Model):
    """A signed policy snapshot."""

    version = models.BigIntegerField(primary_key=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    document = models.TextField()

    class Meta:
        db_table = SNAPSHOT_TABLE


@personal_data(category="none", purpose="tell gateways which purposes have ended", retention="2 days")
class Closure(models.Model):
    """A purpose that ended before its tickets did. The migration adds ``written_in``, the closing transaction."""

    purpose_id = models.UUIDField(primary_key=True)
    closed_at = models.DateTimeField()

    class Meta:
        db_table = CLOSURE_TABLE


@personal_data(
    category="basic",
    purpose="show every person who read their data; the person is a keyed pseudonym, values are digests",
    retention="10 years",
)
class Record(models.Model):
    """What a gateway was asked and did. The columns are those of wire.records; the database refuses changes."""

    id = models.UUIDField(primary_key=True)
    recorded_at = models.DateTimeField()
    trace = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8)
    code = models.CharField(max_length=40)
    client = models.CharField(max_length=40)
    consumer = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    resource = models.CharField(max_length=121)
    operation = models.CharField(max_length=121)
    fields = ArrayField(models.CharField(max_length=121))
    subject = models.CharField(max_length=64)
    purpose_id = models.UUIDField(null=True)
    purpose_kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=80)
    service_code = models.CharField(max_length=80)
    grant_id = models.CharField(max_length=64)
    basis = models.TextField()
    record_count = models.IntegerField()
    request_digest = models.CharField(max_length=64)
    answer_digest = models.CharField(max_length=64)
    policy_version = models.BigIntegerField()
    gateway = models.CharField(max_length=120)
    duration_ms = models.IntegerField()

    class Meta:
        db_table = RECORD_TABLE
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["released", "refused", "failed"]), name="exchange_record_outcome"
            )
        ]
        indexes = [
            models.Index(fields=["subject", "-recorded_at", "-id"], name="exchange_record_subject"),
            models.Index(fields=["reference"], name="exchange_record_reference"),
        ]


@personal_data(category="basic", purpose="answer a person's question about a read of their data", retention="5 years")
class Question(models.Model):
    """A person's question about one exchange record, and what was answered."""

    id = models.UUIDField(primary_key=True)
    record_id = models.UUIDField()
    person_id = models.UUIDField(db_index=True)
    text = EncryptedTextField()
    state = models.CharField(max_length=10, default="open")
    raised_at = models.DateTimeField()
    due_date = models.DateField()
    answer = EncryptedTextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_question"
        constraints = [
            models.UniqueConstraint(fields=["record_id", "person_id"], name="exchange_question_once"),
            models.CheckConstraint(condition=models.Q(state__in=["open", "answered"]), name="exchange_question_state"),
        ]
