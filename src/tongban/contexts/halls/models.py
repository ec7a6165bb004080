"""Tables of halls. Rows change only behind ``api``."""

from __future__ import annotations

from typing import Any

from django.db import models

from tongban.infra.personal_data import personal_data


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
