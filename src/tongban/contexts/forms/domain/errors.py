"""What can go wrong with an application, in words."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.contexts.forms.domain.values import FieldProblem
from tongban.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Text


class ApplicationUnknown(NotFound):
    """No such application, or not this actor's."""

    code = "application-unknown"


class StaleApplication(Conflict):
    """The application was saved elsewhere since this page was opened; ``details`` names the present revision."""

    code = "stale-application"


class AlreadySubmitted(Conflict):
    """A draft is needed, and this one has been handed in."""

    code = "already-submitted"


class NotThisChannel(Conflict):
    """The service cannot be applied for in this way."""

    code = "not-this-channel"


class NotCovered(Forbidden):
    """The right under which somebody acts for another does not reach this service."""

    code = "not-covered"


class FieldUnknown(Invalid):
    """The form has no such field, record or material."""

    code = "field-unknown"


class ReasonMissing(Invalid):
    """A department's value changes only with a reason."""

    code = "reason-missing"


class TooManyFiles(Invalid):
    """A slot holds as many files as it may."""

    code = "too-many-files"


class NothingMissing(Conflict):
    """A notice of what is missing was asked for, and nothing is."""

    code = "nothing-missing"


class NotReady(Invalid):
    """The application cannot be handed in yet; ``problems`` says why, field by field."""

    code = "not-ready"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(
            Text(zh=f"还有 {len(problems)} 处要改", en=f"{len(problems)} thing(s) to put right"),
            remedy=Text(zh="请按提示改好再提交。", en="Put them right and hand in again."),
            problems=[[problem.field, problem.keyword] for problem in problems],
        )
        self.problems = tuple(problems)


def unknown_application() -> ApplicationUnknown:
    """The one answer for what does not exist and what is somebody else's."""
    return ApplicationUnknown(
        Text(zh="没有这份申请", en="There is no such application"),
        remedy=Text(zh="请到“我的办件”里找，或重新开始办理。", en="Look under “My cases”, or start again."),
    )


def stale(revision: int) -> StaleApplication:
    """The refusal of a save made on an older revision."""
    return StaleApplication(
        Text(zh="这份申请在别处改过了", en="This application was changed elsewhere"),
        remedy=Text(zh="请核对两边的内容，选一个。", en="Compare both versions and choose."),
        revision=revision,
    )


def already_submitted() -> AlreadySubmitted:
    """The refusal of a change to what has been handed in."""
    return AlreadySubmitted(
        Text(zh="这份申请已经提交了，不能再改", en="This application has been handed in and cannot change"),
        remedy=Text(zh="请到“我的办件”里看进度。", en="See its progress under “My cases”."),
    )
