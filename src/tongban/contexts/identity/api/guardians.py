"""Guardians: parents of minors and appointed guardians, by what the registers say and without the ward's yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tongban.contexts.identity import models
from tongban.contexts.identity.api import documents, persons
from tongban.contexts.identity.api.acting import HeldRight
from tongban.contexts.identity.api.limits import TooManyAttempts
from tongban.contexts.identity.domain import guardians as rules
from tongban.contexts.identity.domain.guardians import Evidence, Verdict
from tongban.contexts.identity.ports import civil_registry
from tongban.contexts.notices import api as notices
from tongban.infra import audit
from tongban.infra.authorisation import SYSTEM, Acting, Actor
from tongban.kernel import resident_id
from tongban.kernel.clock import CITY_ZONE, local_date, utc_now
from tongban.kernel.errors import NotFound, Text

CLAIM_KEPT = timedelta(hours=24)
ATTEMPT_WINDOW = timedelta(hours=24)
ATTEMPTS_PER_GUARDIAN = 5
ATTEMPTS_PER_WARD = 10
CHECKED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class GuardianResult:
    """What came of a question: proven, refused, or to be continued when the registers answer."""

    outcome: Literal["proven", "refused", "later"]
    message: Text
    guardianship_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PendingWard:
    """Whom a guardian named while the registers could not answer; shown back to them only."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Guardianship:
    """A guardianship as guardian and window see it. ``until`` is the first day without the right, if there is one."""

    id: UUID
    guardian_name: str
    ward_name: str
    ward_masked: str
    ground: str
    source: str
    proven_at: datetime
    checked_at: datetime
    until: date | None
    is_active: bool


class GuardianshipUnknown(NotFound):
    """There is no such guardianship."""

    code = "guardianship-unknown"


_PROVEN = Text(zh="已核对登记信息，现在可以替他办事", en="The registers confirm it: you may act for them now")
_REFUSED = Text(
    zh="没有通过核验：姓名、身份证号对不上，或登记里没有你们的监护关系",
    en="Not confirmed: name and number do not match, or the registers do not name you as parent or guardian",
)
_LATER = Text(
    zh="登记部门的系统现在没有应答，你填的内容已保留 24 小时",
    en="The registers do not answer now; what you entered is kept for 24 hours",
)


def prove_guardianship(*, guardian: UUID, name: str, id_number: str, actor: Actor) -> GuardianResult:
    """Ask the registers whether a person is another one's parent or guardian, and record it if so.

    The refusal is the same for a wrong number and for a relation that does not exist. A guardianship checked within
    thirty days is not asked again. Raises: PersonInvalid naming the field; TooManyAttempts.
    """
    name, number = persons.checked_name(name), documents.checked_id_number(id_number)
    now, ward_hash = utc_now(), models.id_number_hash_of(number)
    mine = models.Person.objects.get(pk=guardian)
    known = _running(mine.pk).filter(ward__id_number_hash=ward_hash).first()
    if (
        known is not None
        and known.ward.name == name
        and not rules.is_due_for_check(checked_at=known.checked_at, now=now)
    ):
        return GuardianResult("proven", _PROVEN, known.pk)
    _refuse_when_too_many(mine, ward_hash, now)
    verdict, evidence = _ask(mine, name, number, now)
    with transaction.atomic():
        models.GuardianAttempt.objects.create(
            guardian=mine, ward_hash=ward_hash, outcome=verdict.value, attempted_at=now
        )
        _keep_or_drop_claim(verdict, mine, name, number, now)
        if evidence is None:
            return GuardianResult("later", _LATER) if verdict is Verdict.LATER else GuardianResult("refused", _REFUSED)
        row = _record(mine, name, number, evidence, now, actor)
        return GuardianResult("proven", _PROVEN, row.pk)


def find_pending_ward(guardian: UUID) -> PendingWard | None:
    """Whom a guardian named while the registers were away, for a day."""
    row = models.GuardianClaim.objects.filter(guardian_id=guardian, created_at__gt=utc_now() - CLAIM_KEPT).first()
    return PendingWard(row.name, row.id_number) if row else None


def list_wards(person_id: UUID) -> tuple[Guardianship, ...]:
    """For whom a person is a guardian, or was, the latest first."""
    rows = models.Guardianship.objects.filter(guardian=person_id).select_related("guardian", "ward")
    return tuple(_view(row) for row in rows.order_by("-proven_at")[:50])


def list_guardians(person_id: UUID) -> tuple[Guardianship, ...]:
    """Who is a person's guardian, or was, the latest first."""
    rows = models.Guardianship.objects.filter(ward=person_id).select_related("guardian", "ward")
    return tuple(_view(row) for row in rows.order_by("-proven_at")[:50])


@transaction.atomic
def end_guardianship(*, guardianship_id: UUID, reason: str, actor: Actor) -> None:
    """End a guardianship by hand, as an official does on a court's order. A repeat changes nothing.

    Raises: GuardianshipUnknown.
    """
    row = models.Guardianship.objects.select_for_update().filter(pk=guardianship_id).first()
    if row is None:
        raise GuardianshipUnknown(
            Text(zh="没有这条监护记录", en="There is no such guardianship"),
            remedy=Text(zh="请刷新页面再看", en="Reload the page and look again"),
        )
    if row.ended_at is None:
        _end(row, "by-hand", actor, {"reason": " ".join(reason.split())[:200]})


def recheck_guardianships(*, now: datetime) -> int:
    """Ask the registers again about guardianships older than thirty days; end those that they no longer confirm.

    One that has come to its day ends without asking. Silence changes nothing: the right lapses by itself after a
    week's grace. Returns how many ended. Call it outside a transaction.
    """
    ended = 0
    for row in _over(now)[:CHECKED_AT_ONCE]:
        with transaction.atomic():
            _end(row, "of-age", SYSTEM, {})
        ended += 1
    due = models.Guardianship.objects.filter(ended_at=None, checked_at__lte=now - rules.CHECK_EVERY)
    for row in due.select_related("guardian", "ward").order_by("checked_at")[:CHECKED_AT_ONCE]:
        verdict, evidence = _ask(row.guardian, row.ward.name, str(row.ward.id_number), now)
        with transaction.atomic():
            if evidence is not None:
                _refresh(row, evidence, now)
            elif verdict is Verdict.REFUSED:
                _end(row, "not-confirmed", SYSTEM, {})
                ended += 1
    return ended


def forget_stale_wards(*, now: datetime) -> int:
    """Delete claims and attempts past their retention. Returns how many rows went."""
    claims, _ = models.GuardianClaim.objects.filter(created_at__lte=now - CLAIM_KEPT).delete()
    attempts, _ = models.GuardianAttempt.objects.filter(attempted_at__lte=now - timedelta(days=30)).delete()
    return claims + attempts


class GuardianRights:
    """Fills ``identity.api.RightSource`` for the kind ``guardian``: all of a ward's services."""

    def find_right(self, *, agent: UUID, reference: UUID) -> HeldRight | None:
        """The right of a guardianship that holds now, or ``None``."""
        row = _running(agent).filter(pk=reference).first()
        return _right(row) if row is not None and _is_in_force(row) else None

    def list_rights(self, *, agent: UUID) -> tuple[HeldRight, ...]:
        """Everybody whose guardian this person is now."""
        return tuple(_right(row) for row in _running(agent).order_by("proven_at") if _is_in_force(row))


def _running(guardian: UUID) -> QuerySet[models.Guardianship]:
    return models.Guardianship.objects.filter(guardian=guardian, ended_at=None).select_related("guardian", "ward")


def _over(now: datetime) -> QuerySet[models.Guardianship]:
    return models.Guardianship.objects.filter(ended_at=None, until__lte=local_date(now)).order_by("until")


def _is_in_force(row: models.Guardianship) -> bool:
    now = utc_now()
    return row.ended_at is None and rules.is_in_force(
        until=row.until, checked_at=row.checked_at, now=now, today=local_date(now)
    )


def _ask(guardian: models.Person, name: str, number: str, now: datetime) -> tuple[Verdict, Evidence | None]:
    if guardian.id_number == number:
        return Verdict.REFUSED, None
    answer = civil_registry().find_guardianship(
        guardian_id_number=str(guardian.id_number), ward_name=name, ward_id_number=number
    )
    birth_date = resident_id.parse(number).birth_date
    return rules.conclude(answer.evidence, answer.unanswered, birth_date=birth_date, today=local_date(now))


def _refuse_when_too_many(guardian: models.Person, ward_hash: str, now: datetime) -> None:
    recent = models.GuardianAttempt.objects.filter(attempted_at__gt=now - ATTEMPT_WINDOW, outcome=Verdict.REFUSED.value)
    if (
        recent.filter(guardian=guardian).count() >= ATTEMPTS_PER_GUARDIAN
        or recent.filter(ward_hash=ward_hash).count() >= ATTEMPTS_PER_WARD
    ):
        raise TooManyAttempts(
            Text(zh="今天核验的次数太多了", en="Too many attempts today"),
            remedy=Text(
                zh="请明天再试，或带户口簿、身份证到任一政务服务大厅办理",
                en="Try again tomorrow, or bring the household register and ID card to any service hall",
            ),
        )


def _keep_or_drop_claim(verdict: Verdict, guardian: models.Person, name: str, number: str, now: datetime) -> None:
    if verdict is Verdict.LATER:
        models.GuardianClaim.objects.update_or_create(
            guardian=guardian, defaults={"name": name, "id_number": number, "created_at": now}
        )
    else:
        models.GuardianClaim.objects.filter(guardian=guardian).delete()


def _record(
    guardian: models.Person, name: str, number: str, evidence: Evidence, now: datetime, actor: Actor
) -> models.Guardianship:
    """The ward's row, by the register's word, and the guardianship's."""
    ward, is_new = persons.ensure_person(
        name=name, id_number=number, level=models.Level.REAL_NAME, verified_by=evidence.source
    )
    if not is_new and ward.level == models.Level.REGISTERED and ward.name == name:
        ward.level, ward.verified_at, ward.verified_by = models.Level.REAL_NAME, now, evidence.source
        ward.save(update_fields=["level", "verified_at", "verified_by"])
    row, is_first = models.Guardianship.objects.get_or_create(
        guardian=guardian,
        ward=ward,
        ended_at=None,
        defaults={
            "ground": evidence.ground.value,
            "source": evidence.source,
            "proven_at": now,
            "checked_at": now,
            "until": rules.ends_on(evidence.ground, ward.birth_date, local_date(now)),
        },
    )
    _refresh(row, evidence, now)
    detail = {"ground": evidence.ground.value, "source": evidence.source, "version": evidence.record_version}
    audit.record(actor=actor, action="identity.guardianship-proven", subject=f"guardianship:{row.pk}", detail=detail)
    if is_first:
        notices.notify(
            person_id=ward.pk,
            template="guardian-recorded",
            values={},
            idempotency_key=f"guardian:{row.pk}",
            link="/my/mandates/",
        )
    return row


def _refresh(row: models.Guardianship, evidence: Evidence, now: datetime) -> None:
    row.ground, row.source = evidence.ground.value, evidence.source
    row.record_version, row.observed_at, row.checked_at = evidence.record_version[:80], evidence.observed_at, now
    row.until = rules.ends_on(evidence.ground, row.ward.birth_date, local_date(now))
    row.save(update_fields=["ground", "source", "record_version", "observed_at", "checked_at", "until"])


def _end(row: models.Guardianship, because: str, actor: Actor, detail: dict[str, object]) -> None:
    row.ended_at, row.ended_because = utc_now(), because
    row.save(update_fields=["ended_at", "ended_because"])
    told = {"because": because, **detail}
    audit.record(actor=actor, action="identity.guardianship-ended", subject=f"guardianship:{row.pk}", detail=told)


def _right(row: models.Guardianship) -> HeldRight:
    acting = Acting(
        kind="guardian",
        reference=row.pk,
        agent_person_id=row.guardian_id,
        agent_name=row.guardian.name,
        principal_name=row.ward.name,
    )
    over_at = datetime.combine(row.until, time(), CITY_ZONE) if row.until else None
    return HeldRight(acting=acting, person_id=row.ward_id, expires_at=over_at)


def _view(row: models.Guardianship) -> Guardianship:
    return Guardianship(
        id=row.pk,
        guardian_name=row.guardian.name,
        ward_name=row.ward.name,
        ward_masked=resident_id.mask(row.ward.id_number),
        ground=row.ground,
        source=row.source,
        proven_at=row.proven_at,
        checked_at=row.checked_at,
        until=row.until,
        is_active=_is_in_force(row),
    )
