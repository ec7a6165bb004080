"""Reading departmental data: through the gateway, several at once, with every failure named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from tongban.contexts.exchange.adapters.gateway_client import TIMEOUT, Received, Sent, gateway_client
from tongban.contexts.exchange.api.purposes import open_purpose
from tongban.contexts.identity import api as identity
from tongban.contexts.resources import api as resources
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text, Unavailable
from tongban.runtime import settings
from tongban.wire.protocol import DEFAULT_OPERATION, GatewayAnswer, GatewayRequest, Problem

FailureCode = Literal["unavailable", "timeout", "refused", "not-found"]
_REFUSED_STATUS = frozenset({400, 401, 403, 404, 405, 413, 422, 429})
_IDENTITY_CHECK = "police.identity-check"
_DOCUMENT_CHECK = "police.document-check"
REAL_NAME_PURPOSE = "real-name-check"


class IdentityCheckUnavailable(Unavailable):
    """The population register does not answer now."""

    code = "identity-check-unavailable"


@dataclass(frozen=True, slots=True)
class Read:
    """A read to make. ``fields`` may be empty: then all that the purpose names for the resource."""

    resource: str
    parameters: Mapping[str, str]
    fields: tuple[str, ...] = ()
    operation: str = DEFAULT_OPERATION


@dataclass(frozen=True, slots=True)
class Reading:
    """What a department answered. ``unreadable`` names fields whose value it holds in a form that cannot be stated."""

    resource: str
    source: str
    records: tuple[Mapping[str, Any], ...]
    observed_at: tuple[datetime | None, ...]
    record_versions: tuple[str | None, ...]
    trace: str
    fetched_at: datetime
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Why a department's data is not there, in words for the person who waits for it."""

    resource: str
    source: str
    code: FailureCode
    message: Text
    trace: str = ""


def fetch_many(*, ticket: str, reads: Sequence[Read], timeout_s: float = 2.5) -> list[Reading | ReadFailure]:
    """Make several reads at once under one purpose; each answers or fails by itself, in the order given.

    Units: ``timeout_s`` seconds for all of them together. Call it outside a database transaction where you can.
    """
    if not reads:
        return []
    current = settings.current()
    client = gateway_client(current.gateway_url, current.secrets.portal_client_token)
    sent = [
        Sent(read.resource, read.operation, GatewayRequest(dict(read.parameters), read.fields or None))
        for read in reads
    ]
    received = client.send_all(sent, ticket=ticket, timeout_s=timeout_s)
    return [_outcome(read, answer) for read, answer in zip(reads, received, strict=True)]


def unknown_by_number(read: Read) -> ReadFailure:
    """What a department answers of somebody whom it knows by no ID number: said without asking it."""
    return _failure(read, read.resource.partition(".")[0], "not-found", "")


def check_identity(*, name: str, id_number: str) -> bool:
    """Whether the population register says that a name and a number belong together.

    It asks under the standing purpose of real-name checks, opened for this one person and over in ten minutes.
    Raises: IdentityCheckUnavailable when the register does not answer now.
    """
    return _matches(Read(_IDENTITY_CHECK, {"name": name, "id_number": id_number}, ("matches",)), subject=id_number)


def can_check_documents() -> bool:
    """Whether the city has connected the exit-entry administration."""
    return bool(resources.find_resources([_DOCUMENT_CHECK]))


def check_document(*, name: str, subject: str, birth_date: date) -> bool:
    """Whether the exit-entry administration says that name, date of birth and document belong together.

    Shape: ``subject`` is code, country and number, ``414:FRA:12AB34567``, or a number that is written like a
    resident's. Raises: IdentityCheckUnavailable.
    """
    return _matches(
        Read(
            _DOCUMENT_CHECK,
            {"document": subject, "name": name, "birth_date": f"{birth_date:%Y%m%d}"},
            ("matches",),
        ),
        subject=subject,
    )


def _matches(read: Read, *, subject: str) -> bool:
    now = utc_now()
    purpose = open_purpose(
        kind="standing",
        reference=REAL_NAME_PURPOSE,
        service_code=None,
        subject_id_number=subject,
        reads=[(read.resource, read.fields)],
        now=now,
        title=Text(zh="实名核验", en="Real-name check"),
    )
    [outcome] = fetch_many(ticket=purpose.ticket, reads=[read])
    if isinstance(outcome, ReadFailure):
        if outcome.code == "not-found":
            return False
        raise IdentityCheckUnavailable(
            outcome.message, remedy=Text(zh="请稍后再试", en="Try again later"), trace=outcome.trace
        )
    return outcome.records[0].get("matches") is True


def _outcome(read: Read, received: Received) -> Reading | ReadFailure:
    source = read.resource.partition(".")[0]
    if isinstance(received, GatewayAnswer):
        return _reading(read, received)
    if isinstance(received, Problem):
        return _failure(read, source, _code_of(received), received.trace)
    return _failure(read, source, "timeout" if received == TIMEOUT else "unavailable", "")


def _reading(read: Read, answer: GatewayAnswer) -> Reading | ReadFailure:
    if not answer.records and not answer.many:
        return _failure(read, answer.source, "not-found", answer.trace)
    return Reading(
        resource=answer.resource,
        source=answer.source,
        records=answer.records,
        observed_at=answer.observed_at,
        record_versions=answer.record_versions,
        trace=answer.trace,
        fetched_at=answer.recorded_at,
        unreadable=tuple(dict.fromkeys(problem.field for problem in answer.problems)),
    )


def _code_of(problem: Problem) -> FailureCode:
    if problem.code == "source-timeout":
        return "timeout"
    return "refused" if problem.status in _REFUSED_STATUS else "unavailable"


def _failure(read: Read, source: str, code: FailureCode, trace: str) -> ReadFailure:
    organisation = identity.find_organisation(source)
    zh, en = (organisation.name, organisation.name_en) if organisation else (source, source)
    return ReadFailure(read.resource, source, code, _WORDS[code](zh, en), trace)


_WORDS: Mapping[FailureCode, Callable[[str, str], Text]] = {
    "unavailable": lambda zh, en: Text(
        zh=f"{zh}的系统现在没有应答，可以稍后再取，也可以自己填写",
        en=f"The system of {en} does not answer now; try again later or type the value",
    ),
    "timeout": lambda zh, en: Text(
        zh=f"{zh}的系统应答太慢，可以稍后再取，也可以自己填写",
        en=f"The system of {en} is too slow; try again later or type the value",
    ),
    "refused": lambda zh, en: Text(
        zh=f"{zh}没有授权这次读取，请自己填写",
        en=f"{en} has not granted this read; please type the value",
    ),
    "not-found": lambda zh, en: Text(
        zh=f"{zh}没有查到你的这项信息，请自己填写",
        en=f"{en} holds no such record of yours; please type the value",
    ),
}
