"""Tables of identity. Rows change only behind ``api``."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tongban.infra.fields import EncryptedTextField, keyed_hash
from tongban.infra.personal_data import personal_data
from tongban.kernel.clock import utc_now
from tongban.kernel.ids import new_id


class Realm(models.TextChoices):
    """Which door an account enters by."""

    PUBLIC = "public"
    STAFF = "staff"


class Level(models.TextChoices):
    """How well a person's identity is proven."""

    REGISTERED = "registered"
    REAL_NAME = "real-name"


class Sex(models.TextChoices):
    """Sex as the identity number states it."""

    MALE = "male"
    FEMALE = "female"


class Role(models.TextChoices):
    """What a member of staff may do."""

    CLERK = "clerk"
    APPROVER = "approver"
    STEWARD = "steward"
    OFFICIAL = "official"
    AUDITOR = "auditor"


def phone_hash_of(phone: str) -> str:
    """The hash by which an account is found from its telephone number."""
    return keyed_hash(phone, "identity.phone")


def id_number_hash_of(id_number: str) -> str:
    """The hash by which a person is found from the identity number."""
    return keyed_hash(id_number, "identity.id-number")


class AccountRows(BaseUserManager["Account"]):
    """How accounts are looked up."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=(username or "").lower())


@personal_data(category="basic", purpose="登录与联系", retention="注销后 30 天")
class Account(AbstractBaseUser):
    """A way to sign in: names, contact and password of one person or one member of staff."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    realm = models.CharField(max_length=8, choices=Realm.choices, default=Realm.PUBLIC)
    username = models.CharField(max_length=40, unique=True)
    email = models.EmailField(max_length=254, blank=True, default="", db_index=True)
    phone: Any = EncryptedTextField(null=True, blank=True)  # type: ignore[misc]  # null means that there is none
    phone_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    is_phone_verified = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, blank=True, default="")
    mode = models.CharField(max_length=10, blank=True, default="")
    joined_at = models.DateTimeField(default=utc_now)
    password_changed_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountRows] = AccountRows()

    class Meta:
        db_table = "identity_account"
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "phone_hash"],
                condition=Q(is_phone_verified=True) & ~Q(phone_hash=""),
                name="identity_account_verified_phone",
            ),
            models.CheckConstraint(condition=Q(username=Lower("username")), name="identity_username_lower"),
        ]

    def __str__(self) -> str:
        return self.username

    def set_phone(self, phone: str | None, *, verified: bool) -> None:
        """Put a telephone number with its hash; ``None`` takes it away."""
        self.phone = phone or None
        self.phone_hash = phone_hash_of(phone) if phone else ""
        self.is_phone_verified = bool(phone) and verified


@personal_data(category="identity", purpose="办理政务服务时确认本人身份", retention="账号注销后 3 年")
class Person(models.Model):
    """A natural person, once for each identity number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="person")
    name = models.CharField(max_length=100)
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


@personal_data(category="identity", purpose="数源部门暂时没有应答时，保留本人填写的核验信息", retention="24 小时")
class RealNameClaim(models.Model):
    """What an account holder typed for the real-name check while the source could not answer."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="claim")
    name: Any = EncryptedTextField()
    id_number: Any = EncryptedTextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_real_name_claim"


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


@personal_data(category="basic", purpose="在陌生设备登录时提醒本人", retention="12 个月未使用后删除")
class KnownDevice(models.Model):
    """A browser that an account has signed in from, known by a cookie of its own."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64)
    description = models.CharField(max_length=120, blank=True, default="")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        db_table = "identity_known_device"
        constraints = [models.UniqueConstraint(fields=["account", "token_hash"], name="identity_device_once")]


@personal_data(category="none", purpose="限制猜测密码与验证码（只存哈希键和时间）", retention="1 小时")
class AttemptCount(models.Model):
    """Rows of the shared cache that counts attempts across all web processes. Shape: Django's database cache."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "identity_attempt_count"


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
