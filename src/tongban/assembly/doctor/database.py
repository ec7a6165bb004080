"""The database: the one that DATABASE_URL names, or the embedded one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tongban.assembly.doctor import Finding, Subject, same
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text
from tongban.runtime.postgres import SOCKET_MARKER, is_embedded_cluster_present
from tongban.runtime.postgres_places import SYSTEM_USER, DatabaseUnavailable, can_run, packaged_programs
from tongban.runtime.postgres_roles import (
    APPLICATION_DATABASE,
    APPLICATION_ROLE,
    OLDEST_SUPPORTED,
    Passwords,
    socket_url,
)

CLOCK_SKEW_ALLOWED_S = 5.0


def findings(subject: Subject) -> Iterator[Finding]:
    """Whether there is a database to serve from."""
    if subject.database_url:
        yield from _server(subject.database_url, "DATABASE_URL")
        return
    yield _programs()
    yield _account()
    if not is_embedded_cluster_present(subject.data_dir):
        yield Finding(
            "database", "ok", Text(zh="首次启动时建立内置数据库", en="The embedded database is made at the first start")
        )
    elif url := _running(subject):
        yield from _server(url, "embedded")
    else:
        yield Finding("database", "ok", Text(zh="内置数据库未运行", en="The embedded database is not running now"))


def _programs() -> Finding:
    try:
        programs = packaged_programs()
    except DatabaseUnavailable as missing:
        return Finding("postgres-programs", "problem", missing.message, missing.remedy)
    if can_run(None, programs / "postgres"):
        return Finding("postgres-programs", "ok", same(str(programs)))
    return Finding(
        "postgres-programs",
        "problem",
        Text(zh=f"{programs} 中的 PostgreSQL 不能运行", en=f"PostgreSQL in {programs} cannot be run"),
        Text(zh="安装 zlib1g，或设置 DATABASE_URL", en="Install zlib1g, or set DATABASE_URL"),
    )


def _account() -> Finding:
    if os.geteuid() != 0:
        return Finding("postgres-user", "ok", Text(zh="以本用户运行 PostgreSQL", en="PostgreSQL runs as this user"))
    return Finding(
        "postgres-user",
        "ok",
        Text(
            zh=f"以系统用户 {SYSTEM_USER} 运行 PostgreSQL（PostgreSQL 不能以 root 运行）",
            en=f"PostgreSQL runs as the system user {SYSTEM_USER}: it must not run as root",
        ),
    )


def _running(subject: Subject) -> str:
    """The address of the embedded server when it answers."""
    passwords = Passwords(subject.data_dir / "secrets")
    marker = subject.data_dir / SOCKET_MARKER
    if not (marker.exists() and passwords.file(APPLICATION_ROLE).exists()):
        return ""
    folder = Path(marker.read_text(encoding="utf-8").strip())
    url = socket_url(folder, APPLICATION_ROLE, passwords.of(APPLICATION_ROLE), APPLICATION_DATABASE)
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return ""
    return url


def _server(url: str, where: str) -> Iterator[Finding]:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
            row = connection.execute(
                "SELECT pg_encoding_to_char(encoding), clock_timestamp() FROM pg_database"
                " WHERE datname = current_database()"
            ).fetchone()
    except psycopg.OperationalError as error:
        yield Finding(
            "database",
            "problem",
            same(f"{where}: {error}".strip()),
            Text(zh="检查地址、口令与服务器是否运行", en="Check the address, the password, and that the server runs"),
        )
        return
    found = same(f"PostgreSQL {version // 10000}.{version % 10000} ({where})")
    too_old = version < OLDEST_SUPPORTED
    remedy = Text(zh="需要 PostgreSQL 15 以上", en="PostgreSQL 15 or newer is needed")
    yield Finding("database", "problem", found, remedy) if too_old else Finding("database", "ok", found)
    encoding, there = row if row else ("", utc_now())
    if encoding != "UTF8":
        remedy = Text(zh="以 ENCODING 'UTF8' 重建数据库", en="Make the database anew with ENCODING 'UTF8'")
        yield Finding("database-encoding", "problem", same(encoding), remedy)
    skew = abs((utc_now() - there).total_seconds())
    if skew > CLOCK_SKEW_ALLOWED_S:
        yield Finding(
            "database-clock",
            "problem",
            Text(zh=f"数据库时钟相差 {skew:.0f} 秒", en=f"The database's clock differs by {skew:.0f} s"),
            Text(zh="同步两台机器的时间", en="Synchronise the clocks of both machines"),
        )
