"""Which adapter fills which port. Called once, when Django is ready."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tongban.contexts.exchange import api as exchange
from tongban.contexts.identity import api as identity
from tongban.contexts.identity import ports as identity_ports
from tongban.contexts.notices import ports as notices_ports


def wire() -> None:
    """Fill the ports that contexts declare."""
    notices_ports.use_recipients(_Recipients())
    identity_ports.use_real_name_check(_PoliceRegister())
    identity_ports.use_civil_registry(_Registers())
    identity_ports.use_document_check(_ExitEntryRegister())
    identity_ports.use_enterprise_register(_MarketRegister())


class _Recipients:
    """Addresses of notices come from identity: confirmed ones only."""

    def find(self, person_id: UUID) -> notices_ports.Recipient | None:
        contact = identity.find_contact(person_id)
        if contact is None:
            return None
        return notices_ports.Recipient(name=contact.name, email=contact.email, language=contact.language)


class _PoliceRegister:
    """Real names are checked at the police, through the gateway like every read."""

    def matches(self, *, name: str, id_number: str) -> bool:
        return exchange.check_identity(name=name, id_number=id_number)


_GROUNDS = {"household": identity_ports.Ground.PARENT, "guardians": identity_ports.Ground.APPOINTED}


class _Registers:
    """Parents are named by the household register, appointed guardians by civil affairs; both through the gateway."""

    def find_guardianship(
        self, *, guardian_id_number: str, ward_name: str, ward_id_number: str
    ) -> identity_ports.CivilRegistryAnswer:
        records = exchange.check_guardianship(
            guardian_id_number=guardian_id_number, ward_name=ward_name, ward_id_number=ward_id_number
        )
        evidence = tuple(
            identity_ports.Evidence(_GROUNDS[one.register], one.source, one.record_version, one.observed_at)
            for one in records
            if one.is_held
        )
        silent = frozenset(_GROUNDS[one.register] for one in records if not one.is_answered)
        return identity_ports.CivilRegistryAnswer(evidence, silent)


class _ExitEntryRegister:
    """Other documents are checked at the exit-entry administration, where the city has connected it."""

    def answers_for(self, code: str) -> bool:
        return exchange.can_check_documents()

    def matches(self, *, name: str, document: identity.Document, birth_date: date) -> bool:
        return exchange.check_document(name=name, subject=document.subject, birth_date=birth_date)


class _MarketRegister:
    """Legal representatives are checked at the market supervision bureau, through the gateway like every read."""

    def find(self, *, credit_code: str, id_number: str) -> identity_ports.RegisteredEnterprise | None:
        found = exchange.find_represented_enterprise(credit_code=credit_code, id_number=id_number)
        if found is None:
            return None
        return identity_ports.RegisteredEnterprise(
            name=found.name,
            legal_representative=found.legal_representative,
            kind=found.kind,
            status=found.status,
            address=found.address,
        )
