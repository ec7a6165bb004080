"""Deleting what is no longer needed: given-up drafts, files taken out, records fetched for what was handed in."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from tongban.contexts.forms import models
from tongban.runtime import settings
from tongban.runtime.files import FileStore

DRAFT_KEPT = timedelta(days=365)
READINGS_KEPT = timedelta(days=30)
"""How long the records that departments answered with are kept after the application was handed in."""
ENDED_SESSION_KEPT = timedelta(hours=2)
_BATCH = 500


def file_store(application_id: UUID) -> FileStore:
    """The files of one application, apart from every other's, sealed with the deployment's field key."""
    current = settings.current()
    root = current.data_dir / "files" / "applications" / str(application_id)
    return FileStore(root, base64.b64decode(current.secrets.field_key))


def forget_application(row: models.Application) -> None:
    """Delete a draft with all that hangs on it; its files go when the transaction is committed."""
    forget_files(row.pk, set(models.Upload.objects.filter(application=row).values_list("digest", flat=True)))
    row.delete()


def forget_files(application_id: UUID, digests: set[str]) -> None:
    """Delete bytes once the present transaction is committed, unless they have come back by then."""
    for digest in digests:
        transaction.on_commit(partial(_delete_unused, application_id, digest))


@transaction.atomic
def _delete_unused(application_id: UUID, digest: str) -> None:
    models.Application.objects.select_for_update().filter(pk=application_id).first()
    used = models.Upload.objects.filter(application_id=application_id, digest=digest, removed_at__isnull=True)
    if not used.exists():
        file_store(application_id).delete(digest)


@transaction.atomic
def forget_expired(now: datetime) -> int:
    """Delete what is past its retention, a batch at a time. Returns how many rows went."""
    expired = models.KeptAnswers.objects.filter(kind="expired", kept_at__lt=now - ENDED_SESSION_KEPT).delete()[0]
    handed_in = models.SourceReading.objects.filter(application__submitted_at__lt=now - READINGS_KEPT)
    readings = models.SourceReading.objects.filter(pk__in=handed_in.values_list("pk", flat=True)[:_BATCH]).delete()[0]
    stale = models.Application.objects.filter(state=models.State.DRAFT, updated_at__lt=now - DRAFT_KEPT)
    drafts = list(stale.select_for_update(skip_locked=True)[:_BATCH])
    for row in drafts:
        forget_application(row)
    return expired + readings + len(drafts)
