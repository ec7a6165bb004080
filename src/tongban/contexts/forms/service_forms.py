"""The form and the materials of a service version, as this context reads them from services."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tongban.contexts.forms.domain.definition import FormDefinition, parse
from tongban.contexts.forms.domain.materials import MaterialRule, read_rules
from tongban.contexts.resources import api as resources
from tongban.contexts.services import api as services
from tongban.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class ServiceForm:
    """What a service version asks for, from whom it reads, and which departments decide."""

    code: str
    version: int
    name: Text
    form: FormDefinition
    materials: tuple[MaterialRule, ...]
    departments: tuple[str, ...]
    channels: tuple[str, ...]
    is_generic: bool


def get_service_form(code: str, version: int | None = None) -> ServiceForm:
    """The form of a service; the version in force when none is named. Raises: NotFound, MalformedForm."""
    found = services.get_definition(code, version)
    return ServiceForm(
        code=found.code,
        version=found.version,
        name=Text(zh=found.name, en=found.name_en or found.name),
        form=_with_proofs(parse({"reads": found.reads, **found.form})),
        materials=read_rules(found.materials),
        departments=found.departments,
        channels=found.channels,
        is_generic=found.is_generic,
    )


def _with_proofs(form: FormDefinition) -> FormDefinition:
    """Give a read that fills no field, and only stands in for a document, the one field that proves the record."""
    bare = {read.resource for read in form.reads if not read.fields}
    if not bare:
        return form
    known = resources.find_resources(bare)
    proofs = {code: (found.fields[0].name,) for code, found in known.items() if found.fields}
    reads = tuple(replace(read, fields=read.fields or proofs.get(read.resource, ())) for read in form.reads)
    return replace(form, reads=reads)
