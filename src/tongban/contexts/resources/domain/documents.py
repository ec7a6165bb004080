"""A provider's resources as a pack writes them: the shape of the file, checked element by element.

A part holds what is declared here and nothing else: a misspelt key is an error, not a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tongban.kernel.errors import Invalid, Text
from tongban.wire.policy import FieldType, SharingClass

AdapterName = Literal["sql", "http-json", "http-xml", "csv-drop"]


class ResourceDocumentRefused(Invalid):
    """A resource file says something that cannot be; the message names the element."""

    code = "resource-document-refused"


class FieldPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a resource."""

    name: str
    label: str
    label_en: str = ""
    type: FieldType = "string"
    unit: str = ""
    data_element: str = ""
    sensitivity: int = 2


class ColumnPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with"}):
    """How a field is made from the source's columns."""

    column: str | None = None
    join: tuple[str, ...] = ()
    with_: str = ""
    codes: dict[str, str] | None = None
    date: str | None = None
    scale: int | None = None


class ParameterPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One parameter of an interface."""

    name: str
    pattern: str
    type: Literal["string"] = "string"
    max_length: int = 200


class OkPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer says that it is one."""

    path: str
    values: tuple[str, ...]


class InterfacePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one operation is answered. Which members apply depends on the adapter."""

    adapter: AdapterName
    connection: str
    parameters: tuple[ParameterPart, ...]
    columns: dict[str, str | ColumnPart]
    timeout_ms: int = 1500
    many: bool = False
    max_records: int = 500
    observed_at: str | ColumnPart | None = None
    record_version: str | None = None
    subject_column: str | None = None
    query: str | dict[str, str] | None = None
    method: Literal["GET", "POST"] = "GET"
    path: str = "/"
    headers: dict[str, str] = {}
    body: str | None = None
    record: str = ""
    ok: OkPart | None = None
    not_found: tuple[int, ...] = (404,)
    file: str | None = None
    key: str | None = None
    key_parameter: str | None = None
    encoding: str = "gb18030"
    delimiter: str = ","
    skip: int = 0
    trailer: str = "END"


class ResourcePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"resource_class": "class"}):
    """One data resource with its interface, or several under the names of their operations."""

    code: str
    name: str
    resource_class: str
    sharing_class: SharingClass
    fields: tuple[FieldPart, ...]
    name_en: str = ""
    abstract: str = ""
    abstract_en: str = ""
    condition: str = ""
    legal_basis: str = ""
    update_cycle: str = ""
    subject_parameter: str | None = None
    interface: InterfacePart | None = None
    interfaces: dict[str, InterfacePart] = {}


class ProviderPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: the resources of one provider."""

    provider: str
    resources: tuple[ResourcePart, ...]


def read_document(document: Mapping[str, Any]) -> ProviderPart:
    """A parsed file as its parts. Raises: ResourceDocumentRefused naming the element and what it should be."""
    try:
        return msgspec.convert(document, ProviderPart)
    except msgspec.ValidationError as error:
        raise ResourceDocumentRefused(
            Text(zh=f"资源文件有误：{error}", en=f"The resource file is wrong: {error}"),
            remedy=Text(
                zh="请对照 docs/reference/resource-file.md 修改该元素",
                en="Correct the element; docs/reference/resource-file.md describes it",
            ),
            provider=str(document.get("provider", "")),
        ) from error
