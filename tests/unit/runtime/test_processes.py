"""The supervisor: children start in order, come back, stop in reverse, and never outlive it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tongban.kernel.errors import Text
from tongban.runtime.processes import ProcessFailed, Program, Supervisor, dying_with_us

SERVES = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('up'); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVES
WITH_CHILD = (
    "import subprocess, sys, pathlib, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid)); time.sleep(60)"
)


class Room:
    """Programs that write a file when they are up, and what the supervisor said about them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[Text] = []
        self.supervisor = Supervisor(report=self.said.append, status_file=folder / "processes.json")

    def program(self, name: str, code: str = SERVES, **changes: object) -> Program:
        marker = self.folder / name
        settings: dict[str, object] = {
            "name": name,
            "command": lambda: dying_with_us([sys.executable, "-c", code, str(marker)]),
            "environment": os.environ,
            "log": self.folder / f"{name}.log",
            "is_ready": lambda: marker.exists() and marker.read_text() != "",
            "prepare": lambda: marker.unlink(missing_ok=True),
            "ready_timeout_s": 10.0,
            "stop_timeout_s": 1.0,
        }
        return Program(**(settings | changes))  # type: ignore[arg-type]

    def run_until(self, act: Callable[[], None]) -> None:
        """Run the supervisor while ``act`` runs beside it, then ask it to stop by signal."""
        failures: list[BaseException] = []

        def beside() -> None:
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - raised again below, in the test's own thread
                failures.append(error)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        thread = threading.Thread(target=beside)
        thread.start()
        self.supervisor.run()
        thread.join()
        if failures:
            raise failures[0]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.01)


def test_a_killed_child_is_started_again(room: Room) -> None:
    with room.supervisor.signals() as supervisor:
        supervisor.start(room.program("web"))
        first = supervisor.process_ids()["web"]

        def kill() -> None:
            os.kill(first, signal.SIGKILL)
            eventually(lambda: supervisor.process_ids().get("web", first) != first and (room.folder / "web").exists())
            eventually(lambda: any("is back" in text.en for text in room.said))

        room.run_until(kill)
    assert "SIGKILL" in room.said[0].en
    assert all(text.zh for text in room.said)


def test_a_killed_child_s_own_children_go_with_it(room: Room) -> None:
    with room.supervisor.signals() as supervisor:
        supervisor.start(room.program("web", WITH_CHILD))
        grandchild = int((room.folder / "web").read_text())
        leader = supervisor.process_ids()["web"]

        def kill() -> None:
            os.kill(leader, signal.SIGKILL)
            eventually(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == "zombie")

        room.run_until(kill)


def test_children_stop_in_reverse_order_and_none_remains(room: Room) -> None:
    notes = room.folder / "order"
    code = (
        "import signal, sys, pathlib, time\n"
        "def stop(*_):\n"
        f"    open({str(notes)!r}, 'a').write(sys.argv[1].rpartition('/')[2] + ' '); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "pathlib.Path(sys.argv[1]).write_text('up'); time.sleep(60)\n"
    )
    with room.supervisor.signals() as supervisor:
        for name in ("one", "two", "three"):
            supervisor.start(room.program(name, code))
        status = json.loads((room.folder / "processes.json").read_text())["processes"]
        assert [name for name, child in status.items() if child["is_ready"]] == ["one", "two", "three"]
    assert notes.read_text().split() == ["three", "two", "one"]
    assert supervisor.process_ids() == {}


def test_a_child_that_ignores_the_request_is_ended(room: Room) -> None:
    with room.supervisor.signals() as supervisor:
        supervisor.start(room.program("deaf", STUBBORN))
        pid = supervisor.process_ids()["deaf"]
    assert not psutil.pid_exists(pid)


def test_a_child_that_does_not_start_is_named_with_its_last_words(room: Room) -> None:
    program = room.program("broken", "raise SystemExit('no such port')")
    with room.supervisor.signals() as supervisor, pytest.raises(ProcessFailed) as failed:
        supervisor.start(program)
    assert failed.value.details["last_words"] == "no such port"
    assert "exit code 1" in failed.value.message.en
    assert "doctor" in failed.value.remedy.en


def test_a_child_that_fails_again_and_again_is_tried_ever_more_slowly(room: Room) -> None:
    with room.supervisor.signals() as supervisor:
        supervisor.start(room.program("fickle"))
        room_program = room.supervisor._children[0].program
        failing = room.program("fickle", "raise SystemExit(3)")
        object.__setattr__(room_program, "command", failing.command)
        os.kill(supervisor.process_ids()["fickle"], signal.SIGKILL)
        room.run_until(lambda: eventually(lambda: sum("exit code 3" in text.en for text in room.said) >= 3))
        child = supervisor._children[0]
    assert child.failures >= 3


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    script = (
        "import os, sys, time, pathlib\n"
        "from tongban.runtime.processes import Program, Supervisor, dying_with_us\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "sleeper = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "child = Program(name='c', command=lambda: dying_with_us(sleeper),\n"
        "    environment=os.environ, log=folder / 'c.log', is_ready=lambda: True)\n"
        "with Supervisor(report=print).signals() as supervisor:\n"
        "    supervisor.start(child)\n"
        "    print(supervisor.process_ids()['c'], flush=True)\n"
        "    supervisor.run()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _gone, alive = psutil.wait_procs([child], timeout=10)
    assert alive == []
