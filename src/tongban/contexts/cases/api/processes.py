"""Publishing processes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction
from django.db.models import Max

from tongban.contexts.cases import models
from tongban.contexts.cases.domain import steps
from tongban.contexts.cases.domain.errors import ProcessUnknown
from tongban.engines.bpmn import NodeKind, ProcessRefused, Refusal
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Process:
    """A process as packs and pages see it. `owner` stands for the item's own department where a step leaves it open."""

    code: str
    version: int
    name: str
    departments: tuple[str, ...]
    steps: tuple[steps.ReviewStep, ...]
    licences: tuple[str, ...]
    names_read: frozenset[str]
    is_accepted_automatically: bool


def read_process(source: bytes, *, code: str = "", owner: str = steps.OWNER) -> Process:
    """What a process would do, without publishing it. Raises: ProcessRefused, with every refusal."""
    definition = steps.compile_steps(source)
    machine = [steps.machine_step(definition, node.id) for node in definition.of_kind(NodeKind.SERVICE_TASK)]
    return Process(
        code=code or definition.process_id,
        version=0,
        name=definition.name,
        departments=steps.departments(definition, owner=owner),
        steps=steps.review_steps(definition, owner=owner),
        licences=tuple(step.subject for step in machine if step.action == "issue-licence"),
        names_read=definition.names_read(),
        is_accepted_automatically=steps.is_accepted_automatically(definition),
    )


def check_process(source: bytes) -> tuple[Refusal, ...]:
    """Every reason why a process cannot be published; empty when it can."""
    try:
        steps.compile_steps(source)
    except ProcessRefused as refused:
        return refused.refusals
    return ()


@transaction.atomic
def publish_process(*, code: str, source: bytes) -> int:
    """Publish a process under a code and return its version; the drawing in force again changes nothing.

    Running cases keep the version they began under. Raises: ProcessRefused.
    """
    definition = steps.compile_steps(source)
    digest = sha256(source).hexdigest()
    newest = models.ProcessVersion.objects.filter(code=code).order_by("-version").first()
    if newest is not None and newest.digest == digest:
        return newest.version
    last = models.ProcessVersion.objects.filter(code=code).aggregate(last=Max("version"))["last"] or 0
    models.ProcessVersion.objects.create(
        code=code,
        version=last + 1,
        digest=digest,
        drawing=source.decode("utf-8", errors="replace"),
        tables=definition.as_json(),
        published_at=utc_now(),
    )
    return int(last) + 1


def list_process_codes() -> tuple[str, ...]:
    """The codes of every published process."""
    return tuple(models.ProcessVersion.objects.order_by("code").values_list("code", flat=True).distinct())


def newest_process(code: str) -> models.ProcessVersion:
    """The version in force. Raises: ProcessUnknown."""
    found = models.ProcessVersion.objects.filter(code=code).order_by("-version").first()
    if found is None:
        raise ProcessUnknown(
            Text(zh=f"没有发布流程“{code}”", en=f"No process “{code}” is published"),
            remedy=Text(zh="请先用 tongban pack load 加载城市包", en="Load the city pack with tongban pack load first"),
            process=code,
        )
    return found
