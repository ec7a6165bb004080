"""Roles and databases of an installation, made the same way on the embedded server and on any PostgreSQL >= 15.

The application owns its database through ``tongban`` (no superuser). The gateway has its own, narrower role:
what it may touch is granted by the migrations of the context that owns those tables. Every departmental
back-office has a database with an owner and a role that can only read, as if a department had given it out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tongban.kernel.errors import Text
from tongban.runtime.postgres_places import DatabaseUnavailable
from tongban.runtime.secret_files import read_or_make

APPLICATION_ROLE = "tongban"
GATEWAY_ROLE = "tongban_gateway"
SUPERUSER = "postgres"
APPLICATION_DATABASE = "tongban"
BACK_OFFICE_DATABASES = ("bo_police", "bo_estate", "bo_social", "bo_market")
OLDEST_SUPPORTED = 150000
READER_STATEMENT_TIMEOUT = "5s"

_PASSWORD_FILES = {APPLICATION_ROLE: "database_password", GATEWAY_ROLE: "gateway_database_password"}


def owner_role(database: str) -> str:
    """The role that owns a back-office database."""
    return f"{database}_owner"


def reader_role(database: str) -> str:
    """The role of a back-office database that the gateway reads with."""
    return f"{database}_reader"


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of database roles: one private file each, made at first use."""

    folder: Path

    def file(self, role: str) -> Path:
        """Where the password of a role is kept."""
        return self.folder / _PASSWORD_FILES.get(role, f"postgres_{role}_password")

    def of(self, role: str) -> str:
        """The password of a role."""
        return read_or_make(self.file(role), lambda: secrets.token_urlsafe(36), may_create=True).strip()


def socket_url(folder: Path, role: str, password: str, database: str) -> str:
    """The address of a database behind a socket."""
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={quote(str(folder), safe='')}"


def provision(admin_url: str, passwords: Passwords, *, can_create_databases: bool = False) -> None:
    """Make every role and database that is missing, and set every password. Repeating it changes nothing.

    ``admin_url`` is a role that may create roles and databases. ``can_create_databases`` lets the application
    role make databases: for tests only.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        check_server(connection)
        _ensure_role(connection, APPLICATION_ROLE, passwords, "CREATEDB" if can_create_databases else "NOCREATEDB")
        _ensure_role(connection, GATEWAY_ROLE, passwords, "NOCREATEDB")
        _ensure_database(connection, APPLICATION_DATABASE, APPLICATION_ROLE, readers=(GATEWAY_ROLE,))
        for database in BACK_OFFICE_DATABASES:
            owner, reader = owner_role(database), reader_role(database)
            _ensure_role(connection, owner, passwords, "NOCREATEDB")
            _ensure_role(connection, reader, passwords, "NOCREATEDB")
            _limit_reader(connection, reader)
            _ensure_database(connection, database, owner, readers=(reader,))
    for database in BACK_OFFICE_DATABASES:
        owner = owner_role(database)
        _let_read(_with_role(admin_url, owner, passwords.of(owner), database), reader_role(database))


def check_server(connection: psycopg.Connection) -> None:
    """Raises: DatabaseUnavailable when the server is older than PostgreSQL 15."""
    version = connection.info.server_version
    if version < OLDEST_SUPPORTED:
        raise DatabaseUnavailable(
            Text(
                zh=f"数据库是 PostgreSQL {version // 10000}，需要 15 以上",
                en=f"The database is PostgreSQL {version // 10000}; 15 or newer is needed",
            ),
            remedy=Text(
                zh="升级 PostgreSQL，或不设 DATABASE_URL", en="Upgrade PostgreSQL, or leave DATABASE_URL unset"
            ),
        )


def _ensure_role(connection: psycopg.Connection, role: str, passwords: Passwords, ability: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    # The server receives the SCRAM verifier, so that no log of statements can hold the password.
    verifier = connection.pgconn.encrypt_password(passwords.of(role).encode(), role.encode(), b"scram-sha-256").decode()
    template = (
        "{verb} ROLE {role} LOGIN NOCREATEROLE {ability} PASSWORD {verifier}"
        if exists
        else "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {ability} PASSWORD {verifier}"
    )
    connection.execute(
        sql.SQL(template).format(
            verb=sql.SQL("ALTER" if exists else "CREATE"),
            role=sql.Identifier(role),
            ability=sql.SQL("CREATEDB" if ability == "CREATEDB" else "NOCREATEDB"),
            verifier=sql.Literal(verifier),
        )
    )


def _limit_reader(connection: psycopg.Connection, role: str) -> None:
    for setting, value in (
        ("default_transaction_read_only", "on"),
        ("statement_timeout", READER_STATEMENT_TIMEOUT),
    ):
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(role), sql.Identifier(setting), sql.Literal(value)
            )
        )


def _ensure_database(connection: psycopg.Connection, name: str, owner: str, readers: tuple[str, ...]) -> None:
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    database = sql.Identifier(name)
    if not exists:
        # An administrator without superuser rights must be a member of the owner to give it a database.
        _join(connection, owner)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'").format(
                database, sql.Identifier(owner)
            )
        )
    connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
    for role in readers:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role)))


def _join(connection: psycopg.Connection, role: str) -> None:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and not row[0]:
        connection.execute(sql.SQL("GRANT {} TO current_user").format(sql.Identifier(role)))


def _let_read(owner_url: str, reader: str) -> None:
    """The owner lets the reader see its present and future tables."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        role = sql.Identifier(reader)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {}",
        ):
            connection.execute(sql.SQL(statement).format(role))


def _with_role(admin_url: str, role: str, password: str, database: str) -> str:
    """The same server, another role and database."""
    return make_conninfo(admin_url, user=role, password=password, dbname=database)


def addresses(url_of: Callable[[str, str], str]) -> Mapping[str, str]:
    """Every role's own address, by role: what an installation needs to know after provisioning."""
    found = {
        APPLICATION_ROLE: url_of(APPLICATION_ROLE, APPLICATION_DATABASE),
        GATEWAY_ROLE: url_of(GATEWAY_ROLE, APPLICATION_DATABASE),
    }
    for database in BACK_OFFICE_DATABASES:
        found[owner_role(database)] = url_of(owner_role(database), database)
        found[reader_role(database)] = url_of(reader_role(database), database)
    return found
