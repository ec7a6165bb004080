"""The state tables of a case, a task and a supplement. What is not in a table cannot happen."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from tongban.kernel.errors import Conflict, Text


class CaseState(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    SUPPLEMENT = "supplement"
    APPROVED = "approved"
    REJECTED = "rejected"
    NOT_ACCEPTED = "not-accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def is_closed(self) -> bool:
        """Whether nothing more happens."""
        return self not in {CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.SUPPLEMENT}


class CaseAct(StrEnum):
    """What moves a case."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    ASK = "ask"
    ANSWERED = "answered"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


class TaskState(StrEnum):
    """Where one department's step stands."""

    OPEN = "open"
    SUPPLEMENT = "supplement"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"

    @property
    def is_closed(self) -> bool:
        """Whether the department is done with it."""
        return self not in {TaskState.OPEN, TaskState.SUPPLEMENT}


class TaskAct(StrEnum):
    """What moves a task."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"
    ANSWER = "answer"
    CANCEL = "cancel"


class SupplementState(StrEnum):
    """Where a request for more material stands."""

    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


CASE_TABLE: dict[tuple[CaseState, CaseAct], CaseState] = {
    (CaseState.RECEIVED, CaseAct.ACCEPT): CaseState.ACCEPTED,
    (CaseState.RECEIVED, CaseAct.REFUSE): CaseState.NOT_ACCEPTED,
    (CaseState.RECEIVED, CaseAct.WITHDRAW): CaseState.WITHDRAWN,
    (CaseState.ACCEPTED, CaseAct.ASK): CaseState.SUPPLEMENT,
    (CaseState.ACCEPTED, CaseAct.APPROVE): CaseState.APPROVED,
    (CaseState.ACCEPTED, CaseAct.REJECT): CaseState.REJECTED,
    (CaseState.ACCEPTED, CaseAct.WITHDRAW): CaseState.WITHDRAWN,
    # A second department may ask while the first still waits; the clock is paused once.
    (CaseState.SUPPLEMENT, CaseAct.ASK): CaseState.SUPPLEMENT,
    (CaseState.SUPPLEMENT, CaseAct.ANSWERED): CaseState.ACCEPTED,
    (CaseState.SUPPLEMENT, CaseAct.REJECT): CaseState.REJECTED,
    (CaseState.SUPPLEMENT, CaseAct.WITHDRAW): CaseState.WITHDRAWN,
    (CaseState.SUPPLEMENT, CaseAct.LAPSE): CaseState.LAPSED,
}

TASK_TABLE: dict[tuple[TaskState, TaskAct], TaskState] = {
    (TaskState.OPEN, TaskAct.APPROVE): TaskState.APPROVED,
    (TaskState.OPEN, TaskAct.REJECT): TaskState.REJECTED,
    (TaskState.OPEN, TaskAct.ASK): TaskState.SUPPLEMENT,
    (TaskState.OPEN, TaskAct.CANCEL): TaskState.CANCELLED,
    (TaskState.SUPPLEMENT, TaskAct.ANSWER): TaskState.OPEN,
    (TaskState.SUPPLEMENT, TaskAct.CANCEL): TaskState.CANCELLED,
}

_State = TypeVar("_State", CaseState, TaskState)
_CASE_NAMES = {
    CaseState.RECEIVED: Text(zh="已收件", en="received"),
    CaseState.ACCEPTED: Text(zh="在办", en="being handled"),
    CaseState.SUPPLEMENT: Text(zh="等申请人补材料", en="waiting for the applicant's documents"),
    CaseState.APPROVED: Text(zh="已办结", en="done"),
    CaseState.REJECTED: Text(zh="没有批准", en="not approved"),
    CaseState.NOT_ACCEPTED: Text(zh="没有受理", en="not accepted"),
    CaseState.WITHDRAWN: Text(zh="已撤回", en="withdrawn"),
    CaseState.LAPSED: Text(zh="逾期未补，已终止", en="ended: documents not supplied in time"),
}
_TASK_NAMES = {
    TaskState.OPEN: Text(zh="正在办", en="under way"),
    TaskState.SUPPLEMENT: Text(zh="等补材料", en="waiting for documents"),
    TaskState.APPROVED: Text(zh="已同意", en="approved"),
    TaskState.REJECTED: Text(zh="已不同意", en="refused"),
    TaskState.CANCELLED: Text(zh="已取消", en="cancelled"),
}


class NotNow(Conflict):
    """The case or task is past the point where this can be done."""

    code = "case-not-in-state"


def next_case_state(state: CaseState, act: CaseAct) -> CaseState:
    """The state after an act. Raises: NotNow, telling the present state."""
    return _next(CASE_TABLE.get((state, act)), _CASE_NAMES[state], Text(zh="这件事", en="This case"))


def next_task_state(state: TaskState, act: TaskAct) -> TaskState:
    """The state after an act. Raises: NotNow, telling the present state."""
    return _next(TASK_TABLE.get((state, act)), _TASK_NAMES[state], Text(zh="这一步", en="This step"))


def case_state_name(state: CaseState) -> Text:
    """A case's state in words."""
    return _CASE_NAMES[state]


def task_state_name(state: TaskState) -> Text:
    """A task's state in words."""
    return _TASK_NAMES[state]


def _next(following: _State | None, name: Text, subject: Text) -> _State:
    if following is None:
        raise NotNow(
            Text(
                zh=f"{subject.zh}现在是“{name.zh}”，不能这样办",
                en=f"{subject.en} is {name.en}; this cannot be done now",
            ),
            remedy=Text(zh="请刷新页面，按最新状态再办", en="Reload the page and act on its present state"),
        )
    return following
