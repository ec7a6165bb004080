"""Accounts and what protects them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
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


def phone_hash_of(phone: str) -> str:
    """The hash by which an account is found from its telephone number."""
    return keyed_hash(phone, "identity.phone")


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
