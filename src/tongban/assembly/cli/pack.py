"""``tongban pack``: check, load and try a city's services as data."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

if TYPE_CHECKING:
    from tongban.assembly.packs.check import Report
    from tongban.assembly.packs.problems import Problem

app = App(name="pack", help="城市包：检查、装载、测试。City packs: check, load, test.")

PackPath = Annotated[Path, Parameter(help="城市包的文件夹。The pack's folder.")]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="机器可读输出。For programs.")]
Language = Annotated[str, Parameter(name="--lang", help="zh 或 en。Language of what is said.", env_var="TONGBAN_LANG")]

_IMPORT = "tongban.assembly.cli.pack_import"
if importlib.util.find_spec(_IMPORT) is not None:
    app.command(
        f"{_IMPORT}:import_services", name="import-services", help="导入事项清单。Import a city's list of items."
    )


@app.command
def check(path: PackPath, *, as_json: AsJson = False, lang: Language = "zh") -> None:
    """检查城市包，一次列出全部错误。Check a pack and list every problem; status 1 when there is one."""
    report = _checked(path)
    if as_json:
        _print_json(_summary(report))
    else:
        _print_problems(report.problems, lang)
        if report.is_sound:
            _say(lang, f"没有错误：{_counts(report)}", f"No problems: {_counts(report)}")
    sys.exit(0 if report.is_sound else 1)


@app.command
def load(path: PackPath, *, as_json: AsJson = False, lang: Language = "zh") -> None:
    """装载城市包；有错误就什么都不装。Load a pack, or nothing of it when there is a problem."""
    reach_database()
    from tongban.assembly.packs.load import PackRefused, load_pack

    try:
        report = load_pack(path)
    except PackRefused as refused:
        if as_json:
            problems = [problem.as_json() for problem in refused.problems]
            _print_json({"ok": False, "pack": path.name, "changed": False, "problems": problems})
        else:
            _print_problems(refused.problems, lang)
            _say(lang, "什么都没有装载", "Nothing was loaded")
        sys.exit(1)
    if as_json:
        _print_json({"ok": True, **report.as_json()})
        return
    for row in report.rows:
        if row.action != "unchanged":
            version = f" v{row.version}" if row.version else ""
            print(f"{row.action:9} {row.part}{version} ({row.count})")
    if report.is_unchanged:
        _say(lang, "没有变化：都已装载过", "Nothing changed: everything is loaded already")


@app.command(name="test")
def try_examples(
    path: PackPath,
    *,
    service: Annotated[str | None, Parameter(help="只试一个事项。Only this service.")] = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """运行每个事项的例子。Run each service's examples; status 1 when one comes out otherwise than it says."""
    report = _checked(path)
    if not report.is_sound:
        if as_json:
            _print_json(_summary(report))
        else:
            _print_problems(report.problems, lang)
        sys.exit(1)
    from tongban.assembly.packs.trial import try_pack

    results = list(try_pack(report, only=service))
    failed = [result for result in results if not result.is_passed]
    if as_json:
        counts = {"passed": len(results) - len(failed), "failed": len(failed)}
        _print_json({"ok": not failed, "pack": report.pack.name, **counts, "results": [r.as_json() for r in results]})
    else:
        for result in failed:
            print(f"{result.folder}/tests.yaml:{result.line} {result.example}")
            for difference in result.differences:
                print(f"  {difference.render(lang)}")
        by_service = Counter(result.folder for result in results)
        zh = f"{len(by_service)} 个事项 {len(results)} 个例子，{len(failed)} 个不符"
        _say(lang, zh, f"{len(by_service)} services, {len(results)} examples, {len(failed)} came out otherwise")
    sys.exit(1 if failed or not results else 0)


def reach_database() -> None:
    """Say plainly what to do when there is no database or its schema is behind, before a pack is read."""
    import psycopg

    from tongban.assembly.cli.django_setup import ready
    from tongban.kernel.errors import Text, Unavailable
    from tongban.runtime import settings

    try:
        with psycopg.connect(settings.current().database_url, connect_timeout=10) as connection:
            row = connection.execute("SELECT to_regclass('assembly_loaded_part')").fetchone()
    except psycopg.OperationalError as error:
        raise Unavailable(
            Text(zh="连不上数据库", en="The database does not answer"),
            remedy=Text(
                zh="先启动 tongban demo，或设 DATABASE_URL", en="Start tongban demo first, or set DATABASE_URL"
            ),
        ) from error
    if row is None or row[0] is None:
        raise Unavailable(
            Text(zh="数据库还没有表", en="The database has no tables yet"),
            remedy=Text(zh="先运行 tongban migrate", en="Run tongban migrate first"),
        )
    ready()


def _checked(path: Path) -> Report:
    from tongban.assembly.cli.django_setup import ready

    ready()
    from tongban.assembly.packs.check import check_pack

    return check_pack(path)


def _summary(report: Report) -> Mapping[str, Any]:
    problems = [problem.as_json() for problem in report.problems]
    return {"ok": report.is_sound, "pack": report.pack.name, "counts": report.counts(), "problems": problems}


def _counts(report: Report) -> str:
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in report.counts().items())


def _print_problems(problems: Iterable[Problem], lang: str) -> None:
    found = tuple(problems)
    for problem in found:
        print(problem.render(lang))
    if found:
        _say(lang, f"{len(found)} 处错误", f"{len(found)} problems")


def _print_json(document: Mapping[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _say(lang: str, zh: str, en: str) -> None:
    print(en if lang.startswith("en") else zh)
