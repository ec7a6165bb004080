"""What the OpenID provider keeps: requests under way, authorizations with their tokens, keys, subjects, sign-outs.

Codes, tokens and request addresses are kept as SHA-256 only: each holds 256 bits of its own.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.contexts.identity.models.accounts import Account
from tongban.contexts.identity.models.clients import Client
from tongban.contexts.identity.models.persons import Person
from tongban.contexts.identity.models.sessions import AccountSession
from tongban.infra.fields import EncryptedTextField
from tongban.infra.personal_data import personal_data
from tongban.kernel.ids import new_id


class KeyState(models.TextChoices):
    """A signing key is published before it signs, and after it has."""

    NEXT = "next"
    CURRENT = "current"
    RETIRED = "retired"


@personal_data(category="none", purpose="签发登录凭证的密钥（私钥加密保存）", retention="停用后 30 天")
class SigningKey(models.Model):
    """A key of the provider. The private part is encrypted with the deployment's key."""

    kid = models.CharField(max_length=64, primary_key=True)
    public_jwk = models.JSONField()
    private_jwk: Any = EncryptedTextField()
    state = models.CharField(max_length=8, choices=KeyState.choices)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_signing_key"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state__in=["next", "current"]), name="identity_signing_key_one_of_each"
            )
        ]


@personal_data(category="basic", purpose="各部门网站只拿到互不相同的人员代号，不能串联", retention="账号注销后 3 年")
class PairwiseSubject(models.Model):
    """What one sector knows a person by. It is drawn once and stays, whatever becomes of account or real name."""

    subject = models.CharField(max_length=44, primary_key=True)
    sector = models.CharField(max_length=253)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "identity_pairwise_subject"
        constraints = [
            models.UniqueConstraint(fields=["sector", "account"], name="identity_subject_account"),
            models.UniqueConstraint(fields=["sector", "person"], name="identity_subject_person"),
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(person__isnull=False), name="identity_subject_of_somebody"
            ),
        ]


@personal_data(category="none", purpose="部门网站发起、本人还没走完的登录请求", retention="30 分钟")
class AuthorizationRequest(models.Model):
    """A request that a client pushed, or one whose visitor is on the way through sign-in, step-up or consent."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    parameters = models.JSONField()
    is_pushed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_authorization_request"


@personal_data(category="basic", purpose="本人登录过的部门网站与凭证的撤销", retention="登录结束后 180 天")
class Authorization(models.Model):
    """One person let into one site in one session: the code, and the family of all tokens that came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="authorizations")
    session = models.ForeignKey(AccountSession, on_delete=models.CASCADE, related_name="authorizations")
    code_hash = models.CharField(max_length=64, unique=True)
    code_expires_at = models.DateTimeField()
    code_used_at = models.DateTimeField(null=True)
    redirect_uri = models.CharField(max_length=1000)
    code_challenge = models.CharField(max_length=43)
    dpop_jkt = models.CharField(max_length=43, blank=True, default="")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=44)
    acting = models.JSONField(null=True)
    scopes: Any = ArrayField(models.CharField(max_length=20))
    id_token_claims: Any = ArrayField(models.CharField(max_length=30), default=list)
    nonce = models.CharField(max_length=512, blank=True, default="")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_authorization"

    def __str__(self) -> str:
        return str(self.id)


class TokenKind(models.TextChoices):
    """What a token is for."""

    ACCESS = "access"
    REFRESH = "refresh"


@personal_data(category="none", purpose="核对部门网站出示的凭证（只存哈希）", retention="到期后 1 天")
class IssuedToken(models.Model):
    """An opaque token, by its hash."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    authorization = models.ForeignKey(Authorization, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=8, choices=TokenKind.choices)
    scopes: Any = ArrayField(models.CharField(max_length=20))
    dpop_jkt = models.CharField(max_length=43, blank=True, default="")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_issued_token"


@personal_data(category="none", purpose="防止同一份证明被重放（只存哈希）", retention="10 分钟")
class UsedProof(models.Model):
    """A DPoP proof or client assertion that was taken once, and will not be again."""

    proof_hash = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "identity_used_proof"


class LogoutState(models.TextChoices):
    """Where telling a site of a sign-out stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    ABANDONED = "abandoned"


@personal_data(category="basic", purpose="退出登录时通知各部门网站，并留回执", retention="180 天")
class LogoutDelivery(models.Model):
    """One site that has to be told that a session is over, and how that went."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="logout_deliveries")
    session_id = models.UUIDField()
    subject = models.CharField(max_length=44)
    issuer = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=LogoutState.choices, default=LogoutState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        db_table = "identity_logout_delivery"
        constraints = [
            models.UniqueConstraint(fields=["client", "session_id", "subject"], name="identity_logout_delivery_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="identity_logout_due"),
            models.Index(fields=["-created_at", "-id"], name="identity_logout_latest"),
        ]
