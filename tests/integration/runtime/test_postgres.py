"""The embedded PostgreSQL: private, provisioned, and back after anything that kills it."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tongban.runtime.postgres import EmbeddedPostgres
from tongban.runtime.postgres_leftovers import list_servers
from tongban.runtime.postgres_places import SOCKET_PATH_LIMIT, DatabaseUnavailable
from tongban.runtime.processes import Supervisor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc and relies on Linux's death signal")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that every user can pass through, as an ordinary installation has."""
    parent = Path(tempfile.mkdtemp(prefix="tongban-pg-test-"))
    parent.chmod(0o755)
    yield parent / "data"
    location = parent / "data" / "postgres.location"
    if location.exists():
        shutil.rmtree(location.read_text().strip())
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    parent = Path(tempfile.mkdtemp(prefix="tongban-pg-test-"))
    with EmbeddedPostgres(parent, ephemeral=True) as running:
        yield running
    shutil.rmtree(parent)


def test_nobody_enters_without_the_role_s_password(server: EmbeddedPostgres) -> None:
    for role in ("postgres", "tongban", "bo_police_owner"):
        wrong = server.url(role, "postgres").replace(server.passwords.of(role), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_the_server_listens_on_its_private_socket_alone(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("postgres", "postgres")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT datcollate, datctype FROM pg_database").fetchall().count(("C", "C")) >= 4
    assert stat.S_IMODE(server.places.runtime.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.places.socket.stat().st_mode) == 0o700
    assert all(process.uids().effective != 0 for process in list_servers(server.places.cluster))


def test_a_back_office_reader_reads_its_database_and_nothing_else(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("bo_police_owner")) as owner:
        owner.execute("CREATE TABLE r (n int)")
        owner.execute("INSERT INTO r VALUES (1)")
    with psycopg.connect(server.url("bo_police_reader"), autocommit=True) as reader:
        assert reader.execute("SELECT n FROM r").fetchone() == (1,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("INSERT INTO r VALUES (2)")
        reader.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("INSERT INTO r VALUES (2)")
    for role, database in (
        ("bo_police_reader", "tongban"),
        ("tongban", "bo_police"),
        ("bo_estate_reader", "bo_police"),
    ):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.url(role, database))


def test_provisioning_again_changes_nothing(server: EmbeddedPostgres) -> None:
    query = "SELECT array_agg(rolname ORDER BY rolname), array_agg(rolsuper ORDER BY rolname) FROM pg_roles"
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        before = connection.execute(query).fetchone()
        server.provision()
        assert connection.execute(query).fetchone() == before


def test_passwords_are_private_files(server: EmbeddedPostgres) -> None:
    files = list(server.passwords.folder.glob("postgres_*_password"))
    assert len(files) >= 7
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_data_is_kept_and_no_existing_folder_is_widened(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(parents=True, mode=0o700)
    data = closed / "data"
    for _start in range(2):
        with EmbeddedPostgres(data) as server, psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
            connection.execute("INSERT INTO starts DEFAULT VALUES")
            count = connection.execute("SELECT count(*) FROM starts").fetchone()
    assert count == (2,)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert os.geteuid() != 0 or server.places.notes
    # Deleted by the operator, the data folder does not meet its former database.
    former = server.places.cluster.parent
    shutil.rmtree(data)
    with EmbeddedPostgres(data) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT to_regclass('starts')").fetchone() == (None,)
    for home in {former, server.places.cluster.parent} - {data}:
        shutil.rmtree(home)


def test_a_removed_server_leaves_nothing_and_can_start_anew(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server, psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE old (n int)")
    server.remove()
    assert {path.name for path in folder.iterdir()} == {"logs", "postgres.lock", "secrets"}
    with server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT to_regclass('old')").fetchone() == (None,)


@pytest.mark.parametrize("name", ["d" * SOCKET_PATH_LIMIT, "one, two", "云州 数据"])
def test_a_path_that_no_socket_can_have_still_works(folder: Path, name: str) -> None:
    data = folder / name
    with EmbeddedPostgres(data) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.remove()


def test_a_stale_lock_that_names_a_living_stranger_does_not_block(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        lock = (server.places.cluster / "postmaster.pid").read_text()
        cluster = server.places.cluster
    lines = lock.splitlines()
    (cluster / "postmaster.pid").write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    (server.places.runtime / ".s.PGSQL.5432.lock").write_text(f"{os.getppid()}\n")
    with EmbeddedPostgres(folder) as server:
        assert server.is_ready()


def test_a_second_supervisor_is_refused_with_what_to_do(folder: Path) -> None:
    with EmbeddedPostgres(folder), pytest.raises(DatabaseUnavailable) as refused:
        EmbeddedPostgres(folder).start()
    assert "--data" in refused.value.remedy.en


def test_lost_passwords_are_named(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        pass
    shutil.rmtree(server.passwords.folder)
    with pytest.raises(DatabaseUnavailable, match="password files"):
        EmbeddedPostgres(folder).start()


def test_a_killed_server_is_back_within_five_seconds(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    waits: list[float] = []

    def kill_repeatedly() -> None:
        try:
            for turn in range(5):
                waits.append(_kill_in_mid_transaction(server, turn))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    with Supervisor(report=lambda _text: None).signals() as supervisor:
        supervisor.start(server.program())
        server.provision()
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept (turn int)")
        killer = threading.Thread(target=kill_repeatedly)
        killer.start()
        supervisor.run()
        killer.join()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT array_agg(turn ORDER BY turn) FROM kept").fetchone() == ([*range(5)],)
    assert len(waits) == 5
    assert max(waits) < 5
    assert list_servers(server.places.cluster) == []


def _kill_in_mid_transaction(server: EmbeddedPostgres, turn: int) -> float:
    """Kill the postmaster while a transaction is open and a backend computes; return the seconds without a server."""
    with psycopg.connect(server.url()) as connection:
        connection.execute("INSERT INTO kept VALUES (%s)", [turn])
    busy, opened = psycopg.connect(server.url()), psycopg.connect(server.url())
    opened.execute("INSERT INTO kept VALUES (-1)")
    busy.pgconn.send_query(b"SELECT sum(sqrt(n)) FROM (SELECT generate_series(1, 2000000000) AS n) AS many")
    postmaster = int((server.places.cluster / "postmaster.pid").read_text().split()[0])
    killed, process = time.monotonic(), psutil.Process(postmaster)
    process.kill()
    psutil.wait_procs([process], timeout=5)
    while not server.is_ready():
        assert time.monotonic() - killed < 30
        time.sleep(0.02)
    for connection in (busy, opened):
        connection.close()
    return time.monotonic() - killed


def test_the_server_ends_when_its_supervisor_is_killed(folder: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tongban.runtime.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1])); server.start()\n"
        "print(server.places.cluster, flush=True)\n"
        "time.sleep(60)\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout
    cluster = Path(supervisor.stdout.readline().strip())
    running = list_servers(cluster)
    assert running
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    _gone, alive = psutil.wait_procs(running, timeout=10)
    assert alive == []
