"""Tables of identity. Rows change only behind ``api``."""

from tongban.contexts.identity.models.accounts import (
    Account,
    AccountRows,
    KnownDevice,
    Realm,
    phone_hash_of,
)
from tongban.contexts.identity.models.clients import Client
from tongban.contexts.identity.models.enterprises import (
    EndedBecause,
    Enterprise,
    EnterpriseClaimAttempt,
    OperatorAppointment,
)
from tongban.contexts.identity.models.limits import AttemptWindow
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
    "Accreditation",
    "AttemptWindow",
    "BrowserSession",
    "CheckKind",
    "Client",
    "Confirmation",
    "EndedBecause",
    "Ending",
    "Enterprise",
    "EnterpriseClaimAttempt",
    "GuardianAttempt",
    "GuardianClaim",
    "Guardianship",
    "IdentityCheck",
    "KnownDevice",
    "Level",
    "LoginTicket",
    "Mandate",
    "OperatorAppointment",
    "Organisation",
    "Person",
    "Proposer",
    "RealNameAttempt",
    "RealNameClaim",
    "Realm",
    "RecoverySlip",
    "Relation",
    "Role",
    "Sex",
    "StaffMember",
    "document_hash_of",
    "id_number_hash_of",
    "phone_hash_of",
]
