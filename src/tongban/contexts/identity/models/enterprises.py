"""Enterprises and those who are appointed to act for them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.contexts.identity.domain.appointments import OPEN_STATES, AppointmentState
from tongban.contexts.identity.domain.enterprise_roles import OPERATOR_ROLES
from tongban.contexts.identity.models.accounts import Account
from tongban.contexts.identity.models.persons import Person
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id

_OPEN = [state.value for state in OPEN_STATES]


@personal_data(category="basic", purpose="法定代表人用企业身份办事", retention="企业注销后 3 年")
class Enterprise(models.Model):
    """An enterprise as the market register described it to its legal representative."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=60, blank=True, default="")
    status = models.CharField(max_length=40)
    address = models.CharField(max_length=200, blank=True, default="")
    representative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="represented")
    representative_name = models.CharField(max_length=100)
    is_represented = models.BooleanField(default=True)
    verified_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    tried_at = models.DateTimeField()

    class Meta:
        db_table = "identity_enterprise"

    def __str__(self) -> str:
        return str(self.id)


class EndedBecause(models.TextChoices):
    """Why an appointment is over."""

    TAKEN_BACK = "taken-back"
    GIVEN_UP = "given-up"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REPRESENTATIVE_CHANGED = "representative-changed"
    OUT_OF_BUSINESS = "out-of-business"


@personal_data(category="identity", purpose="经办人代表企业办事（证件号、手机号只存哈希）", retention="结束后 3 年")
class OperatorAppointment(models.Model):
    """Somebody named to act for an enterprise. ``person`` stays empty until they accept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="appointments")
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=20)
    id_number_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    phone_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in OPERATOR_ROLES])
    services: Any = ArrayField(models.CharField(max_length=64), null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in AppointmentState])
    appointed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.CharField(max_length=24, choices=EndedBecause.choices, blank=True, default="")

    class Meta:
        db_table = "identity_operator_appointment"
        constraints = [
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_until")), name="identity_appointment_period"),
            models.CheckConstraint(
                condition=~Q(id_number_hash="", phone_hash=""), name="identity_appointment_names_somebody"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "person"],
                condition=Q(state__in=_OPEN) & ~Q(person=None),
                name="identity_appointment_once",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "id_number_hash"],
                condition=Q(state__in=_OPEN) & ~Q(id_number_hash=""),
                name="identity_appointment_number_once",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "phone_hash"],
                condition=Q(state__in=_OPEN) & ~Q(phone_hash=""),
                name="identity_appointment_phone_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


@personal_data(category="basic", purpose="限制冒领企业的尝试（不存信用代码）", retention="30 天")
class EnterpriseClaimAttempt(models.Model):
    """One question of an account to the register, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="enterprise_claims")
    outcome = models.CharField(max_length=12)
    attempted_at = models.DateTimeField()

    class Meta:
        db_table = "identity_enterprise_claim_attempt"
        indexes = [models.Index(fields=["account", "attempted_at"], name="identity_enterprise_claims")]
