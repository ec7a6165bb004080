"""Tables of licences. Rows change only behind ``api``."""

from __future__ import annotations

from django.db import models

from tongban.infra.fields import EncryptedTextField
from tongban.infra.personal_data import personal_data


@personal_data(category="none", purpose="define which licences exist", retention="while the type is in use")
class LicenceType(models.Model):
    """A licence type 证照目录 as the city pack defines it."""

    code = models.CharField(primary_key=True, max_length=80)
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "licences_type"


@personal_data(category="none", purpose="count the licences of a type", retention="as long as the licences")
class Serial(models.Model):
    """The last serial given to a licence of a type."""

    type_code = models.CharField(primary_key=True, max_length=80)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "licences_serial"


@personal_data(category="identity", purpose="prove a right to anyone its holder shows it to", retention="permanent")
class Licence(models.Model):
    """An issued licence, a person's or, with ``enterprise_id``, an enterprise's.

    Values and holder are encrypted; the PDF lies in the file store under its digest.
    """

    id = models.UUIDField(primary_key=True)
    identifier = models.CharField(max_length=160, unique=True)
    type_code = models.CharField(max_length=80)
    number = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    person_id = models.UUIDField()
    enterprise_id = models.UUIDField(null=True, blank=True)
    holder_name = EncryptedTextField()
    holder_code = EncryptedTextField()
    holder_code_type = models.CharField(max_length=3, default="111", db_default="111")
    issuer = models.CharField(max_length=40)
    case_number = models.CharField(max_length=80)
    service_code = models.CharField(max_length=80)
    values = EncryptedTextField()
    issued_date = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = models.CharField(max_length=10, default="issued")
    state_reason = models.TextField(default="")
    file_digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "licences_licence"
        constraints = [
            models.UniqueConstraint(fields=["case_number", "type_code"], name="licences_once_for_a_case"),
            models.UniqueConstraint(fields=["type_code", "number"], name="licences_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["issued", "suspended", "revoked"]), name="licences_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "-issued_at"], name="licences_of_person"),
            models.Index(
                fields=["enterprise_id", "-issued_at"],
                name="licences_of_enterprise",
                condition=models.Q(enterprise_id__isnull=False),
            ),
            models.Index(fields=["file_digest"], name="licences_by_file"),
        ]
