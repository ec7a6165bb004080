"""Tables of identity. Rows change only behind ``api``."""

from tongban.contexts.identity.models.accounts import (
    Account,
    AccountRows,
    AttemptCount,
    KnownDevice,
    Realm,
    phone_hash_of,
)
from tongban.contexts.identity.models.persons import (
    Level,
    Person,
    RealNameAttempt,
    RealNameClaim,
    Sex,
    document_hash_of,
    id_number_hash_of,
)
from tongban.contexts.identity.models.sessions import AccountSession, BrowserSession, Ending
from tongban.contexts.identity.models.staff import Organisation, Role, StaffMember
from tongban.contexts.identity.models.window import CheckKind, IdentityCheck, RecoverySlip

__all__ = [
    "Account",
    "AccountRows",
    "AccountSession",
    "AttemptCount",
    "BrowserSession",
    "CheckKind",
    "Ending",
    "IdentityCheck",
    "KnownDevice",
    "Level",
    "Organisation",
    "Person",
    "RealNameAttempt",
    "RealNameClaim",
    "Realm",
    "RecoverySlip",
    "Role",
    "Sex",
    "StaffMember",
    "document_hash_of",
    "id_number_hash_of",
    "phone_hash_of",
]
