"""What identity needs from outside. ``assembly`` fills it; until then the Null implementation says so."""

from __future__ import annotations

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
