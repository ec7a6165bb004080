"""The frozen records that the door of services hands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tongban.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """One line of a list."""

    code: str
    name: str
    name_en: str
    short_name: str
    short_name_en: str
    department: str
    department_name: str
    department_name_en: str
    department_count: int
    theme: str
    group: int
    one_line: str
    one_line_en: str
    promised_days: int | None
    is_online: bool
    is_bundle: bool
    is_modelled: bool

    @property
    def url(self) -> str:
        """The address of the guide."""
        return f"/services/{quote(self.code, safe='')}/"


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit. ``days`` is None when it is stated in words only. Units: working-day or calendar-day."""

    days: int | None
    unit: str
    note: Text


@dataclass(frozen=True, slots=True)
class Material:
    """A material of an item. ``resources`` and ``licences``: what the city holds that stands in for it."""

    code: str
    name: Text
    issuer: Text
    is_required: bool
    originals: int | None
    copies: int | None
    date_rule: Text
    obtaining: Text
    use: Text
    resources: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether the city may already hold it."""
        return bool(self.resources or self.licences)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A law, its article, and what it says."""

    title: str
    document: str = ""
    article: str = ""
    gist: str = ""


@dataclass(frozen=True, slots=True)
class Fees:
    """Whether an item costs something, and what."""

    is_charged: bool
    note: Text
    items: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class JointDepartment:
    """A department that takes part. ``days``: its share of the time, where stated."""

    name: Text
    title: Text
    department: str = ""
    days: int | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A service item in one version, with every field of GB/T 39046 that its department published.

    ``quality`` names the sections that are not published: see ``SECTIONS``. Texts without English have it empty.
    """

    code: str
    version: int
    name: Text
    one_line: Text
    department: str
    department_name: Text
    department_short: str
    authority: str
    exercise_level: str
    item_type: str
    theme: str
    theme_name: Text
    audience: tuple[str, ...]
    is_bundle: bool
    is_modelled: bool
    statutory_limit: Limit | None
    promised_limit: Limit | None
    acceptance_conditions: tuple[Text, ...]
    legal_basis: tuple[LegalBasis, ...]
    materials: tuple[Material, ...]
    results: tuple[Text, ...]
    fees: Fees | None
    channels: tuple[str, ...]
    visits: int | None
    place: Text
    hours: Text
    enquiry_phone: str
    complaint_phone: str
    appeal: Text
    faq: tuple[tuple[Text, Text], ...]
    co_departments: tuple[JointDepartment, ...]
    process: str
    process_note: str
    is_bookable: bool | None
    has_courier: bool | None
    quality: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def url(self) -> str:
        """The address of the guide."""
        return f"/services/{quote(self.code, safe='')}/"


@dataclass(frozen=True, slots=True)
class Clock:
    """The budget of an item's statutory clock. ``is_default``: the law's own limit, the department published none."""

    budget_days: int
    unit: str
    statutory_days: int | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """What runs a service version: its form, process, materials, reads, clock and what it issues.

    ``materials``, ``licences`` and ``bundle_items`` are as a service pack writes them; ``is_generic`` marks a
    definition made from the facts alone.
    """

    code: str
    version: int
    name: str
    name_en: str
    form: Mapping[str, Any]
    process: str
    materials: tuple[Mapping[str, Any], ...]
    reads: tuple[Mapping[str, Any], ...]
    clock: Clock
    licences: tuple[Mapping[str, Any], ...]
    channels: tuple[str, ...]
    department: str
    departments: tuple[str, ...]
    bundle_items: tuple[Mapping[str, Any], ...]
    is_bundle: bool
    is_generic: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """A part of a theme."""

    name: Text


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme with its number of services."""

    slug: str
    name: Text
    groups: tuple[GroupView, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows of a catalogue: how much there is, its themes, its bundles, its modelled services."""

    services: int
    departments: int
    themes: tuple[ThemeView, ...]
    bundles: tuple[ServiceSummary, ...]
    modelled: tuple[ServiceSummary, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A department or an index letter with its number of services."""

    key: str
    name: Text
    count: int


@dataclass(frozen=True, slots=True)
class QualityTicketView:
    """A section that a department is asked to publish."""

    code: str
    item_name: str
    department: str
    section: str
    section_name: Text
    is_open: bool


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load changed. ``read`` = created + changed + unchanged + kept; kept items have their own definition."""

    read: int
    created: int
    changed: int
    unchanged: int
    kept: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether anything is different from before."""
        return bool(self.created or self.changed)
