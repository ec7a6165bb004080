"""A file over the limit is dropped while it arrives: the rest of the form is read, and the page says which file."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

MAX_BYTES = 20 * 1024 * 1024
View = Callable[..., HttpResponseBase]


class CappedUpload(FileUploadHandler):
    """Counts a file's bytes and skips it beyond the limit; ``too_large`` names the inputs that were skipped."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.too_large: list[str] = []
        self.received = 0

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            self.too_large.append(str(self.field_name))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def with_capped_uploads(view: View) -> View:
    """Put the cap before anything reads the body; the protection against forged requests runs right after it."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def capped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            handler = CappedUpload(request)
            request.upload_handlers.insert(0, handler)
            request.capped_upload = handler  # type: ignore[attr-defined]  # read by too_large_inputs
        return protected(request, *args, **kwargs)

    return capped


def too_large_inputs(request: HttpRequest) -> tuple[str, ...]:
    """Names of the file inputs whose file was over the limit."""
    handler = getattr(request, "capped_upload", None)
    return tuple(handler.too_large) if isinstance(handler, CappedUpload) else ()
