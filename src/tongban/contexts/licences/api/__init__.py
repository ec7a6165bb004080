"""The door of licences."""

from tongban.contexts.licences.api.issuing import (
    Holder,
    LicenceChangeRefused,
    change_state,
    issue,
)
from tongban.contexts.licences.api.reading import (
    Licence,
    LicenceUnknown,
    find_valid,
    get_licence,
    list_for_case,
    list_licences,
    pdf,
)
from tongban.contexts.licences.api.types import (
    LicenceType,
    LicenceTypeUnknown,
    find_type,
    get_type,
    list_types,
    load_types,
)
from tongban.contexts.licences.api.verification import (
    ShownField,
    Verification,
    reference_of,
    verify_pdf,
    verify_reference,
)

__all__ = [
    "Holder",
    "Licence",
    "LicenceChangeRefused",
    "LicenceType",
    "LicenceTypeUnknown",
    "LicenceUnknown",
    "ShownField",
    "Verification",
    "change_state",
    "find_type",
    "find_valid",
    "get_licence",
    "get_type",
    "issue",
    "list_for_case",
    "list_licences",
    "list_types",
    "load_types",
    "pdf",
    "reference_of",
    "verify_pdf",
    "verify_reference",
]
