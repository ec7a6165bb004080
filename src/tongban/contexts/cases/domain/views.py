"""What cases hands to surfaces: frozen, without rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from tongban.contexts.cases.domain.states import CaseState, TaskState
from tongban.engines.clock import Pressure
from tongban.kernel.errors import Text

APPLICANT = Text(zh="申请人", en="the applicant")
"""Whom a case waits for when it is the applicant's turn."""

Outcome = Literal["approve", "reject", "supplement"]


@dataclass(frozen=True, slots=True)
class ClockView:
    """A case's time as people see it. Units: days of `unit`. `due_date` is derived; paused, it is as of today."""

    budget_days: int
    unit: str
    consumed_days: int
    due_date: date | None
    is_provisional: bool
    is_paused: bool
    pause_reason: str | None
    promised_days: int
    promised_due_date: date | None
    promised_used_days: int
    late_days: int
    pressure: Pressure


@dataclass(frozen=True, slots=True)
class Lane:
    """One department's step in the picture of a case. `days` holds one cell a working day: f done, h under way, -."""

    department: str
    department_name: Text
    title: Text
    state: str
    days: tuple[str, ...]
    note: Text
    comment: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True)
class LogView:
    """One entry of a case's log."""

    occurred_at: datetime
    kind: str
    title: Text
    note: str
    officer: str
    department: str


@dataclass(frozen=True, slots=True)
class SupplementFileView:
    """A file that came with an answer."""

    id: UUID
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class SupplementView:
    """A request for more and its answer."""

    id: UUID
    department: str
    department_name: Text
    state: str
    reason: str
    due_date: date
    requested_at: datetime
    answered_at: datetime | None
    answer: str
    files: tuple[SupplementFileView, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its applicant, a clerk or a department of it sees it."""

    id: UUID
    number: str
    title: Text
    conclusion: Text
    service_code: str
    person_id: UUID
    enterprise_id: UUID | None
    agent_id: UUID | None
    applicant: str
    department: str
    department_name: Text
    channel: str
    state: CaseState
    state_name: Text
    state_reason: str
    revision: int
    received_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    lanes: tuple[Lane, ...]
    clock: ClockView
    log: tuple[LogView, ...]
    supplements: tuple[SupplementView, ...]
    application_id: UUID
    declaration_id: UUID
    licences: tuple[str, ...]
    issues_licences: bool
    waiting_on: tuple[Text, ...]
    can_withdraw: bool

    @property
    def open_supplements(self) -> tuple[SupplementView, ...]:
        """What the applicant has to answer now."""
        return tuple(item for item in self.supplements if item.state == "open")

    @property
    def due_date(self) -> date | None:
        """The promised day."""
        return self.clock.promised_due_date


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list. `short_number` is its day and serial, for a person who looks at their own."""

    number: str
    short_number: str
    title: Text
    state: CaseState
    state_name: Text
    applicant: str
    received_at: datetime
    closed_at: datetime | None
    due_date: date | None
    conclusion: Text
    needs_applicant: bool


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """A task in a list."""

    id: UUID
    case_number: str
    case_title: Text
    applicant: str
    title: Text
    department: str
    state: TaskState
    state_name: Text
    due_date: date | None
    pressure: Pressure
    days_left: int | None
    opened_at: datetime
    closed_at: datetime | None
    officer: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SeenField:
    """A value of the declaration that this department may see, with where it came from."""

    name: str
    label: Text
    words: Text
    origin: str
    source_name: Text
    observed_at: datetime | None
    reason: str = ""
    replaced: Text | None = None
    resource: str = ""
    resource_field: str = ""


@dataclass(frozen=True, slots=True)
class SeenMaterial:
    """A material of the application."""

    name: str
    label: Text
    state: str
    source_name: Text
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataRead:
    """A read that the process lets this step make at the source."""

    resource: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What a source department answered, once. Shape of a record: (label, value) rows; `problem` when none came."""

    name: Text
    provider: Text
    records: tuple[tuple[tuple[Text, str], ...], ...]
    problem: Text | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as its department sees it: only its own fields of the declaration."""

    task: TaskSummary
    revision: int
    comment: str
    case: CaseView
    fields: tuple[SeenField, ...]
    hidden_fields: int
    materials: tuple[SeenMaterial, ...]
    reads: tuple[DataRead, ...]
    failures: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision did."""

    task_id: UUID
    case_number: str
    case_title: Text
    outcome: str
    case_state: CaseState
    next_task_id: UUID | None
