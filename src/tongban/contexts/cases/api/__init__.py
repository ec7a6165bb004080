"""The door of cases: processes, intake, departments' tasks, and the applicant's side."""

from tongban.contexts.cases.api.applicants import (
    Attachment,
    answer_supplement,
    open_supplement_file,
    withdraw,
)
from tongban.contexts.cases.api.intake import accept_case, open_case, refuse_case
from tongban.contexts.cases.api.processes import (
    Process,
    check_process,
    list_process_codes,
    publish_process,
    read_process,
)
from tongban.contexts.cases.api.progress import count_open, find_cases, get_case, list_cases, list_to_accept
from tongban.contexts.cases.api.sources import open_material_file, read_at_source
from tongban.contexts.cases.api.tasks import count_tasks, decide_task, get_task, list_tasks
from tongban.contexts.cases.domain.errors import (
    AnswerMissing,
    CannotWithdraw,
    CaseUnknown,
    CommentMissing,
    NotYourTask,
    ProcessUnknown,
    StaleTask,
    TaskUnknown,
)
from tongban.contexts.cases.domain.numbers import spaced
from tongban.contexts.cases.domain.states import CaseState, NotNow, TaskState
from tongban.contexts.cases.domain.views import (
    APPLICANT,
    CaseSummary,
    CaseView,
    ClockView,
    DataRead,
    Decision,
    Lane,
    LogView,
    Outcome,
    SeenField,
    SeenMaterial,
    SourceAnswer,
    SupplementView,
    TaskSummary,
    TaskView,
)
from tongban.engines.bpmn import ProcessRefused, Refusal

__all__ = [
    "APPLICANT",
    "AnswerMissing",
    "Attachment",
    "CannotWithdraw",
    "CaseState",
    "CaseSummary",
    "CaseUnknown",
    "CaseView",
    "ClockView",
    "CommentMissing",
    "DataRead",
    "Decision",
    "Lane",
    "LogView",
    "NotNow",
    "NotYourTask",
    "Outcome",
    "Process",
    "ProcessRefused",
    "ProcessUnknown",
    "Refusal",
    "SeenField",
    "SeenMaterial",
    "SourceAnswer",
    "StaleTask",
    "SupplementView",
    "TaskState",
    "TaskSummary",
    "TaskUnknown",
    "TaskView",
    "accept_case",
    "answer_supplement",
    "check_process",
    "count_open",
    "count_tasks",
    "decide_task",
    "find_cases",
    "get_case",
    "get_task",
    "list_cases",
    "list_process_codes",
    "list_tasks",
    "list_to_accept",
    "open_case",
    "open_material_file",
    "open_supplement_file",
    "publish_process",
    "read_at_source",
    "read_process",
    "refuse_case",
    "spaced",
    "withdraw",
]
