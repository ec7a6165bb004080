"""What somebody's own page is made of, gathered from the rooms that know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tongban.contexts.cases import api as cases_api
from tongban.contexts.exchange import api as exchange_api
from tongban.contexts.forms import api as forms_api
from tongban.contexts.identity import api as identity
from tongban.contexts.licences import api as licences_api
from tongban.contexts.notices import api as notices_api
from tongban.infra.authorisation import Party
from tongban.kernel.clock import utc_now

SHOWN = 5
DATA_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Space:
    """Everything that the page shows of a person."""

    drafts: tuple[forms_api.DraftSummary, ...]
    cases: tuple[cases_api.CaseSummary, ...]
    licences: tuple[licences_api.Licence, ...]
    licence_count: int
    accesses: exchange_api.AccessSummary
    notices: tuple[notices_api.Notice, ...]
    unread: int
    invitations: tuple[identity.Appointment, ...]

    @property
    def supplements(self) -> tuple[cases_api.CaseSummary, ...]:
        """Cases in which a department waits for the person."""
        return tuple(case for case in self.cases if case.needs_applicant)

    @property
    def todo_count(self) -> int:
        """How many things wait for the person."""
        return len(self.drafts) + len(self.supplements) + len(self.invitations)


def space_of(own: identity.OwnIdentity) -> Space:
    """The parts of one's own page; each list is cut to what the page shows."""
    person = own.person
    held = licences_api.list_licences(Party(person.id))
    told, unread = notices_api.latest(person.id)
    return Space(
        cases=cases_api.list_cases(Party(person.id)).items,
        drafts=forms_api.list_drafts(Party(person.id))[:SHOWN],
        licences=held[:SHOWN],
        licence_count=len(held),
        accesses=exchange_api.summarise_accesses(subject_id_number=own.subject, since=utc_now() - DATA_WINDOW),
        notices=told,
        unread=unread,
        invitations=identity.list_invitations(person.id),
    )
