"""Files of material slots: taken in, taken out, read back."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from tongban.contexts.forms import models
from tongban.contexts.forms.api.applications import touch
from tongban.contexts.forms.domain.coercion import clean_text
from tongban.contexts.forms.domain.errors import FieldUnknown, TooManyFiles, unknown_application
from tongban.contexts.forms.domain.materials import MaterialRule
from tongban.contexts.forms.domain.snapshots import Application, StoredFile
from tongban.contexts.forms.forgetting import file_store, forget_files
from tongban.contexts.forms.rows import locked_draft, may_see
from tongban.contexts.forms.service_forms import get_service_form
from tongban.contexts.forms.snapshot import load_standing, snapshot
from tongban.infra import audit
from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.runtime.file_types import FileRefused, Inspected, inspect, too_large
from tongban.runtime.files import FileMissing

MAX_FILES = 10
_UNSAFE = re.compile(r'[\\/:*?"<>|;\x00-\x1f]')


def attach(
    *, application_id: UUID, slot: str, filename: str, content_type: str, stream: BinaryIO, actor: Actor
) -> Application:
    """Put a file in a material slot. What it is, its bytes decide; the name and the claimed type are only names.

    Raises: FieldUnknown for a slot the service does not have; FileRefused; TooManyFiles.
    """
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        service = get_service_form(row.service_code, row.service_version)
        rule = next((rule for rule in service.materials if rule.name == slot), None)
        if rule is None:
            raise _no_such_slot()
        found = _inspect(rule, stream)
        current = models.Upload.objects.filter(application=row, slot=slot, removed_at__isnull=True)
        digest = file_store(row.pk).put(found.data)
        if not current.filter(digest=digest).exists():
            if current.count() >= MAX_FILES:
                raise _too_many()
            models.Upload.objects.create(
                application=row, slot=slot, digest=digest, filename=safe_name(filename, found.extension),
                content_type=found.content_type, size=len(found.data), uploaded_by=actor.reference,
                uploaded_at=utc_now(),
            )  # fmt: skip
            touch(row)
        return snapshot(load_standing(row))


def _inspect(rule: MaterialRule, stream: BinaryIO) -> Inspected:
    data = stream.read(rule.max_bytes + 1)
    if len(data) > rule.max_bytes:
        raise _over(rule.max_bytes)
    found = inspect(data)
    if found.extension not in rule.accept:
        kinds = "、".join(sorted(kind.upper() for kind in rule.accept))
        raise FileRefused(
            Text(zh=f"这份材料只收 {kinds}", en=f"This material is taken as {kinds.replace('、', ', ')} only"),
            remedy=Text(zh="请换一种格式再传。", en="Upload it in another format."),
            reason="not-accepted-here",
        )
    return found


def _over(limit: int) -> FileRefused:
    megabytes = limit // (1024 * 1024)
    if megabytes >= 20:
        return too_large()
    return FileRefused(
        Text(zh=f"文件超过 {megabytes} MB", en=f"The file is larger than {megabytes} MB"),
        remedy=Text(zh="请压缩后再传，或分成几份。", en="Make it smaller, or split it into several files."),
        reason="too-large",
    )


def safe_name(filename: str, extension: str) -> str:
    """A file name to show and to offer for saving: no path, no control or shell characters, the true extension."""
    name = PurePosixPath(clean_text(filename).replace("\\", "/")).name
    stem = _UNSAFE.sub("_", name.rsplit(".", 1)[0]).strip(" ._") or "文件"
    return f"{stem[:80]}.{extension}"


def detach(*, application_id: UUID, upload_id: UUID, actor: Actor) -> Application:
    """Take a file out of its slot and delete it; a repeat changes nothing. Raises: AlreadySubmitted."""
    with transaction.atomic():
        row = locked_draft(application_id, actor)
        files = models.Upload.objects.filter(application=row, pk=upload_id, removed_at__isnull=True)
        digests = set(files.values_list("digest", flat=True))
        if files.update(removed_at=utc_now()):
            used = models.Upload.objects.filter(application=row, removed_at__isnull=True)
            forget_files(row.pk, digests - set(used.values_list("digest", flat=True)))
            touch(row)
        return snapshot(load_standing(row))


def open_file(*, upload_id: UUID, actor: Actor) -> StoredFile:
    """A file of an application that the actor may see; a clerk's look goes on record. Raises: NotFound, FileSpoilt."""
    item = models.Upload.objects.select_related("application").filter(pk=upload_id, removed_at__isnull=True).first()
    if item is None or not may_see(actor, item.application):
        raise unknown_application()
    if actor.kind == "staff":
        audit.record(actor=actor, action="forms.file-viewed", subject=f"upload:{item.pk}")
    return StoredFile(item.filename, item.content_type, file_store(item.application_id).get(item.digest))


def read_declared_file(*, declaration_id: UUID, digest: str) -> StoredFile:
    """A file that a declaration names, for contexts above that have checked who asks. Raises: FileMissing."""
    item = models.Upload.objects.filter(application__declaration=declaration_id, digest=digest).first()
    if item is None:
        raise FileMissing(Text(zh="申报里没有这个文件", en="The declaration has no such file"))
    return StoredFile(item.filename, item.content_type, file_store(item.application_id).get(digest))


def _no_such_slot() -> FieldUnknown:
    return FieldUnknown(
        Text(zh="这件事不需要这份材料", en="This service does not ask for this material"),
        remedy=Text(zh="请回到申请表，按列出的材料上传。", en="Go back to the form and upload what it lists."),
    )


def _too_many() -> TooManyFiles:
    return TooManyFiles(
        Text(zh=f"一份材料最多 {MAX_FILES} 个文件", en=f"A material holds at most {MAX_FILES} files"),
        remedy=Text(zh="请先删掉不要的，或合成一个 PDF。", en="Remove some first, or join them into one PDF."),
    )
