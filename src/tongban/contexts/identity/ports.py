"""What identity needs from outside. ``assembly`` fills it; until then the Null implementation says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tongban.kernel.errors import Text, Unavailable


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
