"""``tongban database``: roles and addresses, for an operator with a PostgreSQL of their own."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

app = App(name="database", help="数据库角色与地址。Roles and addresses of the database.")


@app.command
def provision(
    admin_url: Annotated[
        str, Parameter(help="可建角色和数据库的地址。Address of a role that may create roles and databases.")
    ],
) -> None:
    """在任何 PostgreSQL（15 以上）上建立角色和数据库。Make the roles and databases on any PostgreSQL (15 or newer).

    Passwords are kept as private files below <data>/secrets; the addresses to set are printed. Repeating it
    changes nothing.
    """
    from psycopg.conninfo import make_conninfo

    from tongban.runtime import settings
    from tongban.runtime.postgres_roles import APPLICATION_DATABASE, APPLICATION_ROLE, GATEWAY_ROLE, Passwords
    from tongban.runtime.postgres_roles import provision as make_roles

    passwords = Passwords(settings.current().data_dir / "secrets")
    make_roles(admin_url, passwords)
    for variable, role in (("DATABASE_URL", APPLICATION_ROLE), ("TONGBAN_GATEWAY_DATABASE_URL", GATEWAY_ROLE)):
        safe = make_conninfo(admin_url, user=role, password=None, dbname=APPLICATION_DATABASE)
        print(f"{variable}: {safe}  password file: {passwords.file(role)}")


@app.command
def url(role: str = "tongban", database: str | None = None) -> None:
    """打印内置数据库的地址（含口令）。Print an address of the embedded database, password included, e.g. for psql."""
    from tongban.runtime import settings
    from tongban.runtime.postgres import EmbeddedPostgres

    print(EmbeddedPostgres(settings.current().data_dir).url(role, database))
