"""What the city already holds, laid into the form; what the resident has said is never overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.contexts.forms.domain.coercion import fit
from tongban.contexts.forms.domain.definition import ACCOUNT, FieldDefinition, FormDefinition
from tongban.contexts.forms.domain.values import Json, StoredValue, is_blank

NONE_OF_THEM = 9999
"""What ``chosen`` holds when the resident said that it is about none of the records."""


@dataclass(frozen=True, slots=True)
class SourceRecords:
    """One department's answer to one read; ``chosen`` is the record the resident picked among several."""

    resource: str
    source: str
    records: tuple[Mapping[str, Json], ...]
    observed_at: tuple[datetime | None, ...]
    record_versions: tuple[str, ...]
    fetched_at: datetime
    chosen: int | None = None

    @property
    def index(self) -> int | None:
        """The record in use: the only one, or the chosen one; None while the resident has to choose."""
        if self.chosen is not None and 0 <= self.chosen < len(self.records):
            return self.chosen
        return 0 if len(self.records) == 1 else None

    @property
    def waits_for_choice(self) -> bool:
        """True while there are several records and nobody has said which one it is about."""
        return len(self.records) > 1 and self.chosen is None


@dataclass(frozen=True, slots=True)
class Merge:
    """The values to keep after a fetch, and the typed answers that a department's value took the place of."""

    values: Mapping[str, StoredValue]
    displaced: tuple[StoredValue, ...]


def merge(
    definition: FormDefinition,
    kept: Mapping[str, StoredValue],
    answers: Iterable[SourceRecords],
    account: Mapping[str, Json],
    now: datetime,
) -> Merge:
    """Lay fetched records over kept values.

    An override stays (both values are kept with it). A typed answer equal to the record becomes the record's; one
    that differs gives way, and is returned in ``displaced`` so that nothing typed is lost.
    """
    by_resource = {answer.resource: answer for answer in answers}
    values = dict(kept)
    displaced: list[StoredValue] = []
    for field in definition.fields:
        fetched = _fetched(field, by_resource, account, now) or _from_account(field, kept, account, now)
        if fetched is None:
            continue
        before = kept.get(field.name)
        if before is not None and before.origin == "override":
            continue
        if (
            before is not None
            and before.origin == "applicant"
            and not is_blank(before.value)
            and before.value != fetched.value
        ):
            displaced.append(before)
        values[field.name] = fetched
    return Merge(values=values, displaced=tuple(displaced))


_PERSON = "police.household"
"""The resource whose name and ID number the account has already proven; they stand in while it cannot answer."""
_CONTACT = frozenset({"phone", "email"})


def _from_account(
    field: FieldDefinition, kept: Mapping[str, StoredValue], account: Mapping[str, Json], now: datetime
) -> StoredValue | None:
    """The proven name and number while the police cannot answer; the contact of the account where one is asked."""
    before = kept.get(field.name)
    if before is not None and not is_blank(before.value):
        return None
    if field.source is None:
        key = field.name if field.name in _CONTACT and field.widget == field.name else ""
    else:
        key = (
            field.source.path[-1]
            if field.source.resource == _PERSON and field.source.path[-1] in {"name", "id_number"}
            else ""
        )
    value = fit(field, account.get(key)) if key else None
    return None if is_blank(value) else StoredValue(field.name, value, "account", source=ACCOUNT, fetched_at=now)


def _fetched(
    field: FieldDefinition, answers: Mapping[str, SourceRecords], account: Mapping[str, Json], now: datetime
) -> StoredValue | None:
    if field.source is None:
        return None
    if field.source.is_account:
        value = fit(field, dig(account, field.source.path))
        return None if is_blank(value) else StoredValue(field.name, value, "account", source=ACCOUNT, fetched_at=now)
    answer = answers.get(field.source.resource)
    if answer is None:
        return None
    index = answer.index
    value = fit(field, value_in(answer, field.source.path, index))
    if is_blank(value):
        return None
    at = index or 0
    return StoredValue(
        name=field.name, value=value, origin="source", source=answer.source, resource=answer.resource,
        observed_at=answer.observed_at[at] if at < len(answer.observed_at) else None, fetched_at=answer.fetched_at,
        record_version=answer.record_versions[at] if at < len(answer.record_versions) else "",
    )  # fmt: skip


def value_in(answer: SourceRecords, path: Sequence[str], index: int | None) -> Json:
    """The value at a path of the record in use; a path that starts with a number names its record itself."""
    if path and path[0].isdigit():
        return dig(list(answer.records), path)
    return None if index is None else dig(answer.records[index], path)


def dig(value: object, path: Sequence[str]) -> Json:
    """The value at a path of keys and list positions; None where the path leads nowhere."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list | tuple) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    if isinstance(value, str | int | float | bool | Mapping | list | tuple):
        return value
    return None


def choices(definition: FormDefinition, answers: Iterable[SourceRecords]) -> tuple[SourceRecords, ...]:
    """The answers with several records, of which the resident has to choose the one this is about."""
    wanted = {f.source.resource for f in definition.fields if f.source and not f.source.path[0].isdigit()}
    return tuple(a for a in answers if len(a.records) > 1 and a.resource in wanted)
