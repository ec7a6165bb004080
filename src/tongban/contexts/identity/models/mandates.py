"""Rights to act for a person: mandates that they give, and guardianships that registers prove."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.contexts.identity.domain.guardians import Ground
from tongban.contexts.identity.domain.mandates import State
from tongban.contexts.identity.models.persons import Person
from tongban.infra.fields import EncryptedTextField
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


class Relation(models.TextChoices):
    """What the agent is to the principal."""

    CHILD = "child"
    SPOUSE = "spouse"
    PARENT = "parent"
    RELATIVE = "relative"
    FRIEND = "friend"
    HELPER = "helper"


class Proposer(models.TextChoices):
    """Who drew a mandate up."""

    PRINCIPAL = "principal"
    AGENT = "agent"
    WINDOW = "window"


class Confirmation(models.TextChoices):
    """How the principal confirmed."""

    NOT_YET = ""
    OWN_DEVICE = "own-device"
    WINDOW = "window"


_STATES = [(state.value, state.value) for state in State]
_GROUNDS = [(ground.value, ground.value) for ground in Ground]


@personal_data(category="sensitive", purpose="本人委托他人代办，保护双方权益", retention="结束后 3 年")
class Mandate(models.Model):
    """One person lets another do some services for them until a day.

    A party whom nobody knows yet is named by the hash of the ID number and the name; the row is bound to the person
    once they have proven both.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    principal = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="mandates_given")
    principal_hash = models.CharField(max_length=64)
    principal_name: Any = EncryptedTextField()
    principal_masked = models.CharField(max_length=18)
    agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="mandates_held")
    agent_hash = models.CharField(max_length=64)
    agent_name: Any = EncryptedTextField()
    agent_masked = models.CharField(max_length=18)
    relation = models.CharField(max_length=10, choices=Relation.choices)
    services: Any = ArrayField(models.CharField(max_length=64), size=50)
    valid_until = models.DateField()
    state = models.CharField(max_length=10, choices=_STATES)
    proposed_by = models.CharField(max_length=10, choices=Proposer.choices)
    proposed_at = models.DateTimeField()
    confirmed_how = models.CharField(max_length=10, choices=Confirmation.choices, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=80, blank=True, default="")
    paper_digest = models.CharField(max_length=64, blank=True, default="")
    paper_type = models.CharField(max_length=40, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True, default="")
    ended_party = models.CharField(max_length=10, blank=True, default="")
    ended_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "identity_mandate"
        constraints = [
            models.CheckConstraint(condition=Q(services__len__gte=1), name="identity_mandate_has_services"),
            models.CheckConstraint(
                condition=~Q(state="active") | (Q(principal__isnull=False) & ~Q(confirmed_how="")),
                name="identity_mandate_active_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_how="window") | ~Q(paper_digest=""), name="identity_mandate_window_has_paper"
            ),
            models.CheckConstraint(
                condition=~Q(principal_hash=models.F("agent_hash")), name="identity_mandate_two_persons"
            ),
        ]
        indexes = [
            models.Index(fields=["principal_hash", "-proposed_at"], name="identity_mandate_given"),
            models.Index(fields=["agent_hash", "-proposed_at"], name="identity_mandate_held"),
            models.Index(
                fields=["valid_until"],
                name="identity_mandate_running",
                condition=Q(state__in=["proposed", "active"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


@personal_data(category="identity", purpose="核实帮办员身份，接受监督", retention="结束后 3 年")
class Accreditation(models.Model):
    """Somebody whom a community, village or other body sends to help people with their services."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_hash = models.CharField(max_length=64, db_index=True)
    name: Any = EncryptedTextField()
    masked = models.CharField(max_length=18)
    organisation = models.CharField(max_length=100)
    number = models.CharField(max_length=40, unique=True)
    valid_until = models.DateField()
    accredited_at = models.DateTimeField()
    accredited_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True, default="")
    ended_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "identity_accreditation"

    def __str__(self) -> str:
        return str(self.id)


@personal_data(category="sensitive", purpose="监护人为被监护人办事", retention="结束后 3 年")
class Guardianship(models.Model):
    """A guardian and their ward, with the record that proved it. ``until`` is the first day without the right."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wards")
    ward = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardians")
    ground = models.CharField(max_length=10, choices=_GROUNDS)
    source = models.CharField(max_length=40)
    record_version = models.CharField(max_length=80, blank=True, default="")
    observed_at = models.DateTimeField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    proven_at = models.DateTimeField()
    checked_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        db_table = "identity_guardianship"
        constraints = [
            models.UniqueConstraint(
                fields=["guardian", "ward"], condition=Q(ended_at=None), name="identity_guardianship_once"
            ),
            models.CheckConstraint(condition=~Q(guardian=models.F("ward")), name="identity_guardianship_two_persons"),
        ]

    def __str__(self) -> str:
        return str(self.id)


@personal_data(category="identity", purpose="数源部门暂时没有应答时，保留监护人填写的信息", retention="24 小时")
class GuardianClaim(models.Model):
    """Whom a guardian named while the registers could not answer."""

    guardian = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="guardian_claim")
    name: Any = EncryptedTextField()
    id_number: Any = EncryptedTextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_guardian_claim"


@personal_data(category="identity", purpose="限制冒充监护人的尝试（号码只存哈希）", retention="30 天")
class GuardianAttempt(models.Model):
    """One question to the registers, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    guardian = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="guardian_attempts")
    ward_hash = models.CharField(max_length=64, db_index=True)
    outcome = models.CharField(max_length=12)
    attempted_at = models.DateTimeField()

    class Meta:
        db_table = "identity_guardian_attempt"
        indexes = [models.Index(fields=["guardian", "attempted_at"], name="identity_guardian_attempts")]
