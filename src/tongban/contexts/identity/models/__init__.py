"""Tables of identity. Rows change only behind ``api``."""

from tongban.contexts.identity.models.accounts import (
    Account,
    AccountRows,
    AttemptCount,
    KnownDevice,
    Realm,
    phone_hash_of,
)
from tongban.contexts.identity.models.clients import Client
from tongban.contexts.identity.models.login_tickets import LoginTicket
from tongban.contexts.identity.models.mandates import (
    Accreditation,
    Confirmation,
    GuardianAttempt,
    GuardianClaim,
    Guardianship,
    Mandate,
    Proposer,
    Relation,
)
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
    "Accreditation",
    "AttemptCount",
    "BrowserSession",
    "Client",
    "Confirmation",
    "Ending",
    "GuardianAttempt",
    "GuardianClaim",
    "Guardianship",
    "KnownDevice",
    "Level",
    "LoginTicket",
    "Mandate",
    "Organisation",
    "Person",
    "Proposer",
    "RealNameAttempt",
    "RealNameClaim",
    "Realm",
    "Relation",
    "Role",
    "Sex",
    "StaffMember",
    "id_number_hash_of",
    "phone_hash_of",
]
