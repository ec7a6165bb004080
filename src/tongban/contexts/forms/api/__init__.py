"""The door of forms: applications, prefilled values, materials, declarations."""

from tongban.contexts.forms.api.applications import (
    check,
    discard_application,
    find_draft,
    get_application,
    list_drafts,
    override_value,
    restore_value,
    review_application,
    save_answers,
    start_application,
)
from tongban.contexts.forms.api.kept import keep_for_sign_in, keep_stale, take_back
from tongban.contexts.forms.api.materials import attach, detach, open_file, read_declared_file
from tongban.contexts.forms.api.one_time_notices import (
    MissingItem,
    OneTimeNotice,
    find_one_time_notice,
    issue_one_time_notice,
)
from tongban.contexts.forms.api.previews import FormPreview, SourcePreview, preview_form
from tongban.contexts.forms.api.sources import choose_record, refresh_prefill
from tongban.contexts.forms.api.submission import (
    DeclarationUnknown,
    declared_words,
    find_declaration,
    get_declaration,
    submit,
)
from tongban.contexts.forms.domain.definition import MalformedForm, parse
from tongban.contexts.forms.domain.errors import (
    AlreadySubmitted,
    ApplicationUnknown,
    FieldUnknown,
    NotCovered,
    NothingMissing,
    NotReady,
    NotThisChannel,
    ReasonMissing,
    StaleApplication,
    TooManyFiles,
)
from tongban.contexts.forms.domain.materials import MaterialSlot, UploadedFile
from tongban.contexts.forms.domain.snapshots import (
    Application,
    Consent,
    Declaration,
    Difference,
    DraftSummary,
    FieldValue,
    RecordChoice,
    SourceFailure,
    StoredFile,
)
from tongban.contexts.forms.domain.trials import Trial, try_declaration
from tongban.contexts.forms.domain.values import FieldProblem
from tongban.runtime.file_types import FileRefused

__all__ = [
    "AlreadySubmitted",
    "Application",
    "ApplicationUnknown",
    "Consent",
    "Declaration",
    "DeclarationUnknown",
    "Difference",
    "DraftSummary",
    "FieldProblem",
    "FieldUnknown",
    "FieldValue",
    "FileRefused",
    "FormPreview",
    "MalformedForm",
    "MaterialSlot",
    "MissingItem",
    "NotCovered",
    "NotReady",
    "NotThisChannel",
    "NothingMissing",
    "OneTimeNotice",
    "ReasonMissing",
    "RecordChoice",
    "SourceFailure",
    "SourcePreview",
    "StaleApplication",
    "StoredFile",
    "TooManyFiles",
    "Trial",
    "UploadedFile",
    "attach",
    "check",
    "choose_record",
    "declared_words",
    "detach",
    "discard_application",
    "find_declaration",
    "find_draft",
    "find_one_time_notice",
    "get_application",
    "get_declaration",
    "issue_one_time_notice",
    "keep_for_sign_in",
    "keep_stale",
    "list_drafts",
    "open_file",
    "override_value",
    "parse",
    "preview_form",
    "read_declared_file",
    "refresh_prefill",
    "restore_value",
    "review_application",
    "save_answers",
    "start_application",
    "submit",
    "take_back",
    "try_declaration",
]
