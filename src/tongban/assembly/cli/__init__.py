"""The ``tongban`` command. Each group is a module here with an ``app``; it is imported when it is called.

To add a group: write ``assembly/cli/<name>.py`` with ``app = cyclopts.App(name="<name>")`` and list it below.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence

from cyclopts import App

from tongban.kernel.errors import TongbanError

# Group, what it is for. A group whose module is not built yet is left out.
_GROUPS = {
    "serve": "启动一个服务进程。Run one process of the platform.",
    "demo": "启动演示城市。Run the demo city: everything, supervised.",
    "doctor": "检查这台机器。Check this machine and say what to do.",
    "migrate": "更新数据库结构。Bring the database's schema up to date.",
    "database": "数据库角色与地址。Roles and addresses of the database.",
    "pack": "城市包：检查、装载、测试。City packs: check, load, test.",
    "identity": "账号与组织。Accounts and organisations.",
    "halls": "大厅和机器。Halls and their machines.",
    "services": "政务服务事项。Service items.",
    "exchange": "数据共享。Data exchange.",
    "cases": "办件。Cases.",
    "process": "流程定义。Process definitions.",
    "licence": "电子证照。E-licences.",
}
_SINGLE = {"demo", "doctor", "migrate"}


def build() -> App:
    """The command with every group that exists, none of them imported yet."""
    app = App(
        name="tongban",
        help="通办：一网通办平台。Tongban: all of a city's public services through one door.",
        version=_version,
    )
    for name, purpose in _GROUPS.items():
        module = f"{__name__}.{name}"
        if importlib.util.find_spec(module) is not None:
            app.command(f"{module}:{name if name in _SINGLE else 'app'}", name=name, help=purpose)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; an expected failure is told in both languages and ends with status 1."""
    try:
        build()(list(arguments) if arguments is not None else None)
    except TongbanError as error:
        tell(error)
        sys.exit(1)


def tell(error: TongbanError) -> None:
    """Say to the operator what failed and what to do."""
    last_words = str(error.details.get("last_words", ""))
    said = (error.message.zh, error.message.en, last_words, error.remedy.zh, error.remedy.en)
    for line in dict.fromkeys(said):
        if line:
            print(line, file=sys.stderr)


def _version() -> str:
    from importlib.metadata import version

    return version("tongban")
