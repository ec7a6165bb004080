"""Finding and locking rows, and who may see them."""

from __future__ import annotations

from uuid import UUID

from tongban.contexts.cases import models
from tongban.contexts.cases.domain.errors import case_unknown, not_your_task, task_unknown
from tongban.infra.authorisation import Actor

_OVERSIGHT = frozenset({"official", "auditor"})


def locked_case(case_id: UUID) -> models.Case:
    """A case, locked until the end of the transaction. Every write starts here, so that no two cross."""
    found = models.Case.objects.select_for_update(of=("self",)).select_related("process").filter(pk=case_id).first()
    if found is None:
        raise case_unknown()
    return found


def case_by_number(number: str, actor: Actor) -> models.Case:
    """A case that the actor may see. Raises: CaseUnknown, also for somebody else's."""
    found = models.Case.objects.select_related("process").filter(number=number).first()
    if found is None or not may_see(actor, found):
        raise case_unknown()
    return found


def own_case(number: str, actor: Actor) -> models.Case:
    """A case of this applicant, or any for a window clerk who acts for them. Raises: CaseUnknown."""
    found = models.Case.objects.filter(number=number).first()
    is_clerk = actor.kind == "staff" and "clerk" in actor.roles
    if found is None or not (is_clerk or _is_own(actor, found)):
        raise case_unknown()
    return locked_case(found.pk)


def may_see(actor: Actor, case: models.Case) -> bool:
    """Its applicant; clerks, officials and auditors; and staff of a department that takes part."""
    if actor.kind == "system":
        return True
    if actor.kind == "resident":
        return _is_own(actor, case)
    if actor.kind != "staff":
        return False
    if "clerk" in actor.roles or _OVERSIGHT & actor.roles or actor.organisation == case.department:
        return True
    return models.Task.objects.filter(case=case, department=actor.organisation or "").exists()


def _is_own(actor: Actor, case: models.Case) -> bool:
    return actor.owns(person_id=case.person_id, enterprise_id=case.enterprise_id, service_code=case.service_code)


def task_of(task_id: UUID, actor: Actor) -> models.Task:
    """A task of the actor's department. Raises: TaskUnknown."""
    found = models.Task.objects.select_related("case__process").filter(pk=task_id).first()
    if found is None or actor.kind != "staff" or actor.organisation != found.department:
        raise task_unknown()
    return found


def require_approver(actor: Actor) -> None:
    """Only members of staff with the role decide. Raises: NotYourTask."""
    if actor.kind != "staff" or "approver" not in actor.roles:
        raise not_your_task()
