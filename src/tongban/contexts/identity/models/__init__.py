"""Tables of identity. Rows change only behind ``api``."""

from tongban.contexts.identity.models.accounts import Account, AccountRows, KnownDevice, Realm, phone_hash_of
from tongban.contexts.identity.models.clients import Client
from tongban.contexts.identity.models.endings import EndedBrowser
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
from tongban.contexts.identity.models.provider import (
    Authorization,
    AuthorizationRequest,
    IssuedToken,
    KeyState,
    LogoutDelivery,
    LogoutState,
    PairwiseSubject,
    SigningKey,
    TokenKind,
    UsedProof,
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
    "Authorization",
    "AuthorizationRequest",
    "BrowserSession",
    "CheckKind",
    "Client",
    "Confirmation",
    "EndedBecause",
    "EndedBrowser",
    "Ending",
    "Enterprise",
    "EnterpriseClaimAttempt",
    "GuardianAttempt",
    "GuardianClaim",
    "Guardianship",
    "IdentityCheck",
    "IssuedToken",
    "KeyState",
    "KnownDevice",
    "Level",
    "LoginTicket",
    "LogoutDelivery",
    "LogoutState",
    "Mandate",
    "OperatorAppointment",
    "Organisation",
    "PairwiseSubject",
    "Person",
    "Proposer",
    "RealNameAttempt",
    "RealNameClaim",
    "Realm",
    "RecoverySlip",
    "Relation",
    "Role",
    "Sex",
    "SigningKey",
    "StaffMember",
    "TokenKind",
    "UsedProof",
    "document_hash_of",
    "id_number_hash_of",
    "phone_hash_of",
]
