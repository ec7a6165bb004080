"""Facts that cases publishes. They carry ids and codes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A declaration became a case 收件."""

    topic: ClassVar[str] = "cases.case-opened"
    version: ClassVar[int] = 1
    case_id: str
    number: str
    service_code: str
    channel: str


@dataclass(frozen=True, slots=True)
class CaseAccepted:
    """A case was accepted 受理 and its clock started."""

    topic: ClassVar[str] = "cases.case-accepted"
    version: ClassVar[int] = 1
    case_id: str
    number: str


@dataclass(frozen=True, slots=True)
class TaskDecided:
    """A department decided its step."""

    topic: ClassVar[str] = "cases.task-decided"
    version: ClassVar[int] = 1
    case_id: str
    number: str
    task_id: str
    department: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SupplementRequested:
    """A department asked the applicant for more."""

    topic: ClassVar[str] = "cases.supplement-requested"
    version: ClassVar[int] = 1
    case_id: str
    number: str
    supplement_id: str
    department: str


@dataclass(frozen=True, slots=True)
class SupplementAnswered:
    """The applicant answered a department."""

    topic: ClassVar[str] = "cases.supplement-answered"
    version: ClassVar[int] = 1
    case_id: str
    number: str
    supplement_id: str
    department: str


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """A case came to its end. ``outcome`` is its last state."""

    topic: ClassVar[str] = "cases.case-closed"
    version: ClassVar[int] = 1
    case_id: str
    number: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ServiceJobReady:
    """A step of the platform's own waits to be done."""

    topic: ClassVar[str] = "cases.service-job-ready"
    version: ClassVar[int] = 1
    job_id: str


@dataclass(frozen=True, slots=True)
class SupplementDue:
    """The last day for an answer is over; delivered then."""

    topic: ClassVar[str] = "cases.supplement-due"
    version: ClassVar[int] = 1
    supplement_id: str


@dataclass(frozen=True, slots=True)
class AcceptanceDue:
    """The days in which a department decides on acceptance are over; delivered then."""

    topic: ClassVar[str] = "cases.acceptance-due"
    version: ClassVar[int] = 1
    case_id: str
