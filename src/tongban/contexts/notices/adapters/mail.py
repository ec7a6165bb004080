"""E-mail through Django's backend: a mail server, or files below the data folder."""

from __future__ import annotations

from django.core.mail import EmailMessage

from tongban.contexts.notices.ports import Recipient
from tongban.kernel.errors import Text
from tongban.runtime import settings

_GREETING = Text(zh="{name}，您好：", en="Dear {name},")
_FOOTER = Text(
    zh="这是自动发出的邮件，不用回复。我们不会在邮件里问你密码、验证码或身份证号。有疑问请打 12345。",
    en="This message was sent automatically; please do not reply. We never ask for your password, a code or your ID "
    "number by e-mail. Questions? Call 12345.",
)
_CITY = Text(zh="云州市一网通办", en="Yunzhou One-Stop Services")


def send_mail(*, recipient: Recipient, title: Text, body: Text, link: str, message_id: str) -> None:
    """Hand one message to the mail backend. Raises: OSError and SMTP errors of the backend."""
    language = recipient.language
    parts = [_GREETING.in_language(language).format(name=_one_line(recipient.name)), body.in_language(language)]
    if link:
        parts.append(f"{settings.current().web_url}{link}")
    parts.append(f"—\n{_CITY.in_language(language)}\n{_FOOTER.in_language(language)}")
    EmailMessage(
        subject=_one_line(f"{title.in_language(language)} · {_CITY.in_language(language)}"),
        body="\n\n".join(parts),
        to=[recipient.email],
        headers={"Message-ID": f"<{message_id}@yunzhou.example>", "Auto-Submitted": "auto-generated"},
    ).send()


def _one_line(text: str) -> str:
    return " ".join(text.split())
