"""Tables of halls. Rows change only behind ``api``."""

from __future__ import annotations

from typing import Any

from django.db import models

from tongban.contexts.halls.domain.devices import KINDS
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


@personal_data(category="none", purpose="工作日历", retention="长期")
class CalendarYear(models.Model):
    """One published year: weekdays off and weekend days worked."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    days: Any = models.JSONField()
    source = models.CharField(max_length=200)
    source_en = models.CharField(max_length=200, default="")
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "halls_calendar_year"

    def __str__(self) -> str:
        return str(self.year)


@personal_data(category="none", purpose="大厅和窗口信息", retention="长期")
class Hall(models.Model):
    """A service hall with its windows."""

    code = models.SlugField(max_length=40, primary_key=True)
    position = models.PositiveSmallIntegerField()
    facts: Any = models.JSONField()

    class Meta:
        db_table = "halls_hall"

    def __str__(self) -> str:
        return self.code


@personal_data(category="none", purpose="大厅里的自助机、窗口电脑和屏幕（凭据只存哈希）", retention="撤出大厅即删除")
class Device(models.Model):
    """A machine in a hall, known by a token that only its own browser holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="devices")
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS])
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    enrolled_at = models.DateTimeField(null=True)
    enrolment_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    enrolment_expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "halls_device"
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="halls_device_once")]

    def __str__(self) -> str:
        return f"{self.hall_id}/{self.code}"
