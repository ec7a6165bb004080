"""Tables of identity. Rows change only behind ``api``."""

from tongban.contexts.identity.models.accounts import (
    Account,
    AccountRows,
    KnownDevice,
    Realm,
    phone_hash_of,
)
from tongban.contexts.identity.models.limits import AttemptWindow
from tongban.contexts.identity.models.persons import (
    Level,
    Person,
    RealNameAttempt,
    RealNameClaim,
    Sex,
    id_number_hash_of,
)
from tongban.contexts.identity.models.sessions import AccountSession, BrowserSession, Ending
from tongban.contexts.identity.models.staff import Organisation, Role, StaffMember

__all__ = [
    "Account",
    "AccountRows",
    "AccountSession",
    "AttemptWindow",
    "BrowserSession",
    "Ending",
    "KnownDevice",
    "Level",
    "Organisation",
    "Person",
    "RealNameAttempt",
    "RealNameClaim",
    "Realm",
    "Role",
    "Sex",
    "StaffMember",
    "id_number_hash_of",
    "phone_hash_of",
]
