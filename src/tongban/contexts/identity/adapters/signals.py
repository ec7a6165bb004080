"""What follows from the sign-in library's events: audit, notices, the second factor noted in the session."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as factor_signals
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from tongban.contexts.identity.api import kiosks, sessions
from tongban.contexts.identity.models import Account, Ending, Person
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.kernel.ids import new_id

_ADDED = Text(zh="开启了两步验证", en="two-step sign-in was turned on")
_REMOVED = Text(zh="关闭了两步验证", en="two-step sign-in was turned off")
_RESET = Text(zh="重新生成了恢复码", en="new recovery codes were made")


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: Account, **_kwargs: Any) -> None:
    """Open the account session, and put the sign-in on record."""
    sessions.open_session(request, user, get_authentication_records(request, user))
    kiosks.limit_on_kiosk(request)
    audit.record(
        actor=Actor(kind="staff" if user.realm == "staff" else "resident", account_id=user.pk),
        action="identity.signed-in",
        subject=f"account:{user.pk}",
        detail={"second_factor": sessions.has_shown_second_factor(request)},
    )


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest, **_kwargs: Any) -> None:
    """End the account session with the browser's."""
    sessions.close_session(request)


@receiver(account_signals.authentication_step_completed)
def note_step(request: HttpRequest, user: Account, **_kwargs: Any) -> None:
    """Somebody signed in proved themselves once more."""
    sessions.raise_session(request, get_authentication_records(request, user))


@receiver(factor_signals.authenticator_used)
def note_factor_used(request: HttpRequest, **_kwargs: Any) -> None:
    """Remember in the session that the second factor was shown."""
    sessions.note_second_factor(request)


@receiver(factor_signals.authenticator_added)
def note_factor_added(request: HttpRequest, user: Account, authenticator: Any, **_kwargs: Any) -> None:
    """A factor just enrolled was shown in doing so."""
    if authenticator.type == authenticator.Type.TOTP:
        sessions.note_second_factor(request)
        _tell(user, "second-factor-changed", change=_ADDED)
        _audit(user, "identity.second-factor-added")


@receiver(factor_signals.authenticator_removed)
def note_factor_removed(request: HttpRequest, user: Account, authenticator: Any, **_kwargs: Any) -> None:
    """Tell the owner that a factor is gone."""
    if authenticator.type == authenticator.Type.TOTP:
        request.session.pop(sessions.FACTOR_KEY, None)
        _tell(user, "second-factor-changed", change=_REMOVED)
        _audit(user, "identity.second-factor-removed")


@receiver(factor_signals.authenticator_reset)
def note_codes_reset(request: HttpRequest, user: Account, **_kwargs: Any) -> None:
    """Tell the owner that the recovery codes are new."""
    _tell(user, "second-factor-changed", change=_RESET)
    _audit(user, "identity.recovery-codes-reset")


@receiver(account_signals.password_changed)
@receiver(account_signals.password_reset)
def note_password_changed(request: HttpRequest, user: Account, **_kwargs: Any) -> None:
    """End the account's other sessions, and tell the owner that the password is new."""
    facts = sessions.find_session(request)
    sessions.end_sessions(account_id=user.pk, because=Ending.PASSWORD_CHANGED, keep=facts.id if facts else None)
    _tell(user, "password-changed")


def _audit(user: Account, action: str) -> None:
    kind = "staff" if user.realm == "staff" else "resident"
    audit.record(actor=Actor(kind=kind, account_id=user.pk), action=action, subject=f"account:{user.pk}")  # type: ignore[arg-type]


def _tell(user: Account, template: str, **values: Text) -> None:
    person = Person.objects.filter(account_id=user.pk).only("id").first()
    if person is None:
        return
    notices.notify(
        person_id=person.pk,
        template=template,
        values={"at": utc_now(), **values},
        idempotency_key=f"{template}:{new_id()}",
        link="/my/security/",
    )
