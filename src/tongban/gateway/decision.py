"""The decision on a read: pure, and everything that is not expressly allowed is refused."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from tongban.gateway import problems
from tongban.gateway.policy import CompiledInterface, Policy
from tongban.wire.policy import Consumer, Grant
from tongban.wire.tickets import PurposeTicket


@dataclass(frozen=True, slots=True)
class Asked:
    """A read as the caller put it."""

    resource: str
    operation: str
    parameters: Mapping[str, str]
    fields: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """A read that may go ahead: on which grant, of which fields, for which subjects."""

    compiled: CompiledInterface
    grant: Grant
    fields: tuple[str, ...]
    subjects: frozenset[str]


def decide(
    policy: Policy,
    asked: Asked,
    *,
    client: Consumer,
    ticket: PurposeTicket,
    closed: Container[str],
    pseudonym: Callable[[str], str],
    now: datetime,
) -> Allowed:
    """Whether a read may go ahead. Raises: the GatewayProblem that says why not."""
    if ticket.jti in closed:
        raise problems.PurposeClosed
    if ticket.consumer != client.code and ticket.consumer not in client.acts_for and "*" not in client.acts_for:
        raise problems.ConsumerMismatch
    compiled = policy.interfaces.get((asked.resource, asked.operation))
    if compiled is None:
        raise problems.ResourceUnknown
    if compiled.interface.sharing_class == "withheld":
        raise problems.ResourceWithheld
    _check_parameters(compiled, asked.parameters)
    subjects = frozenset((ticket.sub, *ticket.also))
    _check_subject(compiled, asked.parameters, subjects, pseudonym)
    fields = _fields_in_purpose(compiled, asked, ticket)
    return Allowed(compiled, _covering_grant(policy, ticket, asked.resource, fields, now), fields, subjects)


def _check_parameters(compiled: CompiledInterface, given: Mapping[str, str]) -> None:
    if given.keys() != compiled.patterns.keys():
        raise problems.ParameterRefused(expected=sorted(compiled.patterns))
    for name, (pattern, max_length) in compiled.patterns.items():
        value = given[name]
        if not value or len(value) > max_length or not pattern.fullmatch(value) or "\x00" in value:
            raise problems.ParameterRefused(parameter=name)


def _check_subject(
    compiled: CompiledInterface, given: Mapping[str, str], subjects: frozenset[str], pseudonym: Callable[[str], str]
) -> None:
    parameter = compiled.interface.subject_parameter
    if parameter and parameter in given and pseudonym(given[parameter]) not in subjects:
        raise problems.SubjectMismatch


def _fields_in_purpose(compiled: CompiledInterface, asked: Asked, ticket: PurposeTicket) -> tuple[str, ...]:
    named = ticket.reads.get(asked.resource)
    if not named:
        raise problems.ReadNotInPurpose
    fields = named if asked.fields is None else tuple(dict.fromkeys(asked.fields))
    if not fields:
        raise problems.RequestMalformed(reason="fields")
    if not compiled.field_names.issuperset(fields):
        raise problems.FieldUnknown
    if not set(named).issuperset(fields):
        raise problems.ReadNotInPurpose
    return fields


def _covering_grant(
    policy: Policy, ticket: PurposeTicket, resource: str, fields: tuple[str, ...], now: datetime
) -> Grant:
    for compiled in policy.grants.get((ticket.consumer, resource), ()):
        grant = compiled.grant
        if (
            (grant.expires_at is None or now < grant.expires_at)
            and ticket.purpose in compiled.purposes
            and ("*" in compiled.services or (ticket.service is not None and ticket.service in compiled.services))
            and compiled.fields.issuperset(fields)
        ):
            return grant
    raise problems.GrantMissing
