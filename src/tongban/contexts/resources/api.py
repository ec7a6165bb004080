"""The door of resources: the catalogue of what departments hold, and the interfaces that gateways run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from tongban.contexts.resources import models
from tongban.contexts.resources.domain.compilation import compile_provider
from tongban.contexts.resources.domain.documents import (
    ProviderPart,
    ResourceDocumentRefused,
    ResourcePart,
    read_document,
)
from tongban.contexts.resources.events import CatalogueChanged
from tongban.infra import outbox
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel import canonical_json
from tongban.kernel.errors import NotFound, Text
from tongban.wire.policy import Interface

__all__ = [
    "Field",
    "LoadSummary",
    "Resource",
    "ResourceDocumentRefused",
    "ResourceLabels",
    "ResourceUnknown",
    "check_resources",
    "compile_interfaces",
    "find_labels",
    "find_resource",
    "find_resources",
    "get_resource",
    "list_resources",
    "load_resources",
]


class ResourceUnknown(NotFound):
    """The catalogue has no such resource."""

    code = "resource-unknown"


@dataclass(frozen=True, slots=True)
class Field:
    """One item of a resource."""

    name: str
    label: str
    label_en: str
    type: str
    unit: str
    data_element: str
    sensitivity: int


@dataclass(frozen=True, slots=True)
class Resource:
    """An entry of the catalogue."""

    code: str
    provider: str
    name: str
    name_en: str
    abstract: str
    resource_class: str
    sharing_class: str
    condition: str
    legal_basis: str
    update_cycle: str
    subject_parameter: str | None
    published_at: datetime
    fields: tuple[Field, ...]
    operations: tuple[str, ...]

    def field(self, name: str) -> Field | None:
        """The item of that name."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class ResourceLabels:
    """What a resource and its fields are called."""

    name: Text
    fields: dict[str, Text]


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did: how many resources are new or changed, unchanged, and retired."""

    changed: int
    unchanged: int
    retired: int


def check_resources(documents: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Field names by resource code of a pack's files, loading nothing. Raises: ResourceDocumentRefused."""
    providers = _read(documents)
    return {
        resource.code: frozenset(field.name for field in resource.fields)
        for provider, _ in providers
        for resource in provider.resources
    }


def find_labels(codes: Collection[str]) -> dict[str, ResourceLabels]:
    """What those resources and their fields are called, retired ones included; one query."""
    found: dict[str, ResourceLabels] = {}
    for field in models.ResourceField.objects.filter(resource__in=set(codes)).select_related("resource"):
        row = field.resource
        labels = found.setdefault(row.code, ResourceLabels(Text(row.name, row.name_en or row.name), {}))
        labels.fields[field.name] = Text(field.label, field.label_en or field.label)
    return found


def load_resources(documents: Sequence[Mapping[str, Any]], *, pack: str, now: datetime) -> LoadSummary:
    """Make the catalogue say what a pack's files say. Repeating it changes nothing.

    Resources of the pack that no file names any longer are retired. Raises: ResourceDocumentRefused, having changed
    nothing.
    """
    providers = _read(documents)
    changed, codes = 0, set[str]()
    with transaction.atomic():
        known = dict(models.Resource.objects.filter(retired_at=None).values_list("code", "digest"))
        for provider, interfaces in providers:
            for resource in provider.resources:
                codes.add(resource.code)
                digest = canonical_json.digest(msgspec.to_builtins((resource, interfaces[resource.code])))
                if known.get(resource.code) != digest:
                    _store(provider.provider, resource, interfaces[resource.code], digest, pack, now)
                    changed += 1
        retired = models.Resource.objects.filter(pack=pack, retired_at=None).exclude(code__in=codes)
        retired_count = retired.update(retired_at=now, changed_at=now)
        if changed or retired_count:
            outbox.publish(CatalogueChanged(pack, changed, retired_count))
    return LoadSummary(changed, len(codes) - changed, retired_count)


def find_resource(code: str) -> Resource | None:
    """An entry of the catalogue, if there is one."""
    return find_resources([code]).get(code)


def find_resources(codes: Collection[str]) -> dict[str, Resource]:
    """Those entries that exist, retired ones included: records of the past name them."""
    rows = models.Resource.objects.filter(code__in=set(codes)).prefetch_related("fields", "interfaces")
    return {row.code: _resource(row) for row in rows}


def get_resource(code: str) -> Resource:
    """An entry of the catalogue. Raises: ResourceUnknown."""
    resource = find_resource(code)
    if resource is None:
        raise ResourceUnknown(
            Text(zh=f"资源目录里没有 {code}", en=f"The catalogue has no resource {code}"),
            remedy=Text(zh="请核对代码，或先装载资源文件", en="Check the code, or load the resource files first"),
        )
    return resource


def list_resources(*, provider: str | None = None, cursor: str | None = None, limit: int = 50) -> Page[Resource]:
    """The catalogue in order of code."""
    rows = models.Resource.objects.filter(retired_at=None).prefetch_related("fields", "interfaces").order_by("code")
    if provider:
        rows = rows.filter(provider=provider)
    if cursor:
        rows = rows.filter(code__gt=decode_cursor(cursor, (str,))[0])
    found = list(rows[: limit + 1])
    following = encode_cursor(found[limit - 1].code) if len(found) > limit else None
    return Page(tuple(_resource(row) for row in found[:limit]), following)


def compile_interfaces() -> tuple[Interface, ...]:
    """Every interface in force, as gateways load it."""
    rows = models.Interface.objects.filter(resource__retired_at=None).order_by("resource_id", "operation")
    return tuple(msgspec.convert(row.definition, Interface) for row in rows)


def _read(documents: Sequence[Mapping[str, Any]]) -> list[tuple[ProviderPart, dict[str, tuple[Interface, ...]]]]:
    providers = [read_document(document) for document in documents]
    return [(provider, compile_provider(provider)) for provider in providers]


def _store(
    provider: str, part: ResourcePart, interfaces: tuple[Interface, ...], digest: str, pack: str, now: datetime
) -> None:
    values: dict[str, Any] = {
        "provider": provider,
        "name": part.name,
        "name_en": part.name_en,
        "abstract": part.abstract,
        "abstract_en": part.abstract_en,
        "resource_class": part.resource_class,
        "sharing_class": part.sharing_class,
        "condition": part.condition,
        "legal_basis": part.legal_basis,
        "update_cycle": part.update_cycle,
        "subject_parameter": part.subject_parameter,
        "pack": pack,
        "changed_at": now,
        "retired_at": None,
        "digest": digest,
    }
    row, _ = models.Resource.objects.update_or_create(
        code=part.code, defaults=values, create_defaults={**values, "published_at": now}
    )
    row.fields.all().delete()
    row.interfaces.all().delete()
    models.ResourceField.objects.bulk_create(
        models.ResourceField(
            resource=row,
            position=position,
            name=field.name,
            label=field.label,
            label_en=field.label_en,
            type=field.type,
            unit=field.unit,
            data_element=field.data_element,
            sensitivity=field.sensitivity,
        )
        for position, field in enumerate(part.fields)
    )
    models.Interface.objects.bulk_create(
        models.Interface(
            resource=row,
            operation=interface.operation,
            adapter=str(interface.source.__struct_config__.tag),
            connection=interface.source.connection,
            definition=msgspec.to_builtins(interface),
        )
        for interface in interfaces
    )
    models.DataElement.objects.bulk_create(
        {
            field.data_element: models.DataElement(
                code=field.data_element, name=field.label, name_en=field.label_en, type=field.type
            )
            for field in part.fields
            if field.data_element
        }.values(),
        ignore_conflicts=True,
    )


def _resource(row: models.Resource) -> Resource:
    return Resource(
        code=row.code,
        provider=row.provider,
        name=row.name,
        name_en=row.name_en,
        abstract=row.abstract,
        resource_class=row.resource_class,
        sharing_class=row.sharing_class,
        condition=row.condition,
        legal_basis=row.legal_basis,
        update_cycle=row.update_cycle,
        subject_parameter=row.subject_parameter,
        published_at=row.published_at,
        fields=tuple(
            Field(f.name, f.label, f.label_en, f.type, f.unit, f.data_element, f.sensitivity) for f in row.fields.all()
        ),
        operations=tuple(interface.operation for interface in row.interfaces.all()),
    )
