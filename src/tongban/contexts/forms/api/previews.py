"""What a form will ask and read, told before anybody begins."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.contexts.forms.domain.definition import ReadSpec
from tongban.contexts.forms.service_forms import ServiceForm, get_service_form
from tongban.contexts.identity import api as identity
from tongban.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class SourcePreview:
    """A department that will be asked, and for what."""

    source: str
    source_name: Text
    labels: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class FormPreview:
    """How much there is to do."""

    service_code: str
    service_name: Text
    channels: tuple[str, ...]
    sources: tuple[SourcePreview, ...]
    to_fill: int
    filled: int
    to_upload: tuple[Text, ...]
    may_be_held: tuple[Text, ...]


def preview_form(*, service_code: str) -> FormPreview:
    """What applying for a service involves. Raises: NotFound."""
    service = get_service_form(service_code)
    names = {item.code: Text(zh=item.short, en=item.name_en) for item in identity.list_organisations()}
    fields = list(service.form.fields)
    return FormPreview(
        service_code=service.code,
        service_name=service.name,
        channels=service.channels,
        sources=tuple(_source(read, service, names) for read in service.form.reads),
        to_fill=sum(1 for field in fields if field.source is None and field.when is None),
        filled=sum(1 for field in fields if field.source is not None),
        to_upload=tuple(m.label for m in service.materials if not (m.licences or m.resources) and m.when is None),
        may_be_held=tuple(m.label for m in service.materials if m.licences or m.resources),
    )


def _source(read: ReadSpec, service: ServiceForm, names: dict[str, Text]) -> SourcePreview:
    source = read.resource.split(".")[0]
    fields = [f.label for f in service.form.fields if f.source and f.source.resource == read.resource]
    materials = [m.label for m in service.materials if read.resource in m.resources]
    return SourcePreview(
        source=source,
        source_name=names.get(source, Text(zh=source, en=source)),
        labels=tuple(dict.fromkeys([*fields, *materials])),
    )
