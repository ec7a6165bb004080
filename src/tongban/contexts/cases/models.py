"""Tables of cases. Rows change only behind ``api``."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from tongban.contexts.cases.domain.states import CaseState, SupplementState, TaskState
from tongban.engines.clock import PauseReason, Unit
from tongban.infra.fields import EncryptedTextField
from tongban.infra.personal_data import personal_data
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id

ARCHIVE = "办件档案：办结后按行政审批档案保管期限，默认 30 年"


@personal_data(category="none", purpose="流程定义", retention="长期")
class ProcessVersion(models.Model):
    """A published process: what was drawn, and the tables compiled from it. Never changed after publication."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    drawing = models.TextField()
    tables: Any = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "cases_process_version"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="cases_process_version_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


@personal_data(category="none", purpose="编排办件编号", retention="长期")
class NumberSerial(models.Model):
    """The last serial given out for an item on a day."""

    id = models.BigAutoField(primary_key=True)
    prefix = models.CharField(max_length=60)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "cases_number_serial"
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="cases_number_serial_once")]


@personal_data(category="basic", purpose="办理申请人的申请", retention=ARCHIVE)
class Case(models.Model):
    """One case. ``applicant`` is a masked name, for lists; the declaration holds the rest.

    ``person_id`` is the applicant, or whoever applied for ``enterprise_id``; ``agent_id`` handed it in for another.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=90, unique=True)
    process = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="cases")
    service_code = models.CharField(max_length=64)
    service_version = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    department = models.CharField(max_length=60)
    application_id = models.UUIDField()
    declaration_id = models.UUIDField(unique=True)
    person_id = models.UUIDField()
    enterprise_id = models.UUIDField(null=True, blank=True)
    agent_id = models.UUIDField(null=True, blank=True)
    applicant = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=20)
    state_reason = models.TextField(default="", blank=True)
    revision = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    log_length = models.PositiveIntegerField(default=0)
    log_head = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "cases_case"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CaseState]), name="cases_case_state"
            ),
            models.UniqueConstraint(fields=["application_id"], name="cases_one_case_per_application"),
        ]
        indexes = [
            models.Index(fields=["person_id", "-received_at", "-id"], name="cases_case_of_person"),
            models.Index(
                fields=["enterprise_id", "-received_at", "-id"],
                name="cases_case_of_enterprise",
                condition=Q(enterprise_id__isnull=False),
            ),
            models.Index(
                fields=["department", "received_at", "id"], name="cases_case_to_accept", condition=Q(state="received")
            ),
        ]

    def __str__(self) -> str:
        return self.number


@personal_data(category="none", purpose="流程推进到哪一步", retention=ARCHIVE)
class Token(models.Model):
    """A place where the process rests or rested."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tokens")
    node = models.CharField(max_length=120)
    flow = models.CharField(max_length=120)
    rested_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cases_token"
        indexes = [models.Index(fields=["case"], name="cases_token_resting", condition=Q(left_at__isnull=True))]


@personal_data(category="basic", purpose="部门审批步骤和意见", retention=ARCHIVE)
class Task(models.Model):
    """One department's step. ``due_date`` is derived from the promised clock and kept to sort by.

    ``sees`` null means every field.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    token = models.OneToOneField(Token, on_delete=models.PROTECT, related_name="task")
    node = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    department = models.CharField(max_length=60)
    sees: Any = models.JSONField(null=True)
    planned_days = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=20, default=TaskState.OPEN.value)
    revision = models.PositiveIntegerField(default=1)
    due_date = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=60, default="", blank=True)
    comment = models.TextField(default="", blank=True)

    class Meta:
        db_table = "cases_task"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TaskState]), name="cases_task_state"
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "due_date", "id"],
                name="cases_task_open",
                condition=Q(state__in=["open", "supplement"]),
            ),
            models.Index(
                fields=["department", "-closed_at", "-id"],
                name="cases_task_closed",
                condition=Q(closed_at__isnull=False),
            ),
        ]


@personal_data(category="none", purpose="法定和承诺时限", retention=ARCHIVE)
class Clock(models.Model):
    """One of a case's two clocks: what the law allows, and what the city promised. They run and pause together."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=10)
    budget = models.PositiveIntegerField()
    unit = models.CharField(max_length=12)
    consumed = models.PositiveIntegerField(default=0)
    counts_from = models.DateField(null=True, blank=True)
    running_since = models.DateField(null=True, blank=True)
    pause_reason = models.CharField(max_length=20, null=True, blank=True)  # null says: not paused
    stopped_date = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "cases_clock"
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="cases_clock_once"),
            models.CheckConstraint(condition=Q(kind__in=["statutory", "promised"]), name="cases_clock_kind"),
            models.CheckConstraint(condition=Q(unit__in=[unit.value for unit in Unit]), name="cases_clock_unit"),
            models.CheckConstraint(
                condition=Q(pause_reason__isnull=True) | Q(pause_reason__in=[reason.value for reason in PauseReason]),
                name="cases_clock_pause_reason",
            ),
            models.CheckConstraint(
                condition=Q(running_since__isnull=True) | Q(pause_reason__isnull=True), name="cases_clock_runs_or_rests"
            ),
        ]


@personal_data(category="basic", purpose="请申请人补材料和补充的内容", retention=ARCHIVE)
class Supplement(models.Model):
    """A department's request for more, and the applicant's answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="supplements")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="supplements")
    state = models.CharField(max_length=10, default=SupplementState.OPEN.value)
    reason = models.TextField()
    requested_at = models.DateTimeField()
    requested_by_name = models.CharField(max_length=60)
    due_date = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer: Any = EncryptedTextField(default="", blank=True)

    class Meta:
        db_table = "cases_supplement"
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="open"), name="cases_one_open_supplement"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in SupplementState]), name="cases_supplement_state"
            ),
        ]


@personal_data(category="sensitive", purpose="补充的材料", retention=ARCHIVE)
class SupplementFile(models.Model):
    """A file given with an answer; the bytes are in the file store under ``digest``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    supplement = models.ForeignKey(Supplement, on_delete=models.CASCADE, related_name="files")
    digest = models.CharField(max_length=64)
    filename: Any = EncryptedTextField()
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()

    class Meta:
        db_table = "cases_supplement_file"
        constraints = [models.UniqueConstraint(fields=["supplement", "digest"], name="cases_supplement_file_once")]


@personal_data(category="none", purpose="每段等待归谁、为什么", retention=ARCHIVE)
class Wait(models.Model):
    """An interval `[since, until)` in which somebody is waited for: who, and why."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="waits")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="waits", null=True, blank=True)
    reason = models.CharField(max_length=20)
    owner = models.CharField(max_length=60)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cases_wait"
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["acceptance", "review", "supplement", "machine"]), name="cases_wait_reason"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="cases_wait_is_a_period"
            ),
        ]
        indexes = [models.Index(fields=["case"], name="cases_wait_open", condition=Q(until__isnull=True))]


@personal_data(category="none", purpose="平台自动步骤（签发证照、通知）", retention=ARCHIVE)
class ServiceJob(models.Model):
    """A step that the platform does itself, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="jobs")
    token = models.OneToOneField(Token, on_delete=models.PROTECT, related_name="job")
    node = models.CharField(max_length=120)
    action = models.CharField(max_length=30)
    subject = models.CharField(max_length=60)
    state = models.CharField(max_length=10, default="pending")
    result: Any = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(default=utc_now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cases_service_job"
        indexes = [models.Index(fields=["asked_at"], name="cases_job_pending", condition=Q(state="pending"))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["pending", "done", "cancelled"]), name="cases_job_state"),
        ]


@personal_data(category="basic", purpose="办件经过，只增不改", retention=ARCHIVE)
class LogEntry(models.Model):
    """One thing that happened in a case. The database refuses to change or delete one; entries are chained."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="log")
    sequence = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=60, default="", blank=True)
    department = models.CharField(max_length=60, default="", blank=True)
    detail: Any = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "cases_log_entry"
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="cases_log_entry_once")]
