"""The door of exchange: purposes, grants, reads through the gateway, and the citizen's view of them."""

from tongban.contexts.exchange.api.accesses import (
    Access,
    AccessSummary,
    AccessUnknown,
    MyData,
    OpenPurpose,
    get_access,
    get_my_data,
    get_open_purpose,
    list_accesses,
    list_open_purposes,
    summarise_accesses,
    withdraw_purpose,
)
from tongban.contexts.exchange.api.enterprises import (
    RepresentativeCheckUnavailable,
    RepresentedEnterprise,
    find_represented_enterprise,
)
from tongban.contexts.exchange.api.guardianship import GuardianshipRecord, check_guardianship
from tongban.contexts.exchange.api.policy import (
    GrantSummary,
    check_grants,
    list_grants,
    load_grants,
    publish_snapshot,
    renew_snapshot,
)
from tongban.contexts.exchange.api.purposes import (
    Purpose,
    PurposeUnknown,
    SubjectRef,
    close_purpose,
    close_purposes_of,
    issue_ticket,
    open_purpose,
)
from tongban.contexts.exchange.api.questions import Question, QuestionInvalid, find_questions, raise_question
from tongban.contexts.exchange.api.reads import (
    Read,
    ReadFailure,
    Reading,
    can_check_documents,
    check_document,
    check_identity,
    fetch_many,
    unknown_by_number,
)
from tongban.contexts.exchange.api.showings import record_showing
from tongban.contexts.exchange.domain.grants import GrantRefused
from tongban.contexts.exchange.domain.purposes import PurposeEnded

__all__ = [
    "Access",
    "AccessSummary",
    "AccessUnknown",
    "GrantRefused",
    "GrantSummary",
    "GuardianshipRecord",
    "MyData",
    "OpenPurpose",
    "Purpose",
    "PurposeEnded",
    "PurposeUnknown",
    "Question",
    "QuestionInvalid",
    "Read",
    "ReadFailure",
    "Reading",
    "RepresentativeCheckUnavailable",
    "RepresentedEnterprise",
    "SubjectRef",
    "can_check_documents",
    "check_document",
    "check_grants",
    "check_guardianship",
    "check_identity",
    "close_purpose",
    "close_purposes_of",
    "fetch_many",
    "find_questions",
    "find_represented_enterprise",
    "get_access",
    "get_my_data",
    "get_open_purpose",
    "issue_ticket",
    "list_accesses",
    "list_grants",
    "list_open_purposes",
    "load_grants",
    "open_purpose",
    "publish_snapshot",
    "raise_question",
    "record_showing",
    "renew_snapshot",
    "summarise_accesses",
    "unknown_by_number",
    "withdraw_purpose",
]
