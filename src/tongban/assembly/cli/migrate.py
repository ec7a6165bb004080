"""``tongban migrate``: the schema of the application's database."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter


def migrate(
    *, check: Annotated[bool, Parameter(help="只检查，缺迁移则退出码 1。Only look; status 1 when behind.")] = False
) -> None:
    """把数据库结构更新到本版本。Bring the database's schema to this version; repeating it changes nothing."""
    import sys

    import psycopg

    from tongban.assembly.cli.django_setup import ready
    from tongban.runtime import settings
    from tongban.runtime.postgres_roles import check_server

    with psycopg.connect(settings.current().database_url, connect_timeout=10) as connection:
        check_server(connection)
    ready()
    from django.core.management import call_command
    from django.db import connection as django_connection
    from django.db.migrations.executor import MigrationExecutor

    if check:
        executor = MigrationExecutor(django_connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        for migration, _backwards in missing:
            print(f"{migration.app_label}.{migration.name}")
        sys.exit(1 if missing else 0)
    call_command("migrate", interactive=False, verbosity=1)
