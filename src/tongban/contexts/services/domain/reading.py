"""From stored facts to the records of the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tongban.contexts.services.domain.facts import Facts, clock_budget, missing_sections, standard_process
from tongban.contexts.services.domain.generic import generic_form, generic_materials
from tongban.contexts.services.domain.records import (
    Clock,
    Fees,
    JointDepartment,
    LegalBasis,
    Limit,
    Material,
    Service,
    ServiceDefinition,
)
from tongban.kernel.errors import Text


def pair(entry: Mapping[str, Any], key: str) -> Text:
    """The Chinese and English of a key; the English is empty when nobody wrote it."""
    return Text(zh=str(entry.get(key) or ""), en=str(entry.get(f"{key}_en") or ""))


def service_of(
    facts: Facts,
    *,
    version: int,
    department_name: Text,
    department_short: str,
    theme_name: Text,
    names: Mapping[str, Text],
) -> Service:
    """The full record of a version. ``names``: of departments, by code."""
    return Service(
        code=facts["code"],
        version=version,
        name=pair(facts, "name"),
        one_line=pair(facts, "one_line"),
        department=facts["department"],
        department_name=department_name,
        department_short=department_short,
        authority=str(facts.get("handling_body") or facts.get("authority") or department_name.zh),
        exercise_level=str(facts.get("exercise_level", "")),
        item_type=str(facts.get("item_type", "")),
        theme=str(facts.get("theme", "")),
        theme_name=theme_name,
        audience=tuple(facts.get("audience") or ()),
        is_bundle=facts.get("kind") == "bundle",
        is_modelled=bool(facts.get("is_modelled")),
        statutory_limit=_limit(facts.get("statutory_limit")),
        promised_limit=_limit(facts.get("promised_limit")),
        acceptance_conditions=_pairs(facts.get("acceptance_conditions"), "text"),
        legal_basis=tuple(_basis(entry) for entry in facts.get("legal_basis") or ()),
        materials=tuple(_material(entry) for entry in generic_materials(facts)),
        results=_pairs(facts.get("results"), "name"),
        fees=_fees(facts.get("fees")),
        channels=tuple(facts.get("channels") or ()),
        visits=facts.get("visits"),
        place=pair(facts, "place"),
        hours=pair(facts, "hours"),
        enquiry_phone=str(facts.get("enquiry_phone", "")),
        complaint_phone=str(facts.get("complaint_phone", "")),
        appeal=pair(facts, "appeal"),
        faq=tuple((pair(entry, "question"), pair(entry, "answer")) for entry in facts.get("faq") or ()),
        co_departments=joint_departments(facts, names),
        process=str(facts.get("process") or "") if facts.get("is_modelled") else f"standard-{standard_process(facts)}",
        process_note="" if facts.get("is_modelled") else str(facts.get("process") or ""),
        is_bookable=facts.get("is_bookable"),
        has_courier=facts.get("has_courier"),
        quality=missing_sections(facts),
        facts=facts,
    )


def definition_of(facts: Facts, definition: Mapping[str, Any] | None, *, version: int) -> ServiceDefinition:
    """What runs a version: its own definition, or one made from its facts."""
    own = definition or {}
    form = own.get("form") or generic_form(facts)
    days, unit, is_default = clock_budget(facts)
    bundle = tuple(facts.get("bundle_items") or ())
    joint = [entry for entry in facts.get("co_departments") or () if isinstance(entry, str)]
    departments = [facts["department"], *joint, *(item["department"] for item in bundle)]
    return ServiceDefinition(
        code=facts["code"],
        version=version,
        name=facts["name"],
        name_en=str(facts.get("name_en", "")),
        form=form,
        process=str(own.get("process") or facts.get("process") or "") if own else f"standard-{standard_process(facts)}",
        materials=tuple(generic_materials(facts)),
        reads=tuple(form.get("reads") or ()),
        clock=Clock(days, unit, (facts.get("statutory_limit") or {}).get("days"), is_default),
        licences=tuple(facts.get("licences") or ()),
        channels=tuple(facts.get("channels") or ("online", "counter")),
        department=facts["department"],
        departments=tuple(dict.fromkeys(departments)),
        bundle_items=bundle,
        is_bundle=facts.get("kind") == "bundle",
        is_generic=not own,
    )


def joint_departments(facts: Facts, names: Mapping[str, Text]) -> tuple[JointDepartment, ...]:
    """The departments that take part beside the first: of a bundle its items, else its joint departments."""
    if facts.get("bundle_items"):
        return tuple(
            JointDepartment(
                name=names.get(item["department"], Text(zh=item["department"], en=item["department"])),
                title=pair(item, "name"),
                department=item["department"],
                days=item.get("days"),
                service=str(item.get("service", "")),
            )
            for item in facts["bundle_items"]
        )
    made = []
    for entry in facts.get("co_departments") or ():
        if isinstance(entry, str):
            made.append(JointDepartment(names.get(entry, Text(zh=entry, en=entry)), Text("", ""), entry))
        else:
            name = f"{entry.get('level', '')}{entry.get('name', '')}"
            made.append(JointDepartment(Text(zh=name, en=""), Text(zh="、".join(entry.get("steps") or ()), en="")))
    return tuple(made)


def _pairs(entries: Iterable[Mapping[str, Any]] | None, key: str) -> tuple[Text, ...]:
    return tuple(pair(entry, key) for entry in entries or () if entry.get(key))


def _limit(entry: Mapping[str, Any] | None) -> Limit | None:
    if not entry or not ("days" in entry or entry.get("note")):
        return None
    return Limit(entry.get("days"), str(entry.get("unit", "working-day")), pair(entry, "note"))


def _basis(entry: Mapping[str, Any]) -> LegalBasis:
    return LegalBasis(*(str(entry.get(key, "")) for key in ("title", "document", "article", "gist")))


def _fees(entry: Mapping[str, Any] | None) -> Fees | None:
    if not entry:
        return None
    return Fees(bool(entry.get("charged")), pair(entry, "note"), tuple(entry.get("items") or ()))


def _material(entry: Mapping[str, Any]) -> Material:
    stands_in = entry.get("replaced_by") or ()
    return Material(
        code=str(entry["code"]),
        name=pair(entry, "name"),
        issuer=pair(entry, "issuer"),
        is_required=bool(entry.get("is_required", True)),
        originals=entry.get("originals"),
        copies=entry.get("copies"),
        date_rule=pair(entry, "date_rule"),
        obtaining=pair(entry, "obtaining"),
        use=pair(entry, "use"),
        resources=tuple(str(item["resource"]) for item in stands_in if item.get("resource")),
        licences=tuple(str(item["licence"]) for item in stands_in if item.get("licence")),
    )
