"""For commands that change a running demo: its data folder, its database, and the pack's list of free persons."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from tongban.assembly.cli.django_setup import ready
from tongban.kernel.errors import Invalid, Text, Unavailable

IsDemo = Annotated[bool, Parameter(name="--demo", negative="", help="确认是演示环境。Say that this is a demo.")]
DataFolder = Annotated[
    Path | None, Parameter(help="演示的数据目录，默认 var。The demo's data folder.", env_var="TONGBAN_DATA")
]


class NotForDemo(Invalid):
    """The command is for demos, and the operator did not say that this is one."""

    code = "not-for-demo"


class DatabaseAsleep(Unavailable):
    """The database of a demo does not answer: it is not running, or its folder is another."""

    code = "database-asleep"


def ready_for_demo(is_demo: bool, data: Path | None) -> None:
    """Set Django up on a demo's database. Raises: NotForDemo; DatabaseAsleep saying what to do."""
    if not is_demo:
        raise NotForDemo(
            Text(zh="这个命令只用于演示", en="This command is for demos"),
            remedy=Text(
                zh="加上 --demo；正式账号用 tongban identity create-staff，或请居民在网上建账号",
                en="Add --demo; real accounts are made by tongban identity create-staff, or by residents themselves",
            ),
        )
    if data is not None:
        os.environ["TONGBAN_DATA"] = str(data.absolute())
    _check_database()
    ready()


def demo_persons() -> list[dict[str, Any]]:
    """The pack's list of synthetic persons without an account."""
    import yaml

    from tongban.runtime import settings

    found = settings.current()
    text = (found.packs_dir / found.pack / "demo_persons.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)["persons"]
    return rows


def _check_database() -> None:
    import psycopg

    from tongban.runtime import settings

    found = settings.current()
    try:
        psycopg.connect(found.database_url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        raise DatabaseAsleep(
            Text(
                zh=f"数据库没有应答，数据目录是 {found.data_dir}",
                en=f"The database does not answer; the data folder is {found.data_dir}",
            ),
            remedy=Text(
                zh="先用 make demo 启动演示；目录不同时加 --data",
                en="Start the demo with make demo; give --data when its folder is another",
            ),
        ) from error
