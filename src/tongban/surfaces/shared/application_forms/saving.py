"""The steps of saving a posted form: answers, chosen records, files; and how a stored file is sent."""

from __future__ import annotations

from contextlib import suppress
from typing import BinaryIO, cast
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.contexts.forms import api as forms
from tongban.infra.authorisation import Actor
from tongban.surfaces.shared.application_forms.capped_uploads import too_large_inputs
from tongban.surfaces.shared.application_forms.posted import FILE, Posted

_SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "application/pdf"})


def save(request: HttpRequest, application_id: UUID, posted: Posted, actor: Actor) -> forms.Application:
    """Save what was posted. A file that is refused is named in a message and stops nothing.

    Raises: StaleApplication, then nothing was saved.
    """
    answers = resolved_answers(request) if posted.do == "resolve" else posted.answers
    saved = forms.save_answers(application_id=application_id, answers=answers, revision=posted.revision, actor=actor)
    chosen = {choice.resource: choice.chosen for choice in saved.choices}
    for resource, index in posted.choices.items():
        if resource in chosen and chosen[resource] != index:
            with suppress(forms.FieldUnknown):
                saved = forms.choose_record(application_id=application_id, resource=resource, index=index, actor=actor)
    return _take_files(request, saved, posted, actor)


def resolved_answers(request: HttpRequest) -> dict[str, list[str]]:
    """The answers of the page that compares two versions: those fields for which one's own was picked."""
    names = [name.removeprefix("pick.") for name in request.POST if name.startswith("pick.")]
    return {name: request.POST.getlist(f"mine.{name}") for name in names if request.POST.get(f"pick.{name}") == "mine"}


def _take_files(request: HttpRequest, saved: forms.Application, posted: Posted, actor: Actor) -> forms.Application:
    labels = {slot.name: slot.label.in_language(get_language() or "zh") for slot in saved.materials}
    for name in too_large_inputs(request):
        _refuse(request, labels.get(name.removeprefix(FILE), ""), _("文件超过 20 MB"), _("请压缩后再传，或分成几份。"))
    for slot, item in posted.files:
        try:
            saved = forms.attach(
                application_id=saved.id, slot=slot, filename=item.name or "", content_type=item.content_type or "",
                stream=cast("BinaryIO", item), actor=actor,
            )  # fmt: skip
        except (forms.FileRefused, forms.TooManyFiles, forms.FieldUnknown) as error:
            language = get_language() or "zh"
            _refuse(
                request, labels.get(slot, ""), error.message.in_language(language), error.remedy.in_language(language)
            )
    return saved


def _refuse(request: HttpRequest, label: str, what: str, remedy: str) -> None:
    request.refused_files = True  # type: ignore[attr-defined]  # read by has_refused_files
    messages.error(request, f"{label}：{what}。{remedy}" if label else f"{what}。{remedy}")


def has_refused_files(request: HttpRequest) -> bool:
    """Whether a file of this post was refused."""
    return cast("bool", getattr(request, "refused_files", False))


def remove(saved: forms.Application, upload_id: str, actor: Actor) -> forms.Application:
    """Take out a file; an id that is none changes nothing."""
    with suppress(ValueError):
        return forms.detach(application_id=saved.id, upload_id=UUID(upload_id), actor=actor)
    return saved


def file_response(stored: forms.StoredFile) -> HttpResponse:
    """A stored file for its viewer: its true type, never sniffed, not kept by the browser."""
    shown = "inline" if stored.content_type in _SHOWN_INLINE else "attachment"
    # A browser's own PDF viewer does not work in a sandbox; what is stored holds no script.
    policy = "default-src 'none'" if stored.content_type == "application/pdf" else "default-src 'none'; sandbox"
    return HttpResponse(
        stored.data,
        content_type=stored.content_type,
        headers={
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(stored.filename)}",
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
