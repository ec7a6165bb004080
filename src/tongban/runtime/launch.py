"""Starts one program that dies with its parent, and drops root first when told to.

Run by path, alone, in a fresh interpreter (``python -I -S launch.py …``), never imported for its effect: a
``preexec_fn`` would run Python between fork and exec in a process that may have threads.

The parent is the *thread* that started this program (that is how Linux counts it), so start children
from a thread that lives as long as they should.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, death_signal: int, libc: ctypes.CDLL) -> None:
    """Ask the kernel for ``death_signal`` when the parent dies, however it dies; leave if it already has."""
    if sys.platform == "linux" and libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if os.getppid() != parent:
        sys.exit(0)


def main(arguments: list[str]) -> None:
    """PARENT-PID SIGNAL UID GID PROGRAM [ARGUMENT…]; UID and GID of -1 keep the present user."""
    parent, death_signal, uid, gid = (int(value) for value in arguments[:4])
    command = arguments[4:]
    # Everything is loaded by now: after the change of user, Python's own files may be out of reach.
    libc = ctypes.CDLL(None, use_errno=True)
    if uid >= 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    # A change of user clears the death signal: ask after it.
    die_with_parent(parent, death_signal, libc)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
