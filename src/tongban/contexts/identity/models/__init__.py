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
from tongban.contexts.identity.models.persons import (
    Level,
    Person,
    RealNameAttempt,
    RealNameClaim,
    Sex,
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

__all__ = [
    "Account",
    "AccountRows",
    "AccountSession",
    "AttemptCount",
    "Authorization",
    "AuthorizationRequest",
    "BrowserSession",
    "Client",
    "Ending",
    "IssuedToken",
    "KeyState",
    "KnownDevice",
    "Level",
    "LogoutDelivery",
    "LogoutState",
    "Organisation",
    "PairwiseSubject",
    "Person",
    "RealNameAttempt",
    "RealNameClaim",
    "Realm",
    "Role",
    "Sex",
    "SigningKey",
    "StaffMember",
    "TokenKind",
    "UsedProof",
    "id_number_hash_of",
    "phone_hash_of",
]
