"""Asking the market register who represents an enterprise: through the gateway, about one person and one enterprise."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.contexts.exchange.api.purposes import open_purpose
from tongban.contexts.exchange.api.reads import Read, ReadFailure, fetch_many
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text, Unavailable

_REPRESENTATIVE_CHECK = "market.legal-representative"
_FIELDS = ("enterprise_name", "legal_representative", "kind", "status", "address")
REPRESENTATIVE_PURPOSE = "legal-representative-check"


class RepresentativeCheckUnavailable(Unavailable):
    """The market register does not answer now."""

    code = "representative-check-unavailable"


@dataclass(frozen=True, slots=True)
class RepresentedEnterprise:
    """What the register says of an enterprise, to its legal representative. ``status`` is in the register's words."""

    name: str
    legal_representative: str
    kind: str
    status: str
    address: str


def find_represented_enterprise(
    *, credit_code: str, id_number: str, timeout_s: float = 2.5
) -> RepresentedEnterprise | None:
    """The enterprise with this code, if the person with this number is its registered legal representative.

    ``None`` for an unknown code and for somebody else alike. It asks under the standing purpose of these checks,
    opened for this one person and over in ten minutes. Units: ``timeout_s`` seconds.
    Raises: RepresentativeCheckUnavailable when the register does not answer now.
    """
    purpose = open_purpose(
        kind="standing",
        reference=REPRESENTATIVE_PURPOSE,
        service_code=None,
        subject_id_number=id_number,
        reads=[(_REPRESENTATIVE_CHECK, _FIELDS)],
        now=utc_now(),
        title=Text(zh="法定代表人核验", en="Legal representative check"),
    )
    read = Read(_REPRESENTATIVE_CHECK, {"credit_code": credit_code, "id_number": id_number}, _FIELDS)
    [outcome] = fetch_many(ticket=purpose.ticket, reads=[read], timeout_s=timeout_s)
    if isinstance(outcome, ReadFailure):
        if outcome.code == "not-found":
            return None
        raise RepresentativeCheckUnavailable(
            Text(zh="市场监督管理局的系统现在没有应答", en="The market register does not answer now"),
            remedy=Text(zh="请稍后再试", en="Try again later"),
            trace=outcome.trace,
        )
    facts = outcome.records[0]
    return RepresentedEnterprise(
        name=str(facts.get("enterprise_name") or ""),
        legal_representative=str(facts.get("legal_representative") or ""),
        kind=str(facts.get("kind") or ""),
        status=str(facts.get("status") or ""),
        address=str(facts.get("address") or ""),
    )
