"""A repeated write gets its first answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection

from tongban.infra.models import IdempotencyKey
from tongban.kernel import canonical_json
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Text


class KeyReused(Conflict):
    """The same key came with another request."""

    code = "idempotency-key-reused"


def once(
    *, scope: str, key: str, request: Mapping[str, Any], produce: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Do a write at most once for a key, and answer every repeat as the first time.

    Runs in the caller's transaction and holds an advisory lock on the key until its end, so that of two simultaneous
    requests the second waits and then gets the first one's answer. ``produce`` returns JSON values (ids).
    Raises: KeyReused when the key was used for another request.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an idempotent write runs inside a transaction")
    digest = canonical_json.digest(dict(request))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{scope}\x1f{key}"])
    known = IdempotencyKey.objects.filter(scope=scope, key=key).first()
    if known is None:
        answer = dict(produce())
        IdempotencyKey.objects.create(scope=scope, key=key, request_digest=digest, answer=answer, created_at=utc_now())
        return answer
    if known.request_digest != digest:
        raise KeyReused(
            Text(zh="这次提交和上次的内容不同", en="This submission differs from the one already received"),
            remedy=Text(zh="请重新打开页面，再提交一次", en="Open the page again and submit once more"),
        )
    stored: Mapping[str, Any] = known.answer
    return stored
