"""Departments and those who act for them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tongban.contexts.identity.models.accounts import Account
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


class Role(models.TextChoices):
    """What a member of staff may do."""

    CLERK = "clerk"
    APPROVER = "approver"
    STEWARD = "steward"
    OFFICIAL = "official"
    AUDITOR = "auditor"


@personal_data(category="none", purpose="部门名录", retention="长期")
class Organisation(models.Model):
    """A department of the city."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    short = models.CharField(max_length=60)
    name_en = models.CharField(max_length=160)
    phone = models.CharField(max_length=40, blank=True, default="")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "identity_organisation"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.code


@personal_data(category="basic", purpose="工作人员履职与追溯", retention="离岗后 3 年")
class StaffMember(models.Model):
    """Someone who acts for an organisation, and as what."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="staff")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="staff")
    name = models.CharField(max_length=100)
    roles: Any = ArrayField(models.CharField(max_length=10, choices=Role.choices))
    hall = models.CharField(max_length=60, blank=True, default="")
    window = models.CharField(max_length=20, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_staff_member"

    def __str__(self) -> str:
        return str(self.id)
