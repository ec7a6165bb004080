"""Finds and ends what a killed PostgreSQL left behind, so that the next one can start at once."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil

from tongban.kernel.errors import Text
from tongban.runtime.postgres_places import SOCKET_NAME, DatabaseUnavailable


def list_servers(cluster: Path) -> list[psutil.Process]:
    """The processes of the server over a cluster, its orphans too: their working folder is the cluster's."""
    found = []
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            # A process of another user cannot be looked into, and cannot be ours.
            if process.info["name"] == "postgres" and process.cwd() == str(cluster):
                found.append(process)
    return found


def _postmaster_pid(cluster: Path) -> int | None:
    try:
        first = (cluster / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() else None


def end_leftovers(cluster: Path, runtime: Path, *, patience_s: float = 10.0) -> int:
    """End every process of an earlier server over the cluster and remove its lock files.

    A living postmaster (its supervisor was killed) is asked to stop in order first; orphans of a dead one
    hold the shared memory that the next server needs, so they are ended at once: recovery is the next start's.
    Returns how many processes were found. Raises: DatabaseUnavailable when one does not end.
    """
    found = list_servers(cluster)
    postmaster = _postmaster_pid(cluster)
    leaders = [process for process in found if process.pid == postmaster]
    for leader in leaders:
        _signal(leader, signal.SIGINT)
    psutil.wait_procs(leaders, timeout=patience_s)
    orphans = list_servers(cluster)
    for orphan in orphans:
        _signal(orphan, signal.SIGKILL)
    _gone, alive = psutil.wait_procs(orphans, timeout=patience_s)
    if alive:
        pids = ", ".join(str(process.pid) for process in alive)
        raise DatabaseUnavailable(
            Text(zh=f"旧的数据库进程（{pids}）无法结束", en=f"Old database processes ({pids}) do not end"),
            remedy=Text(zh="请结束这些进程后重试", en="End those processes, then try again"),
        )
    # Nothing lives over this cluster: a lock file would only name a process number that somebody else may use now.
    for lock in (cluster / "postmaster.pid", runtime / f"{SOCKET_NAME}.lock", runtime / SOCKET_NAME):
        lock.unlink(missing_ok=True)
    return len(found)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself: what was wanted
        process.send_signal(number)
