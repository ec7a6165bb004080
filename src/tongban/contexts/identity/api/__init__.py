"""The door of identity: who people, staff and departments are."""

from tongban.contexts.identity.api.accounts import (
    DemoAccountsRefused,
    list_demo_sign_ins,
    load_demo_accounts,
    note_device,
    set_preferences,
)
from tongban.contexts.identity.api.organisations import (
    Organisation,
    OrganisationUnknown,
    find_organisation,
    get_organisation,
    list_organisations,
    load_organisations,
)
from tongban.contexts.identity.api.persons import (
    Contact,
    Person,
    PersonExists,
    PersonUnknown,
    find_contact,
    find_person,
    get_person,
    register_person,
    reveal_id_number,
    set_contact,
)
from tongban.contexts.identity.api.real_name import (
    PendingClaim,
    RealNameResult,
    find_pending_claim,
    forget_stale_claims,
    prove_real_name,
)
from tongban.contexts.identity.api.sessions import (
    has_shown_second_factor,
    session_ends_at,
    session_was_lost,
    staff_needs_second_factor,
)
from tongban.contexts.identity.api.staff import (
    ROLES,
    NewStaff,
    Staff,
    create_staff,
    find_staff,
    list_staff,
)

__all__ = [
    "ROLES",
    "Contact",
    "DemoAccountsRefused",
    "NewStaff",
    "Organisation",
    "OrganisationUnknown",
    "PendingClaim",
    "Person",
    "PersonExists",
    "PersonUnknown",
    "RealNameResult",
    "Staff",
    "create_staff",
    "find_contact",
    "find_organisation",
    "find_pending_claim",
    "find_person",
    "find_staff",
    "forget_stale_claims",
    "get_organisation",
    "get_person",
    "has_shown_second_factor",
    "list_demo_sign_ins",
    "list_organisations",
    "list_staff",
    "load_demo_accounts",
    "load_organisations",
    "note_device",
    "prove_real_name",
    "register_person",
    "reveal_id_number",
    "session_ends_at",
    "session_was_lost",
    "set_contact",
    "set_preferences",
    "staff_needs_second_factor",
]
