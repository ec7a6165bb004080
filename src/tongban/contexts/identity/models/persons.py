"""Natural persons and how their identity was proven."""

from __future__ import annotations

from typing import Any

from django.db import models

from tongban.contexts.identity.domain.documents import Document, DocumentType
from tongban.contexts.identity.models.accounts import Account
from tongban.infra.fields import EncryptedTextField, keyed_hash
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


class Level(models.TextChoices):
    """How well a person's identity is proven."""

    REGISTERED = "registered"
    REAL_NAME = "real-name"
    IN_PERSON = "in-person"


class Sex(models.TextChoices):
    """Sex as the identity document states it."""

    MALE = "male"
    FEMALE = "female"


def id_number_hash_of(id_number: str) -> str:
    """The hash by which a person is found from a resident's identity number."""
    return keyed_hash(id_number, "identity.id-number")


def document_hash_of(document: Document) -> str:
    """The hash by which a person is found from a document: of the number alone only for resident IDs."""
    if document.type is DocumentType.RESIDENT_ID:
        return id_number_hash_of(document.number)
    return keyed_hash(document.key, "identity.document")


_DOCUMENT_TYPES = [(one.value, one.value) for one in DocumentType]


@personal_data(category="identity", purpose="办理政务服务时确认本人身份", retention="账号注销后 3 年")
class Person(models.Model):
    """A natural person, once for each identity document. ``issuing_country`` stands for passports only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="person")
    name = models.CharField(max_length=100)
    document_type = models.CharField(
        max_length=24, choices=_DOCUMENT_TYPES, default=DocumentType.RESIDENT_ID.value, db_default="resident-id"
    )
    issuing_country = models.CharField(max_length=3, blank=True, default="", db_default="")
    id_number: Any = EncryptedTextField()
    id_number_hash = models.CharField(max_length=64, unique=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=6, choices=Sex.choices)
    phone: Any = EncryptedTextField(null=True, blank=True)  # type: ignore[misc]  # null means that there is none
    level = models.CharField(max_length=12, choices=Level.choices)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_person"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def document(self) -> Document:
        """The document under which the person is registered."""
        return Document(DocumentType(self.document_type), str(self.id_number), self.issuing_country)


@personal_data(category="identity", purpose="数源部门暂时没有应答时，保留本人填写的核验信息", retention="24 小时")
class RealNameClaim(models.Model):
    """What an account holder typed for the real-name check while the source could not answer."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="claim")
    name: Any = EncryptedTextField()
    document_type = models.CharField(
        max_length=24, choices=_DOCUMENT_TYPES, default=DocumentType.RESIDENT_ID.value, db_default="resident-id"
    )
    issuing_country = models.CharField(max_length=3, blank=True, default="", db_default="")
    id_number: Any = EncryptedTextField()
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=6, choices=Sex.choices, blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_real_name_claim"


@personal_data(category="identity", purpose="限制冒用他人身份的尝试（号码只存哈希）", retention="30 天")
class RealNameAttempt(models.Model):
    """One question to the real-name source, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="attempts")
    id_number_hash = models.CharField(max_length=64, db_index=True)
    outcome = models.CharField(max_length=12)
    attempted_at = models.DateTimeField()

    class Meta:
        db_table = "identity_real_name_attempt"
        indexes = [models.Index(fields=["account", "attempted_at"], name="identity_attempts")]
