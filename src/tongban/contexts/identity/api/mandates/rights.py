"""The rights that mandates give, answered from their rows each time: what was revoked ends at the next request."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api import accreditations
from tongban.contexts.identity.api.acting import HeldRight
from tongban.contexts.identity.api.mandates.reading import bind_agent
from tongban.contexts.identity.domain.mandates import State
from tongban.infra.authorisation import Acting
from tongban.kernel.clock import CITY_ZONE, local_date, utc_now


class MandateRights:
    """Fills ``identity.api.RightSource`` for the kind ``mandate``."""

    def find_right(self, *, agent: UUID, reference: UUID) -> HeldRight | None:
        """The right under a mandate that holds today, or ``None``."""
        row = self._holding(agent).filter(pk=reference).first()
        return self._right(row) if row is not None and self._is_backed(row) else None

    def list_rights(self, *, agent: UUID) -> tuple[HeldRight, ...]:
        """Everybody who lets this person act for them today."""
        person = models.Person.objects.filter(pk=agent).first()
        if person is None:
            return ()
        bind_agent(person)
        rows = self._holding(agent).order_by("confirmed_at")
        return tuple(self._right(row) for row in rows if self._is_backed(row))

    def _holding(self, agent: UUID) -> QuerySet[models.Mandate]:
        today = local_date(utc_now())
        rows = models.Mandate.objects.filter(agent=agent, state=State.ACTIVE.value, valid_until__gte=today)
        return rows.select_related("principal", "agent")

    def _is_backed(self, row: models.Mandate) -> bool:
        """A helper's mandate holds no longer than the helper's accreditation."""
        return row.relation != models.Relation.HELPER or accreditations.is_accredited(row.agent_hash)

    def _right(self, row: models.Mandate) -> HeldRight:
        assert row.principal is not None  # an active row has its principal: a constraint of the table
        assert row.agent is not None
        acting = Acting(
            kind="mandate",
            reference=row.pk,
            agent_person_id=row.agent.pk,
            agent_name=row.agent.name,
            principal_name=row.principal.name,
            services=frozenset(row.services),
        )
        over_at = datetime.combine(row.valid_until + timedelta(days=1), time(), CITY_ZONE)
        return HeldRight(acting=acting, person_id=row.principal.pk, expires_at=over_at)
