"""What a window attests of somebody's identity, and the slips with which it gives accounts back."""

from __future__ import annotations

from django.db import models

from tongban.contexts.identity.domain.documents import DocumentType
from tongban.contexts.identity.models.accounts import Account
from tongban.contexts.identity.models.persons import Level, Person
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


class CheckKind(models.TextChoices):
    """Why the level of a person was looked at."""

    REGISTERED = "registered"
    RAISED = "raised"
    LOWERED = "lowered"


@personal_data(category="identity", purpose="证明当面核验由谁、在哪、凭什么证件做出", retention="账号注销后 3 年")
class IdentityCheck(models.Model):
    """One look at document and face, or one correction of it. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=10, choices=CheckKind.choices)
    level_before = models.CharField(max_length=12, choices=Level.choices, blank=True, default="")
    level_after = models.CharField(max_length=12, choices=Level.choices)
    document_type = models.CharField(max_length=24, choices=[(one.value, one.value) for one in DocumentType])
    checked_by = models.UUIDField()
    checked_by_name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=60)
    hall = models.CharField(max_length=60, blank=True, default="")
    window = models.CharField(max_length=20, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "identity_check"
        indexes = [models.Index(fields=["person", "-checked_at"], name="identity_checks_of_person")]

    def __str__(self) -> str:
        return str(self.id)


@personal_data(category="basic", purpose="窗口核对证件后找回账号（码只存哈希）", retention="180 天")
class RecoverySlip(models.Model):
    """A code printed at a window with which an account's holder sets a new password, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="slips")
    code_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    issued_by = models.UUIDField()
    issued_by_name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=60)
    hall = models.CharField(max_length=60, blank=True, default="")
    window = models.CharField(max_length=20, blank=True, default="")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "identity_recovery_slip"
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(used_at=None, replaced_at=None),
                name="identity_one_slip_an_account",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
