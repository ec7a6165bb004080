"""What identity needs from outside. ``assembly`` fills it; until then the Null implementation says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tongban.contexts.identity.domain.documents import Document
from tongban.contexts.identity.domain.guardians import Evidence, Ground
from tongban.kernel.errors import Text, Unavailable

__all__ = [
    "CivilRegistry",
    "CivilRegistryAnswer",
    "DocumentCheck",
    "EnterpriseRegister",
    "EnterpriseRegisterMissing",
    "Evidence",
    "Ground",
    "NoCivilRegistry",
    "NoDocumentCheck",
    "NoEnterpriseRegister",
    "NoRealNameCheck",
    "RealNameCheck",
    "RealNameSourceMissing",
    "RegisteredEnterprise",
    "civil_registry",
    "document_check",
    "enterprise_register",
    "real_name_check",
    "use_civil_registry",
    "use_document_check",
    "use_enterprise_register",
    "use_real_name_check",
]


class RealNameCheck(Protocol):
    """Asks the authority that keeps the population register whether a name and a number belong together."""

    def matches(self, *, name: str, id_number: str) -> bool:
        """Whether they do. Raises: any ``Unavailable`` when the authority cannot answer now."""
        ...


class RealNameSourceMissing(Unavailable):
    """No source is connected."""

    code = "real-name-source-missing"


class NoRealNameCheck:
    """Shipped default: no source is connected, so nobody is verified."""

    def matches(self, *, name: str, id_number: str) -> bool:
        """Always unavailable."""
        raise RealNameSourceMissing(
            Text(zh="实名核验还没有接通公安局", en="The real-name check is not connected to the police yet"),
            remedy=Text(
                zh="请稍后再试，或带身份证到任一政务服务大厅办理",
                en="Try again later, or bring your ID card to any service hall",
            ),
        )


_real_name_check: RealNameCheck = NoRealNameCheck()


def use_real_name_check(check: RealNameCheck) -> None:
    """Connect the source. Called once by assembly, and by tests."""
    global _real_name_check
    _real_name_check = check


def real_name_check() -> RealNameCheck:
    """The connected source."""
    return _real_name_check


@dataclass(frozen=True, slots=True)
class CivilRegistryAnswer:
    """What the registers said of a guardian and a ward. ``unanswered`` are the grounds whose register kept silent."""

    evidence: tuple[Evidence, ...] = ()
    unanswered: frozenset[Ground] = frozenset()


class CivilRegistry(Protocol):
    """Asks the registers of families and guardians whether somebody is another person's parent or guardian."""

    def find_guardianship(self, *, guardian_id_number: str, ward_name: str, ward_id_number: str) -> CivilRegistryAnswer:
        """The records that say so, for the ward of exactly this name and number."""
        ...


class NoCivilRegistry:
    """Shipped default: no register is connected, so the question stays open."""

    def find_guardianship(self, *, guardian_id_number: str, ward_name: str, ward_id_number: str) -> CivilRegistryAnswer:
        """Nothing answers."""
        return CivilRegistryAnswer(unanswered=frozenset(Ground))


_civil_registry: CivilRegistry = NoCivilRegistry()


def use_civil_registry(registry: CivilRegistry) -> None:
    """Connect the registers. Called once by assembly, and by tests."""
    global _civil_registry
    _civil_registry = registry


def civil_registry() -> CivilRegistry:
    """The connected registers."""
    return _civil_registry


class DocumentCheck(Protocol):
    """Asks the exit-entry administration about documents other than resident IDs."""

    def answers_for(self, code: str) -> bool:
        """Whether it keeps documents of this type. Shape: the official code, such as ``414``."""
        ...

    def matches(self, *, name: str, document: Document, birth_date: date) -> bool:
        """Whether name, date of birth and document belong together. Raises: any ``Unavailable``."""
        ...


class NoDocumentCheck:
    """Shipped default: no source is connected, so such documents are verified at windows."""

    def answers_for(self, code: str) -> bool:
        """Never."""
        return False

    def matches(self, *, name: str, document: Document, birth_date: date) -> bool:
        """Always unavailable."""
        raise RealNameSourceMissing(
            Text(zh="还没有接通出入境管理部门", en="The exit-entry administration is not connected yet"),
            remedy=Text(zh="请带证件到任一政务服务大厅办理", en="Bring your document to any service hall"),
        )


_document_check: DocumentCheck = NoDocumentCheck()


def use_document_check(check: DocumentCheck) -> None:
    """Connect the source. Called once by assembly, and by tests."""
    global _document_check
    _document_check = check


def document_check() -> DocumentCheck:
    """The connected source."""
    return _document_check


@dataclass(frozen=True, slots=True)
class RegisteredEnterprise:
    """What the market register says of an enterprise to its legal representative. ``status`` is in its own words."""

    name: str
    legal_representative: str
    kind: str
    status: str
    address: str


class EnterpriseRegister(Protocol):
    """Asks the authority that keeps the register of enterprises who represents one."""

    def find(self, *, credit_code: str, id_number: str) -> RegisteredEnterprise | None:
        """The enterprise, if the person with this number is its legal representative; ``None`` otherwise.

        Raises: any ``Unavailable`` when the authority cannot answer now.
        """
        ...


class EnterpriseRegisterMissing(Unavailable):
    """No register is connected."""

    code = "enterprise-register-missing"


class NoEnterpriseRegister:
    """Shipped default: no register is connected, so nobody represents anything."""

    def find(self, *, credit_code: str, id_number: str) -> RegisteredEnterprise | None:
        """Always unavailable."""
        raise EnterpriseRegisterMissing(
            Text(zh="企业登记核验还没有接通市场监管局", en="The enterprise check is not connected to the register yet"),
            remedy=Text(
                zh="请稍后再试，或带营业执照到任一政务服务大厅办理",
                en="Try again later, or bring the business licence to any service hall",
            ),
        )


_enterprise_register: EnterpriseRegister = NoEnterpriseRegister()


def use_enterprise_register(register: EnterpriseRegister) -> None:
    """Connect the register. Called once by assembly, and by tests."""
    global _enterprise_register
    _enterprise_register = register


def enterprise_register() -> EnterpriseRegister:
    """The connected register."""
    return _enterprise_register
