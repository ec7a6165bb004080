"""What can go wrong with a case, in words."""

from __future__ import annotations

from tongban.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Text


class CaseUnknown(NotFound):
    """No such case, or not this actor's."""

    code = "case-unknown"


class TaskUnknown(NotFound):
    """No such task, or not this actor's department's."""

    code = "task-unknown"


class StaleTask(Conflict):
    """Somebody else decided or changed the task since the page was opened."""

    code = "stale-task"


class NotYourTask(Forbidden):
    """The task belongs to another department, or the actor holds no role for it."""

    code = "not-your-task"


class CommentMissing(Invalid):
    """A refusal or a request needs a reason that the applicant can read."""

    code = "comment-missing"


class ProcessUnknown(NotFound):
    """No process of this code is published."""

    code = "process-unknown"


class AnswerMissing(Invalid):
    """A supplement was answered with nothing."""

    code = "answer-missing"


class CannotWithdraw(Conflict):
    """The case is too far to be withdrawn."""

    code = "cannot-withdraw"


def case_unknown() -> CaseUnknown:
    """The one answer for what does not exist and what is somebody else's."""
    return CaseUnknown(
        Text(zh="没有这个办件", en="There is no such case"),
        remedy=Text(zh="请核对办件号，或从“我的办件”里打开", en="Check the number, or open it from “My cases”"),
    )


def task_unknown() -> TaskUnknown:
    """The one answer for a task that does not exist and one of another department."""
    return TaskUnknown(
        Text(zh="没有这个待办，或者不归你们部门", en="There is no such task in your department"),
        remedy=Text(zh="请回待办列表重新打开", en="Open it again from the task list"),
    )


def stale_task(officer: str, state: Text) -> StaleTask:
    """The refusal of a decision made on an older page."""
    who_zh, who_en = (f"{officer}已经处理", f"{officer} has acted on it") if officer else ("有了变化", "it has changed")
    return StaleTask(
        Text(
            zh=f"这个待办{who_zh}，现在是“{state.zh}”，你的这次提交没有生效",
            en=f"Since you opened this task {who_en}; it is now {state.en}, and your submission had no effect",
        ),
        remedy=Text(zh="请打开最新的页面再看", en="Open the present page and look again"),
    )


def not_your_task() -> NotYourTask:
    """The refusal of an act by somebody without the role."""
    return NotYourTask(
        Text(zh="你的账号不能办这个待办", en="Your account may not decide this task"),
        remedy=Text(zh="请由本部门有审批权限的同事办理", en="A colleague with approval rights has to do it"),
    )


def comment_missing() -> CommentMissing:
    """The refusal of a decision without its reason."""
    return CommentMissing(
        Text(zh="请写明理由", en="Give the reason"),
        remedy=Text(
            zh="申请人会看到这段话：写清缺什么、怎么改", en="The applicant reads it: say what is missing and what to do"
        ),
        field="comment",
    )
