"""Mandates 亲友代办: one person lets another do some services for them, until a day."""

from tongban.contexts.identity.api.mandates.acts import ActDone, list_acts, list_every_act, tell_principal
from tongban.contexts.identity.api.mandates.confirming import (
    confirm,
    confirm_at_window,
    decline,
    end_at_window,
    expire_due,
    hand_back,
    revoke,
    withdraw,
)
from tongban.contexts.identity.api.mandates.proposing import ask, draw_up_at_window, give, latest_day
from tongban.contexts.identity.api.mandates.reading import (
    Mandate,
    Paper,
    count_waiting,
    get_at_window,
    get_given,
    get_held,
    list_given,
    list_held,
    read_paper,
)
from tongban.contexts.identity.api.mandates.rights import MandateRights
from tongban.contexts.identity.api.mandates.terms import (
    RELATIONS,
    MandateInvalid,
    MandateMoved,
    MandateUnknown,
    Named,
    Terms,
    TooManyMandates,
)

__all__ = [
    "RELATIONS",
    "ActDone",
    "Mandate",
    "MandateInvalid",
    "MandateMoved",
    "MandateRights",
    "MandateUnknown",
    "Named",
    "Paper",
    "Terms",
    "TooManyMandates",
    "ask",
    "confirm",
    "confirm_at_window",
    "count_waiting",
    "decline",
    "draw_up_at_window",
    "end_at_window",
    "expire_due",
    "get_at_window",
    "get_given",
    "get_held",
    "give",
    "hand_back",
    "latest_day",
    "list_acts",
    "list_every_act",
    "list_given",
    "list_held",
    "read_paper",
    "revoke",
    "tell_principal",
    "withdraw",
]
