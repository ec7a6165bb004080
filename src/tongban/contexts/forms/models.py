"""Tables of forms. Rows change only behind ``api``."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tongban.infra.fields import EncryptedTextField
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id

DRAFT_KEPT = "草稿 12 个月未动即删除；已提交的随办件档案保存"


class State(models.TextChoices):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


@personal_data(category="basic", purpose="保存申请人正在填写的申请", retention=DRAFT_KEPT)
class Application(models.Model):
    """An application for one version of one service: a person's, or an enterprise's that ``person_id`` works for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField()
    enterprise_id = models.UUIDField(null=True, blank=True)
    service_code = models.CharField(max_length=64)
    service_version = models.PositiveIntegerField()
    service_name = models.CharField(max_length=300, default="")
    service_name_en = models.CharField(max_length=300, default="")
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    started_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    purpose_id = models.UUIDField(null=True, blank=True)
    purpose_expires_at = models.DateTimeField(null=True, blank=True)
    prefilled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "forms_application"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "service_code"],
                condition=Q(state="draft", enterprise_id=None),
                name="forms_one_draft_per_service",
            ),
            models.UniqueConstraint(
                fields=["enterprise_id", "service_code"],
                condition=Q(state="draft", enterprise_id__isnull=False),
                name="forms_one_draft_of_enterprise",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="forms_application_state"),
        ]
        indexes = [
            models.Index(fields=["person_id", "state", "-updated_at"], name="forms_application_of_person"),
            models.Index(
                fields=["enterprise_id", "state", "-updated_at"],
                name="forms_application_of_firm",
                condition=Q(enterprise_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


@personal_data(category="sensitive", purpose="保存申请表里的每一项和它的来源", retention=DRAFT_KEPT)
class FieldValue(models.Model):
    """One field's value and where it came from. ``value`` and ``replaced`` hold JSON."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="field_values")
    name = models.CharField(max_length=64)
    value: Any = EncryptedTextField()
    origin = models.CharField(max_length=10)
    source = models.CharField(max_length=60, blank=True, default="")
    resource = models.CharField(max_length=96, blank=True, default="")
    observed_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    record_version = models.CharField(max_length=80, blank=True, default="")
    reason: Any = EncryptedTextField(default="")
    replaced: Any = EncryptedTextField(default="", blank=True)

    class Meta:
        db_table = "forms_field_value"
        constraints = [models.UniqueConstraint(fields=["application", "name"], name="forms_field_value_once")]


@personal_data(category="sensitive", purpose="留存调取到的部门记录，供本人选择和核对", retention="随申请；提交后 30 天")
class SourceReading(models.Model):
    """What one department answered to one read. ``records`` holds JSON: records, dates, versions."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="readings")
    resource = models.CharField(max_length=96)
    source = models.CharField(max_length=60)
    records: Any = EncryptedTextField()
    trace = models.CharField(max_length=80, blank=True, default="")
    fetched_at = models.DateTimeField()
    chosen = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "forms_source_reading"
        constraints = [models.UniqueConstraint(fields=["application", "resource"], name="forms_source_reading_once")]


@personal_data(category="none", purpose="记录哪个部门没有应答，供办件和考核使用", retention="随申请")
class SourceFailure(models.Model):
    """A department that could not answer; kept even after a later try succeeded."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="failures")
    resource = models.CharField(max_length=96)
    source = models.CharField(max_length=60)
    code = models.CharField(max_length=20)
    message_zh = models.CharField(max_length=300)
    message_en = models.CharField(max_length=300)
    failed_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "forms_source_failure"
        indexes = [models.Index(fields=["application", "resource"], name="forms_source_failure_of")]


@personal_data(category="sensitive", purpose="申请人更正部门数据的理由，双方数值都留存", retention="随办件档案")
class Override(models.Model):
    """A fetched value that the applicant replaced, why, and what it was."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="overrides")
    field = models.CharField(max_length=64)
    source = models.CharField(max_length=60)
    resource = models.CharField(max_length=96, blank=True, default="")
    fetched: Any = EncryptedTextField()
    stated: Any = EncryptedTextField()
    reason: Any = EncryptedTextField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "forms_override"


@personal_data(category="sensitive", purpose="页面过期或登录失效时保住已填内容", retention="2 小时（登录失效）或随草稿")
class KeptAnswers(models.Model):
    """Answers that could not be saved where they were meant: a stale tab's, an ended session's, displaced ones.

    ``token_hash`` binds those of an ended session to the browser that sent them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="kept_answers")
    kind = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    answers: Any = EncryptedTextField()
    token_hash = models.CharField(max_length=64, blank=True, default="")
    kept_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "forms_kept_answers"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["stale", "expired", "displaced"]), name="forms_kept_kind"),
        ]
        indexes = [models.Index(fields=["token_hash"], name="forms_kept_token", condition=~Q(token_hash=""))]


@personal_data(category="sensitive", purpose="申请材料", retention=DRAFT_KEPT)
class Upload(models.Model):
    """A file that an applicant put in a material slot; the bytes are in the file store under ``digest``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="uploads")
    slot = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    filename: Any = EncryptedTextField()
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "forms_upload"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "slot", "digest"],
                condition=Q(removed_at__isnull=True),
                name="forms_upload_once",
            ),
        ]


@personal_data(category="sensitive", purpose="申请人一次申报的内容和每一项的来源", retention="随办件档案，长期")
class Declaration(models.Model):
    """What was handed in, as one JSON document with its digest. The database refuses to change or delete one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="declaration")
    person_id = models.UUIDField()
    enterprise_id = models.UUIDField(null=True, blank=True)
    agent_id = models.UUIDField(null=True, blank=True)
    service_code = models.CharField(max_length=64)
    service_version = models.PositiveIntegerField()
    channel = models.CharField(max_length=10)
    document: Any = EncryptedTextField()
    digest = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=80)

    class Meta:
        db_table = "forms_declaration"


@personal_data(category="none", purpose="留存窗口一次性告知的内容，只列缺少的项目名", retention="随办件档案")
class OneTimeNotice(models.Model):
    """What a window clerk told a person, at once and in full, that an application still lacks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="one_time_notices")
    revision = models.PositiveIntegerField()
    items: Any = models.JSONField()
    note: Any = EncryptedTextField(default="", blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80)
    issued_by_name = models.CharField(max_length=100)

    class Meta:
        db_table = "forms_one_time_notice"
        constraints = [
            models.UniqueConstraint(fields=["application", "revision"], name="forms_one_notice_per_revision"),
        ]
