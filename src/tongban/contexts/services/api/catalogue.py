"""Reading the catalogue: one service, its definition, and every kind of list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet

from tongban.contexts.identity import api as identity
from tongban.contexts.services.domain.reading import definition_of, service_of
from tongban.contexts.services.domain.records import (
    Counted,
    GroupView,
    Overview,
    Service,
    ServiceDefinition,
    ServiceSummary,
    ThemeView,
)
from tongban.contexts.services.domain.themes import Theme, ThemeRules
from tongban.contexts.services.models import ServiceItem, ServiceVersion
from tongban.contexts.services.remembered import remembered, theme_rules
from tongban.infra.pages import Page, decode_cursor, encode_cursor
from tongban.kernel.errors import NotFound, Text
from tongban.runtime import settings

Audience = Literal["persons", "enterprises"]
SUMMARY_FIELDS = (
    "code",
    "name",
    "name_en",
    "short_name",
    "short_name_en",
    "department",
    "department_name",
    "department_name_en",
    "department_count",
    "theme",
    "group",
    "one_line",
    "one_line_en",
    "promised_days",
    "is_online",
    "is_bundle",
    "is_modelled",
)
PAGE = 150


class ServiceUnknown(NotFound):
    """No service has this code, or not this version of it."""

    code = "service-unknown"


def default_pack() -> str:
    """The pack that this installation serves."""
    return settings.current().pack


def get_service(code: str, version: int | None = None, *, pack: str | None = None) -> Service:
    """A service in a version, the one in force when none is named. Raises: ServiceUnknown."""
    item, row = _version(pack or default_pack(), code, version)
    names = (
        {o.code: Text(zh=o.name, en=o.name_en) for o in identity.list_organisations()} if _is_joint(row.facts) else {}
    )
    theme = theme_rules(item.pack).theme(item.theme)
    return service_of(
        {**row.facts, "theme": item.theme, "group": item.group},
        version=row.number,
        department_name=Text(zh=item.department_name, en=item.department_name_en),
        department_short=item.department_short,
        theme_name=Text(zh=theme.name, en=theme.name_en) if theme else Text(zh="", en=""),
        names=names,
    )


def find_service(code: str, *, pack: str | None = None) -> ServiceSummary | None:
    """The line of a service, or None."""
    row = _items(pack or default_pack()).filter(code=code).values(*SUMMARY_FIELDS).first()
    return ServiceSummary(**row) if row else None


def find_services(codes: Sequence[str], *, pack: str | None = None) -> dict[str, ServiceSummary]:
    """The lines of several services by code, in one query; unknown codes are left out."""
    return summaries_of(list(codes), pack=pack or default_pack())


def get_definition(code: str, version: int | None = None, *, pack: str | None = None) -> ServiceDefinition:
    """What runs a service version: its own definition, or one made from its facts. Raises: ServiceUnknown."""
    _item, row = _version(pack or default_pack(), code, version)
    return definition_of(row.facts, row.definition, version=row.number)


def list_services(
    *,
    theme: str | None = None,
    department: str | None = None,
    audience: Audience | None = None,
    letter: str | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
    pack: str | None = None,
) -> Page[ServiceSummary]:
    """Services in order of their names, bundles and modelled services among them. Keyset paged."""
    rows = _filtered(pack or default_pack(), theme, department, audience, letter)
    rows = rows.order_by("sort_key", "code")
    if cursor:
        after, code = decode_cursor(cursor, (str, str))
        rows = rows.filter(Q(sort_key__gt=after) | Q(sort_key=after, code__gt=code))
    found = list(rows.values("sort_key", *SUMMARY_FIELDS)[: limit + 1])
    more = encode_cursor(found[limit - 1]["sort_key"], found[limit - 1]["code"]) if len(found) > limit else None
    return Page(tuple(_summary(row) for row in found[:limit]), more)


def list_theme(slug: str, *, pack: str | None = None) -> tuple[ServiceSummary, ...]:
    """Every service of a theme, in the order of its groups and then of names. A theme holds some 150 at most."""
    rows = _items(pack or default_pack()).filter(theme=slug)
    ordered = rows.order_by("group", "-is_bundle", "-is_modelled", "sort_key", "code")
    return tuple(_summary(row) for row in ordered.values(*SUMMARY_FIELDS))


def list_themes(*, pack: str | None = None) -> tuple[ThemeView, ...]:
    """The city's themes in its order with their numbers of services; empty ones are left out."""
    name = pack or default_pack()
    return remembered(name, "themes", lambda: _counted_themes(theme_rules(name), _items(name)))


def get_overview(*, pack: str | None = None) -> Overview:
    """What the first page shows of a catalogue."""
    name = pack or default_pack()
    return remembered(name, "overview", lambda: _overview(name))


def get_theme(slug: str, *, pack: str | None = None) -> ThemeView:
    """A theme. Raises: NotFound."""
    name = pack or default_pack()
    theme = theme_rules(name).theme(slug)
    if theme is None or theme.slug != slug:
        raise NotFound(Text(zh="没有这个主题", en="There is no such theme"))
    return _theme_view(theme, _items(name).filter(theme=slug).count())


def list_departments(*, pack: str | None = None) -> tuple[Counted, ...]:
    """Departments that offer services, those with most first."""
    rows = _items(pack or default_pack()).values_list("department", "department_name", "department_name_en")
    counted = rows.annotate(n=Count("id")).order_by("-n", "department")
    return tuple(Counted(code, Text(zh=zh, en=en), n) for code, zh, en, n in counted)


def list_letters(*, pack: str | None = None) -> tuple[Counted, ...]:
    """Index letters with services, A to Z, then the rest."""
    rows = _items(pack or default_pack()).values_list("letter").annotate(n=Count("id"))
    counted = sorted(rows, key=lambda row: (row[0] == "#", row[0]))
    return tuple(Counted(letter, Text(zh=letter, en=letter), n) for letter, n in counted)


def list_audience_themes(audience: Audience, *, pack: str | None = None) -> tuple[ThemeView, ...]:
    """Themes with the number of services for persons or for enterprises."""
    name = pack or default_pack()
    return remembered(
        name,
        f"themes for {audience}",
        lambda: _counted_themes(theme_rules(name), _filtered(name, None, None, audience, None)),
    )


def list_bundles(*, pack: str | None = None) -> tuple[ServiceSummary, ...]:
    """Every bundle, in order of names."""
    rows = _items(pack or default_pack()).filter(is_bundle=True).order_by("sort_key", "code")
    return tuple(_summary(row) for row in rows.values(*SUMMARY_FIELDS))


def list_modelled(*, limit: int = 12, pack: str | None = None) -> tuple[ServiceSummary, ...]:
    """Services with a process of their own, those for persons first: what people do most is modelled first."""
    rows = _items(pack or default_pack()).filter(is_modelled=True, is_bundle=False)
    ordered = rows.order_by("-is_for_persons", "sort_key", "code").values(*SUMMARY_FIELDS)[:limit]
    return tuple(_summary(row) for row in ordered)


def count_services(*, pack: str | None = None) -> tuple[int, int]:
    """How many services, of how many departments."""
    counts = _items(pack or default_pack()).aggregate(n=Count("id"), d=Count("department", distinct=True))
    return counts["n"], counts["d"]


def list_related(
    code: str, theme: str, group: int, *, limit: int = 6, pack: str | None = None
) -> tuple[ServiceSummary, ...]:
    """Other services of the same group, modelled ones first."""
    rows = _items(pack or default_pack()).filter(theme=theme, group=group).exclude(code=code)
    ordered = rows.order_by("-is_bundle", "-is_modelled", "sort_key").values(*SUMMARY_FIELDS)[:limit]
    return tuple(_summary(row) for row in ordered)


def find_summaries(codes: Iterable[str], *, pack: str | None = None) -> dict[str, ServiceSummary]:
    """Lines by code, for those that exist: one query for all of them."""
    wanted = list(codes)
    return summaries_of(wanted, pack=pack or default_pack()) if wanted else {}


def summaries_of(codes: list[str], *, pack: str) -> dict[str, ServiceSummary]:
    """Lines by code, for those that exist."""
    rows = _items(pack).filter(code__in=codes).values(*SUMMARY_FIELDS)
    return {row["code"]: _summary(row) for row in rows}


def _items(pack: str) -> QuerySet[ServiceItem]:
    return ServiceItem.objects.filter(pack=pack)


def _filtered(
    pack: str, theme: str | None, department: str | None, audience: Audience | None, letter: str | None
) -> QuerySet[ServiceItem]:
    rows = _items(pack)
    if theme:
        rows = rows.filter(theme=theme)
    if department:
        rows = rows.filter(department=department)
    if letter:
        rows = rows.filter(letter=letter)
    if audience:
        rows = rows.filter(is_for_persons=True) if audience == "persons" else rows.filter(is_for_enterprises=True)
    return rows


def _version(pack: str, code: str, number: int | None) -> tuple[ServiceItem, ServiceVersion]:
    item = _items(pack).defer("vector", "impacts", "wordings").filter(code=code).first()
    wanted = item.version if item and number is None else number or 0
    row = ServiceVersion.objects.filter(pack=pack, code=code, number=wanted).first() if item else None
    if item is None or row is None:
        raise ServiceUnknown(
            Text(zh="没有这个事项，可能已经取消或编码有误", en="There is no such service; it may have been withdrawn"),
            remedy=Text(zh="请从首页搜索，或拨打 12345", en="Search from the home page, or call 12345"),
            service=code[:64],
        )
    return item, row


def _is_joint(facts: dict[str, Any]) -> bool:
    return bool(facts.get("bundle_items")) or any(isinstance(e, str) for e in facts.get("co_departments") or ())


def _counted_themes(rules: ThemeRules, items: QuerySet[ServiceItem]) -> tuple[ThemeView, ...]:
    counts = dict(items.values_list("theme").annotate(n=Count("id")))
    return tuple(_theme_view(theme, counts[theme.slug]) for theme in rules.themes if counts.get(theme.slug))


def _overview(pack: str) -> Overview:
    services, departments = count_services(pack=pack)
    rules = theme_rules(pack)
    order = {theme.slug: place for place, theme in enumerate(rules.themes)}
    rows = _items(pack).filter(Q(is_bundle=True) | Q(is_modelled=True)).order_by("sort_key", "code")
    own = sorted(map(_summary, rows.values(*SUMMARY_FIELDS)), key=lambda item: order.get(item.theme, len(order)))
    return Overview(
        services=services,
        departments=departments,
        themes=_counted_themes(rules, _items(pack)),
        bundles=tuple(item for item in own if item.is_bundle),
        modelled=tuple(item for item in own if not item.is_bundle),
    )


def _theme_view(theme: Theme, count: int) -> ThemeView:
    groups = tuple(GroupView(Text(zh=group.name, en=group.name_en)) for group in theme.groups)
    return ThemeView(theme.slug, Text(zh=theme.name, en=theme.name_en), groups, count)


def _summary(row: dict[str, Any]) -> ServiceSummary:
    row.pop("sort_key", None)
    return ServiceSummary(**row)
