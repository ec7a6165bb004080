"""One read from request to answer: authenticate, decide, fetch, project, record, and only then release."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.gateway import problems
from tongban.gateway.decision import Allowed, Asked, decide
from tongban.gateway.feed import PolicyFeed
from tongban.gateway.limits import RateLimits
from tongban.gateway.mapping import RawRecord, look_up
from tongban.gateway.problems import GatewayProblem
from tongban.gateway.recorder import Recorder
from tongban.gateway.sources import Sources
from tongban.gateway.tickets import verify_ticket
from tongban.kernel.ids import new_id
from tongban.runtime.logs import get_logger
from tongban.wire.policy import Consumer
from tongban.wire.protocol import FieldProblem, GatewayAnswer, encoder, request_decoder
from tongban.wire.pseudonyms import Pseudonyms
from tongban.wire.records import ExchangeRecord, Outcome
from tongban.wire.tickets import PurposeTicket

log = get_logger(__name__)

_MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it arrived."""

    resource: str
    operation: str
    authorization: str | None
    ticket: str | None
    body: bytes
    trace: str


@dataclass(slots=True)
class _Progress:
    """What is known of a read so far: whatever happens, this much can be recorded."""

    client: Consumer | None = None
    ticket: PurposeTicket | None = None
    asked: Asked | None = None
    allowed: Allowed | None = None
    subject: str = ""
    policy_version: int = 0
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Reads:
    """The parts a read passes through."""

    feed: PolicyFeed
    sources: Sources
    recorder: Recorder
    pseudonyms: Pseudonyms
    rates: RateLimits
    gateway: str
    now: Callable[[], datetime]

    async def answer(self, call: Call) -> bytes:
        """The bytes to release. Raises: the GatewayProblem that says why there are none; it is recorded too."""
        progress = _Progress()
        try:
            answer = await self._read(call, progress)
        except GatewayProblem as problem:
            if problem.outcome == "failed":
                log.warning("read failed", code=problem.code, resource=_name(call.resource), **problem.details)
            await self._record(call, progress, problem.outcome, problem.code, b"", 0)
            raise
        except Exception as error:  # the edge: logged once here, and nothing is released
            log.exception("read failed", trace=call.trace)
            await self._record(call, progress, "failed", problems.Unexpected.code, b"", 0)
            raise problems.Unexpected from error
        content = encoder.encode(answer)
        await self._record(call, progress, "released", "ok", content, len(answer.records), answer.recorded_at)
        return content

    async def _read(self, call: Call, progress: _Progress) -> GatewayAnswer:
        policy = self.feed.current()
        progress.policy_version = policy.version
        progress.client = policy.authenticate(call.authorization)
        progress.ticket = ticket = verify_ticket(call.ticket, keys=policy.ticket_keys, now=self.now())
        progress.asked = asked = _asked(call)
        progress.allowed = allowed = decide(
            policy,
            asked,
            client=progress.client,
            ticket=ticket,
            closed=self.feed.closed,
            pseudonym=self.pseudonyms.subject,
            now=self.now(),
        )
        if not self.rates.take(allowed.grant.id, allowed.grant.rate_per_minute, time.monotonic()):
            raise problems.RateExceeded
        interface = allowed.compiled.interface
        number = asked.parameters.get(interface.subject_parameter or "")
        progress.subject = self.pseudonyms.subject(number) if number else ticket.sub
        raw = await self.sources.fetch(interface, asked.parameters)
        if ticket.jti in self.feed.closed:  # withdrawn while the source was answering
            raise problems.PurposeClosed
        return self._project(call, allowed, raw)

    def _project(self, call: Call, allowed: Allowed, raw: Sequence[RawRecord]) -> GatewayAnswer:
        interface, projector = allowed.compiled.interface, allowed.compiled.projector
        if interface.subject_column:
            raw = [row for row in raw if self._is_about(row, interface.subject_column, allowed.subjects)]
        if not interface.many and len(raw) > 1:
            raise problems.SourceBroken(provider=interface.provider, reason="more-than-one-record")
        if len(raw) > interface.max_records:
            raise problems.SourceBroken(provider=interface.provider, reason="too-many-records")
        records, field_problems = [], list[FieldProblem]()
        for position, row in enumerate(raw):
            record, found = projector.project(row, allowed.fields, position)
            records.append(record)
            field_problems += found
        return GatewayAnswer(
            resource=interface.resource,
            source=interface.provider,
            records=tuple(records),
            observed_at=tuple(projector.observed_at(row) for row in raw),
            record_versions=tuple(projector.version(row) for row in raw),
            problems=tuple(field_problems),
            trace=call.trace,
            recorded_at=self.now(),
            many=interface.many,
        )

    def _is_about(self, row: RawRecord, column: str, subjects: frozenset[str]) -> bool:
        value = look_up(row, column)
        return value is not None and self.pseudonyms.subject(str(value)) in subjects

    async def _record(
        self,
        call: Call,
        progress: _Progress,
        outcome: Outcome,
        code: str,
        content: bytes,
        count: int,
        recorded_at: datetime | None = None,
    ) -> None:
        """Commit the record of a read. Raises: RecordUnavailable, whatever the read's own outcome was."""
        ticket, allowed, asked = progress.ticket, progress.allowed, progress.asked
        record = ExchangeRecord(
            id=new_id(),
            recorded_at=recorded_at or self.now(),
            trace=call.trace,
            outcome=outcome,
            code=code,
            client=progress.client.code if progress.client else "",
            consumer=ticket.consumer if ticket else "",
            provider=allowed.compiled.interface.provider if allowed else "",
            resource=_name(call.resource),
            operation=_name(call.operation),
            fields=allowed.fields if allowed else _names(asked),
            subject=progress.subject or (ticket.sub if ticket else ""),
            purpose_id=_uuid(ticket.jti) if ticket else None,
            purpose_kind=ticket.kind if ticket else "",
            reference=ticket.reference if ticket else "",
            service_code=(ticket.service or "") if ticket else "",
            grant_id=allowed.grant.id if allowed else "",
            basis=allowed.grant.basis if allowed else "",
            record_count=count,
            request_digest=self.pseudonyms.digest(call.body),
            answer_digest=self.pseudonyms.digest(content) if content else "",
            policy_version=progress.policy_version,
            gateway=self.gateway,
            duration_ms=int((time.monotonic() - progress.started) * 1000),
        )
        await self.recorder.write(record)


def _asked(call: Call) -> Asked:
    try:
        request = request_decoder.decode(call.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise problems.RequestMalformed from error
    if request.fields is not None and len(request.fields) > 256:
        raise problems.RequestMalformed(reason="fields")
    return Asked(call.resource, call.operation, request.parameters, request.fields)


def _name(text: str) -> str:
    """A name from a request as it may stand in a record: hostile ones are cut down to what a name can be."""
    kept = "".join(c for c in text if c.isascii() and (c.isalnum() or c in "-._"))[:_MAX_NAME]
    return kept if kept == text else f"~{kept}"


def _names(asked: Asked | None) -> tuple[str, ...]:
    return tuple(_name(field) for field in ((asked.fields if asked else None) or ())[:64])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
