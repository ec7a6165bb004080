"""``tongban pack import-services``: any city's list of items into the catalogue, every row accounted for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tongban.kernel.errors import Invalid, Text

if TYPE_CHECKING:
    from tongban.contexts.services.api import CityFiles, ImportReport

_SHOWN = 20


def import_services(
    file: Annotated[Path, Parameter(help="JSONL、JSON、CSV 或 Excel。The export to read.")],
    *,
    pack: Annotated[str, Parameter(help="城市包的名字。Name of the city pack.")],
    mapping: Annotated[Path | None, Parameter(help="列名对照文件。Which column is which field (YAML).")] = None,
    facts: Annotated[
        Path | None, Parameter(help="把整理好的事项写到这里，不装载。Write the facts here instead of loading.")
    ] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="机器可读输出。For programs.")] = False,
) -> None:
    """导入事项清单，一行都不丢。Import a list of items; what cannot be mapped is reported with its reason."""
    content = _read(file)
    parsed = _read_yaml(mapping) if mapping is not None else None
    if facts is not None:
        _write_facts(content, file, pack, parsed, facts)
        return
    from tongban.assembly.cli.pack import reach_database

    reach_database()
    from tongban.contexts.identity import api as identity
    from tongban.contexts.services import api as services

    city = _city_files(pack)
    identity.load_organisations((city.organisations or {}).get("organisations", []))
    report = services.import_services(content=content, filename=file.name, pack=pack, city=city, mapping=parsed)
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        _tell(report)
    sys.exit(0)


def _write_facts(content: bytes, file: Path, pack: str, mapping: Any, target: Path) -> None:
    from tongban.assembly.cli.django_setup import ready

    ready()
    from tongban.contexts.services import api as services

    derived, _name = services.derive_services(
        content=content, filename=file.name, city=_city_files(pack), mapping=mapping
    )
    target.write_bytes(services.facts_as_lines(derived.facts))
    print(f"{target}: {len(derived.facts)}")
    for found in derived.rejected:
        print(f"  {found.row}: {found.reason.zh} / {found.reason.en}")


def _city_files(pack: str) -> CityFiles:
    """The pack's own files; a pack without a folder imports with authorities and themes as the export gives them."""
    from tongban.contexts.services.api import CityFiles
    from tongban.runtime import settings

    root = settings.current().packs_dir / pack
    described = _optional(root / "pack.yaml") or {}
    return CityFiles(
        name=str(described.get("name", "")),
        organisations=_optional(root / "organisations.yaml"),
        authorities=_optional(root / "catalogue" / "authorities.yaml"),
        themes=_optional(root / "catalogue" / "themes.yaml"),
        plain_words=_optional(root / "catalogue" / "plain_words.yaml"),
    )


def _optional(path: Path) -> Any:
    return _read_yaml(path) if path.is_file() else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(
            Text(zh=f"读不到 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}"),
            remedy=Text(zh="请检查文件路径和权限", en="Check the path and its permissions"),
        ) from error


def _read_yaml(path: Path) -> Any:
    import yaml

    try:
        return yaml.load(_read(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise Invalid(
            Text(zh=f"{path} 第 {line} 行不是有效的 YAML", en=f"{path} line {line} is not valid YAML"),
            remedy=Text(zh="改好再试，什么都没有导入", en="Correct it and try again; nothing was imported"),
            line=line,
        ) from error


def _tell(report: ImportReport) -> None:
    print(
        f"读到 {report.read} 行，装载 {report.loaded} 项："
        f"新增 {report.created}，变更 {report.changed}，未变 {report.unchanged}"
    )
    print(
        f"read {report.read}, loaded {report.loaded}: "
        f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged"
    )
    if not report.created and not report.changed:
        print("没有变化 / nothing changed")
    for title, found in (("没有导入 / rejected", report.rejected), ("提示 / warnings", report.warnings)):
        if found:
            print(f"{title}: {len(found)}")
        for entry in found[:_SHOWN]:
            print(f"  {entry.row}: {entry.reason.zh} / {entry.reason.en}")
        if len(found) > _SHOWN:
            print(f"  … {len(found) - _SHOWN} (--json)")
