"""Keeps a set of child processes running, for ``tongban demo``.

Every child has a process group of its own (Ctrl-C reaches the supervisor alone), dies when the supervisor dies,
however it dies, and is started again when it ends by itself. Children stop in the reverse order of their start.
Used from the main thread: Linux counts the starting thread as the parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tongban.kernel.errors import Text, Unavailable
from tongban.runtime import launch
from tongban.runtime.probes import Probe

LOOK_INTERVAL_S = 0.1
LOG_LIMIT_BYTES = 20_000_000
BACKOFF_FIRST_S = 0.25
BACKOFF_LONGEST_S = 10.0
BACKOFF_LONGEST_AFTER_READY_S = 0.5
"""A child that was ready can serve: it is soon tried again, however often it ends."""
SETTLED_AFTER_S = 1.0
"""A child that lived this long after it was ready is started again at once."""


class ProcessFailed(Unavailable):
    """A process did not become ready."""

    code = "process-failed"


class StopRequested(Exception):
    """Somebody asked the supervisor to stop while it was starting."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running.

    ``command`` is asked before every start and must already die with us: see ``dying_with_us``.
    ``prepare`` runs before every start; ``is_ready`` is asked until it says yes.
    """

    name: str
    command: Callable[[], list[str]]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[], bool]
    prepare: Callable[[], None] = lambda: None
    directory: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    ready_timeout_s: float = 60.0
    stop_timeout_s: float = 15.0


@dataclass(slots=True, eq=False)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    log_start: int
    probe: Probe
    ready_at: float | None = None
    restarts: int = 0
    failures: int = 0
    start_due: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Starts programs in order and keeps them running until it is asked to stop.

    ``report`` receives one line for every event that an operator wants to see; ``status_file`` always holds the
    process numbers (JSON), written whole.
    """

    report: Callable[[Text], None]
    status_file: Path | None = None
    _children: list[_Child] = field(default_factory=list)
    _stops: int = 0
    _wake: tuple[socket.socket, socket.socket] | None = None
    _selector: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    @contextlib.contextmanager
    def signals(self) -> Iterator[Supervisor]:
        """Listen to SIGINT, SIGTERM, SIGHUP and ended children; on the way out stop every child."""
        reader, writer = socket.socketpair()
        for end in (reader, writer):
            end.setblocking(False)
        self._wake = (reader, writer)
        self._selector.register(reader, selectors.EVENT_READ)
        former_fd = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        former = {number: signal.signal(number, self._on_stop) for number in _STOP_SIGNALS}
        former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _wake_only)
        try:
            yield self
        finally:
            try:
                self.stop()
            finally:
                for number, handler in former.items():
                    signal.signal(number, handler)
                signal.set_wakeup_fd(former_fd)
                self._selector.unregister(reader)
                self._wake = None
                reader.close()
                writer.close()

    def start(self, *programs: Program) -> None:
        """Start programs side by side and wait till each is ready; they are stopped in the reverse order.

        Raises: ProcessFailed when one ends or is not ready in time, StopRequested when asked to stop meanwhile.
        """
        fresh = []
        for program in programs:
            fresh.append(self._spawn(program, is_asked=True))
            self._children.append(fresh[-1])
        while waiting := [child for child in fresh if child.ready_at is None]:
            self._wait(LOOK_INTERVAL_S)
            if self._stops:
                raise StopRequested
            for child in waiting:
                if child.process.poll() is not None or self._is_late(child):
                    raise _failed(child)
                self._note_ready(child)
            self._look_after_all(besides=waiting)
        self._write_status()

    def complete(self, *tasks: Program) -> None:
        """Run programs that end by themselves, side by side, till all have ended well; ``is_ready`` is not asked.

        Raises: ProcessFailed when one fails or is not done within its ``ready_timeout_s``; StopRequested. Whatever
        still runs then is ended.
        """
        running = [self._spawn(task, is_asked=False) for task in tasks]
        try:
            while busy := [task for task in running if task.process.poll() is None]:
                self._wait(LOOK_INTERVAL_S)
                self._look_after_all()
                if self._stops:
                    raise StopRequested
                if any(self._is_late(task) or task.process.returncode for task in running):
                    break
            for task in running:
                if task.process.returncode or task in busy:
                    raise _failed(task)
        finally:
            for task in running:
                _kill_group(task.process)

    def run(self) -> None:
        """Keep every started program running until somebody asks to stop."""
        while not self._stops:
            self._wait(self._next_look())
            self._look_after_all()

    def stop(self) -> None:
        """Stop every program, the last started first. A second request to stop kills what has not ended yet."""
        asked_before = self._stops
        for child in reversed(self._children):
            child.probe.end()
            if child.process.poll() is None:
                child.process.send_signal(child.program.stop_signal)
                deadline = time.monotonic() + child.program.stop_timeout_s
                while child.process.poll() is None and time.monotonic() < deadline and self._stops <= asked_before:
                    self._wait(LOOK_INTERVAL_S)
            _kill_group(child.process)
        self._children.clear()
        if self.status_file:
            self.status_file.unlink(missing_ok=True)

    def request_stop(self) -> None:
        """Ask ``run`` to return."""
        self._stops += 1

    def process_ids(self) -> dict[str, int]:
        """The process number of every program that runs, as last seen by the supervisor's own thread.

        It only looks: a ``poll`` from another thread at the moment of a child's end would hide that end.
        """
        return {child.program.name: child.process.pid for child in self._children if child.process.returncode is None}

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1

    def _wait(self, seconds: float | None) -> None:
        """Wait for a signal, a child's end, or this long."""
        if self._wake is None:
            raise RuntimeError("use the supervisor inside signals()")
        if self._selector.select(seconds):
            with contextlib.suppress(BlockingIOError):  # emptied: that is the aim
                while self._wake[0].recv(4096):
                    pass

    def _wake_up(self) -> None:
        """Called by probes, from their own threads."""
        wake = self._wake
        if wake:
            with contextlib.suppress(OSError):  # full: it wakes anyway; closed: nobody waits any more
                wake[1].send(b"\0")

    def _next_look(self) -> float | None:
        """How long nothing needs to be done unless a signal comes."""
        now = time.monotonic()
        due = [child.start_due - now for child in self._children if child.start_due is not None]
        if any(child.ready_at is None and child.start_due is None for child in self._children):
            due.append(LOOK_INTERVAL_S)  # it may become late
        return max(0.0, min(due)) if due else None

    def _look_after_all(self, besides: Sequence[_Child] = ()) -> None:
        for child in self._children:
            if child not in besides:
                self._look_after(child)

    def _look_after(self, child: _Child) -> None:
        if child.start_due is not None:
            if time.monotonic() >= child.start_due:
                self._restart(child)
        elif child.process.poll() is not None:
            self._note_end(child)
        elif child.ready_at is None:
            self._note_ready(child)
            if child.ready_at is not None:
                seconds = child.ready_at - child.started
                name = child.program.name
                self.report(
                    Text(zh=f"{name} 已恢复，用时 {seconds:.1f} 秒", en=f"{name} is back after {seconds:.1f} s")
                )
                self._write_status()
            elif self._is_late(child):
                _kill_group(child.process)

    def _note_end(self, child: _Child) -> None:
        """A child ended by itself: take its whole group away and say when it starts again."""
        child.probe.end()
        _kill_group(child.process)
        now = time.monotonic()
        settled = child.ready_at is not None and now - child.ready_at >= SETTLED_AFTER_S
        child.failures = 0 if settled else child.failures + 1
        child.start_due = now + (0.0 if settled else _backoff(child))
        end = _describe_end(child.process.returncode)
        name, log = child.program.name, child.program.log
        self.report(
            Text(
                zh=f"{name} 意外结束（{end.zh}），正在重新启动；日志：{log}",
                en=f"{name} ended ({end.en}); starting it again. Log: {log}",
            )
        )
        self._write_status()

    def _restart(self, child: _Child) -> None:
        try:
            fresh = self._spawn(child.program, is_asked=True)
        except (OSError, Unavailable) as error:
            child.failures += 1
            child.start_due = time.monotonic() + _backoff(child)
            name = child.program.name
            self.report(Text(zh=f"{name} 无法启动：{error}", en=f"{name} cannot be started: {error}"))
            return
        child.process, child.started, child.log_start = fresh.process, fresh.started, fresh.log_start
        child.probe = fresh.probe
        child.ready_at = child.start_due = None
        child.restarts += 1
        self._write_status()

    def _spawn(self, program: Program, *, is_asked: bool) -> _Child:
        program.prepare()
        program.log.parent.mkdir(parents=True, exist_ok=True)
        if program.log.exists() and program.log.stat().st_size > LOG_LIMIT_BYTES:
            program.log.replace(program.log.with_suffix(".log.1"))
        with program.log.open("ab") as log:
            log_start = log.tell()
            process = subprocess.Popen(
                program.command(),
                env=dict(program.environment),
                cwd=program.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        probe = Probe(program.is_ready, self._wake_up)
        if is_asked:
            probe.start()
        return _Child(program, process, time.monotonic(), log_start, probe)

    @staticmethod
    def _note_ready(child: _Child) -> None:
        """Take over what the probe has found."""
        if child.probe.error:
            raise child.probe.error
        child.ready_at = child.probe.ready_at

    @staticmethod
    def _is_late(child: _Child) -> bool:
        return time.monotonic() - child.started > child.program.ready_timeout_s

    def _write_status(self) -> None:
        if self.status_file is None:
            return
        status = {
            child.program.name: {
                "pid": child.process.pid,
                "is_ready": child.ready_at is not None and child.process.poll() is None,
                "restarts": child.restarts,
            }
            for child in self._children
        }
        draft = self.status_file.with_suffix(".draft")
        draft.write_text(json.dumps({"supervisor": os.getpid(), "processes": status}, indent=1), encoding="utf-8")
        draft.replace(self.status_file)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _wake_only(_number: int, _frame: FrameType | None) -> None:
    """Does nothing: the wake-up descriptor has been written, which is all that is wanted."""


def dying_with_us(command: list[str], *, death_signal: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command, started so that the kernel signals it when this process dies. Its first word is a full path."""
    return [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(int(death_signal)), "-1", "-1", *command]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of a child's group: a killed leader's own children hold its port."""
    with contextlib.suppress(ProcessLookupError):  # nobody is left: what was wanted
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _backoff(child: _Child) -> float:
    longest = BACKOFF_LONGEST_S if child.ready_at is None else BACKOFF_LONGEST_AFTER_READY_S
    return min(BACKOFF_FIRST_S * 2.0 ** (child.failures - 1), longest)


def _describe_end(code: int | None) -> Text:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return Text(zh=f"信号 {name}", en=f"signal {name}")
    return Text(zh=f"退出码 {code}", en=f"exit code {code}")


def _failed(child: _Child) -> ProcessFailed:
    name, log = child.program.name, child.program.log
    code = child.process.poll()
    end = _describe_end(code) if code is not None else Text(zh="超时", en="time-out")
    return ProcessFailed(
        Text(zh=f"{name} 没有启动（{end.zh}）", en=f"{name} did not start ({end.en})"),
        remedy=Text(zh=f"查看 {log}；运行 tongban doctor", en=f"See {log}; run tongban doctor"),
        process=name,
        last_words=last_words(log, since=child.log_start),
    )


def last_words(log: Path, *, since: int = 0, lines: int = 12) -> str:
    """The last lines of a log, from a position on."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - 20_000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
