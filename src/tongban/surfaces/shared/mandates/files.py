"""The signed paper of a mandate as a file."""

from __future__ import annotations

from django.http import HttpResponse

from tongban.contexts.identity import api as identity

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}


def paper_response(paper: identity.mandates.Paper) -> HttpResponse:
    """A signed paper to keep or look at; it is never shown inside a page of ours."""
    name = f"mandate.{_ENDINGS.get(paper.content_type, 'ofd')}"
    return HttpResponse(
        paper.data,
        content_type=paper.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
