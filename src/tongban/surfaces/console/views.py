"""The console: what stewards, officials and auditors look after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongban.contexts.identity import api as identity
from tongban.contexts.services import api as services
from tongban.infra import outbox
from tongban.infra.authorisation import actor_of, staff
from tongban.runtime import settings

_SHOWN_MAILS = 50


@dataclass(frozen=True, slots=True)
class Mail:
    """A message in the file sink."""

    sent_at: datetime
    recipient: str
    subject: str
    body: str


@staff("steward", "official", "auditor")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs attention."""
    context = {
        "tickets": sum(services.count_quality_tickets(pack=settings.current().pack).values()),
        "abandoned": outbox.count_abandoned(),
        "pending": outbox.pending(),
    }
    return render(request, "console/home.html", context)


@staff("steward", "official", "auditor")
@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """Open data-quality tickets, by department."""
    pack = settings.current().pack
    department = request.GET.get("department") or None
    page = services.list_quality_tickets(pack=pack, department=department, cursor=request.GET.get("cursor") or None)
    language = get_language() or "zh-hans"
    names = {row.code: row.name_in(language) for row in identity.list_organisations()}
    counts = services.count_quality_tickets(pack=pack)
    context = {
        "page": page,
        "names": names,
        "counts": [(code, names.get(code, code), count) for code, count in counts.items()],
        "total": sum(counts.values()),
        "department": department,
        "base": f"?{urlencode({'department': department})}&" if department else "?",
    }
    return render(request, "console/quality.html", context)


@staff("steward", "official", "auditor")
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """Events that could not be delivered."""
    return render(request, "console/deliveries.html", {"deliveries": outbox.list_abandoned()})


@staff("official")
@require_POST
def retry_delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try a delivery again that was given up."""
    outbox.retry_abandoned(delivery_id, actor=actor_of(request))
    messages.success(request, _("已重新投递，几秒内见结果"))
    return redirect("console-deliveries")


@staff("steward", "official", "auditor")
@require_GET
def mail(request: HttpRequest) -> HttpResponse:
    """What the demo's file sink holds in place of sent e-mail."""
    folder = settings.current().mail_dir
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True) if folder.is_dir() else []
    is_sink = not settings.current().mail_url.startswith("smtp")
    shown = [found for path in files[:_SHOWN_MAILS] for found in _read(path)] if is_sink else []
    return render(request, "console/mail.html", {"mails": shown, "is_sink": is_sink})


def _read(path: Path) -> list[Mail]:
    """The messages in one file of Django's sink: they end with a line of dashes."""
    parts = path.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
    sent_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    parsed = [message_from_bytes(part, policy=policy.default) for part in parts if part.strip()]
    return [
        Mail(sent_at, str(message["To"]), str(message["Subject"]), body.get_content() if body else "")
        for message in parsed
        for body in [message.get_body(("plain",))]
    ]
