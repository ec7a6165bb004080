"""Tables of services. Rows change only behind ``api``."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from tongban.infra.personal_data import personal_data


@personal_data(category="none", purpose="城市事项目录的总体设置", retention="长期")
class Catalogue(models.Model):
    """One pack's catalogue: its city, its themes, its plain words, and how many documents its index holds.

    ``stamp`` is new after every change of the catalogue: what a process remembers under it is still true.
    """

    pack = models.CharField(max_length=60, primary_key=True)
    city = models.CharField(max_length=60, blank=True, default="")
    themes: Any = models.JSONField(default=dict)
    plain_words: Any = models.JSONField(default=list)
    documents = models.IntegerField(default=0)
    revision = models.IntegerField(default=0)
    stamp = models.CharField(max_length=36, default="")
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "services_catalogue"

    def __str__(self) -> str:
        return self.pack


@personal_data(category="none", purpose="政务服务事项", retention="长期")
class ServiceItem(models.Model):
    """A service item in its present version, with what lists and search need beside it."""

    pack = models.CharField(max_length=60)
    code = models.CharField(max_length=64)
    version = models.IntegerField()
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True, default="")
    short_name = models.CharField(max_length=300, blank=True, default="")
    short_name_en = models.CharField(max_length=300, blank=True, default="")
    one_line = models.CharField(max_length=300, blank=True, default="")
    one_line_en = models.CharField(max_length=300, blank=True, default="")
    sort_key = models.CharField(max_length=1200, db_collation="C")
    letter = models.CharField(max_length=1)
    department = models.CharField(max_length=60)
    department_name = models.CharField(max_length=120)
    department_short = models.CharField(max_length=60)
    department_name_en = models.CharField(max_length=160, blank=True, default="")
    level = models.CharField(max_length=20, blank=True, default="")
    theme = models.CharField(max_length=60)
    group = models.IntegerField(default=0)
    promised_days = models.IntegerField(null=True, blank=True)
    department_count = models.IntegerField(default=1)
    is_online = models.BooleanField(default=False)
    is_for_persons = models.BooleanField(default=False)
    is_for_enterprises = models.BooleanField(default=False)
    is_bundle = models.BooleanField(default=False)
    is_modelled = models.BooleanField(default=False)
    wordings = ArrayField(models.CharField(max_length=300), default=list)
    vector = SearchVectorField(null=True)
    impacts: Any = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "services_item"
        constraints = [models.UniqueConstraint(fields=["pack", "code"], name="services_item_code")]
        indexes = [
            models.Index(fields=["pack", "theme", "group", "sort_key"], name="services_item_theme"),
            models.Index(fields=["pack", "department", "sort_key"], name="services_item_department"),
            models.Index(fields=["pack", "letter", "sort_key"], name="services_item_letter"),
            models.Index(fields=["pack", "sort_key"], name="services_item_name"),
            GinIndex(fields=["vector"], name="services_item_vector", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@personal_data(category="none", purpose="政务服务事项的历次版本", retention="长期")
class ServiceVersion(models.Model):
    """One version of an item, never changed once written: its facts, and its own definition when it has one."""

    pack = models.CharField(max_length=60)
    code = models.CharField(max_length=64)
    number = models.IntegerField()
    digest = models.CharField(max_length=64)
    facts: Any = models.JSONField()
    definition: Any = models.JSONField(null=True, blank=True)
    effective_from = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "services_version"
        constraints = [models.UniqueConstraint(fields=["pack", "code", "number"], name="services_version_number")]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


@personal_data(category="none", purpose="检索用词频", retention="随目录更新")
class SearchTerm(models.Model):
    """In how many documents of a pack a token occurs."""

    pack = models.CharField(max_length=60)
    token = models.CharField(max_length=80, db_collation="C")
    documents = models.IntegerField()

    class Meta:
        db_table = "services_search_term"
        constraints = [models.UniqueConstraint(fields=["pack", "token"], name="services_search_term_token")]

    def __str__(self) -> str:
        return self.token


@personal_data(category="none", purpose="提醒部门补全事项信息", retention="办结后 2 年")
class QualityTicket(models.Model):
    """A section that a department has not published, until it does."""

    pack = models.CharField(max_length=60)
    code = models.CharField(max_length=64)
    section = models.CharField(max_length=40)
    department = models.CharField(max_length=60)
    item_name = models.CharField(max_length=300)
    filed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "services_quality_ticket"
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "code", "section"],
                condition=Q(closed_at__isnull=True),
                name="services_quality_ticket_open",
            )
        ]
        indexes = [
            models.Index(fields=["pack", "department", "section"], name="services_quality_department"),
            models.Index(fields=["pack", "code"], name="services_quality_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.section}"
