"""Processor, memory, disk, Python, clock, time zone, locale, limits and ports."""

from __future__ import annotations

import json
import locale
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psutil

from tongban.assembly.doctor import Finding, Status, Subject, same
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

GIGABYTE = 1024**3
MEMORY_NEEDED = int(1.5 * GIGABYTE)
MEMORY_COMFORTABLE = 3 * GIGABYTE
DISK_NEEDED = 1 * GIGABYTE
DISK_COMFORTABLE = 4 * GIGABYTE
FILES_NEEDED = 1024


def findings(subject: Subject) -> Iterator[Finding]:
    """What the machine gives."""
    yield _python()
    yield _processors()
    yield _memory()
    yield _disk(subject.data_dir)
    yield _open_files()
    yield _clock()
    yield _time_zone()
    yield _locale()
    for option, port in (("--port", subject.web_port), ("--gateway-port", subject.gateway_port)):
        yield port_finding(subject.data_dir, port, option)


def _python() -> Finding:
    # Older versions cannot import this far: the bootstrap looks for a new enough one.
    return Finding("python", "ok", same(f"Python {'.'.join(str(part) for part in sys.version_info[:3])}"))


def _processors() -> Finding:
    count = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    found = Text(zh=f"{count} 个处理器核", en=f"{count} processor cores")
    if count >= 2:
        return Finding("processors", "ok", found)
    return Finding(
        "processors", "warning", found, Text(zh="建议 2 核以上，启动会慢", en="Use 2 or more; the start is slow")
    )


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    found = Text(zh=f"可用内存 {free / GIGABYTE:.1f} GB", en=f"{free / GIGABYTE:.1f} GB of memory available")
    if free >= MEMORY_COMFORTABLE:
        return Finding("memory", "ok", found)
    status: Status = "warning" if free >= MEMORY_NEEDED else "problem"
    return Finding(
        "memory",
        status,
        found,
        Text(
            zh="关闭其他程序；演示需要 1.5 GB，测试需要 3 GB",
            en="Close programs: the demo needs 1.5 GB, the tests 3 GB",
        ),
    )


def _disk(data_dir: Path) -> Finding:
    folder = next(place for place in (data_dir, *data_dir.parents) if place.exists())
    free = shutil.disk_usage(folder).free
    found = Text(
        zh=f"{folder} 可用空间 {free / GIGABYTE:.1f} GB", en=f"{free / GIGABYTE:.1f} GB of disk free at {folder}"
    )
    if not os.access(folder, os.W_OK):
        remedy = Text(
            zh=f"{folder} 不可写；用 --data 选择别处", en=f"{folder} is not writable: choose another with --data"
        )
        return Finding("disk", "problem", found, remedy)
    if free >= DISK_COMFORTABLE:
        return Finding("disk", "ok", found)
    status: Status = "warning" if free >= DISK_NEEDED else "problem"
    remedy = Text(zh="腾出空间，或用 --data 选择另一块盘", en="Free some, or choose another disk with --data")
    return Finding("disk", status, found, remedy)


def _open_files() -> Finding:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = Text(zh=f"每个进程可打开 {soft} 个文件", en=f"{soft} open files a process")
    if soft == resource.RLIM_INFINITY or soft >= FILES_NEEDED:
        return Finding("open-files", "ok", found)
    return Finding("open-files", "warning", found, Text(zh="运行 ulimit -n 4096", en="Run ulimit -n 4096"))


def _clock() -> Finding:
    """A clock that is wrong makes tickets, licences and statutory terms wrong."""
    now = utc_now()
    installed = Path(__file__).stat().st_mtime
    found = Text(zh=f"系统时间 {now:%Y-%m-%d %H:%M:%S} UTC", en=f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC")
    remedy = Text(zh="校准时间，例如 timedatectl set-ntp true", en="Set the clock, e.g. timedatectl set-ntp true")
    if now.timestamp() < installed - timedelta(days=1).total_seconds():
        return Finding("clock", "problem", found, remedy)
    if _is_synchronised() is False:
        return Finding(
            "clock",
            "warning",
            Text(zh=f"{found.zh}，未与时间服务器同步", en=f"{found.en}, not synchronised with a time server"),
            remedy,
        )
    return Finding("clock", "ok", found)


def _is_synchronised() -> bool | None:
    program = shutil.which("timedatectl")
    if program is None:
        return None
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    # Without systemd running (a container), nothing is known: the host keeps the clock.
    return done.stdout.strip() == "yes" if done.returncode == 0 else None


def _time_zone() -> Finding:
    try:
        offset = utc_now().astimezone(ZoneInfo("Asia/Shanghai")).utcoffset()
    except ZoneInfoNotFoundError:
        offset = None
    if offset == timedelta(hours=8):
        return Finding(
            "time-zone", "ok", Text(zh="时区数据可用（北京时间）", en="Time zone data is there (Asia/Shanghai)")
        )
    return Finding(
        "time-zone",
        "problem",
        Text(zh="缺少时区 Asia/Shanghai", en="The time zone Asia/Shanghai is missing"),
        Text(zh="安装软件包 tzdata", en="Install the package tzdata"),
    )


def _locale() -> Finding:
    encodings = (sys.getfilesystemencoding(), locale.getpreferredencoding(False))
    found = Text(zh=f"字符编码 {encodings[0]}", en=f"Text encoding {encodings[0]}")
    if all(encoding.lower().replace("-", "") == "utf8" for encoding in encodings):
        return Finding("locale", "ok", found)
    return Finding(
        "locale",
        "problem",
        Text(zh=f"字符编码 {'、'.join(encodings)}", en=f"Text encodings {', '.join(encodings)}"),
        Text(zh="运行 export LC_ALL=C.UTF-8", en="Run export LC_ALL=C.UTF-8"),
    )


def port_finding(data_dir: Path, port: int, option: str) -> Finding:
    """Whether a port can be listened on; ours already listening is well."""
    name = f"port-{port}"
    if is_port_free(port):
        return Finding(name, "ok", Text(zh=f"端口 {port} 空闲", en=f"Port {port} is free"))
    if demo_is_running(data_dir):
        return Finding(name, "ok", Text(zh=f"端口 {port} 由本演示使用", en=f"Port {port} is used by this demo"))
    return Finding(
        name,
        "problem",
        Text(zh=f"端口 {port} 已被占用", en=f"Port {port} is in use"),
        Text(
            zh=f"结束占用它的程序，或用 {option} 选择另一个端口",
            en=f"Stop what uses it, or choose another with {option}",
        ),
    )


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def demo_is_running(data_dir: Path) -> bool:
    """Whether a supervisor lives over this data folder."""
    status = data_dir / "processes.json"
    if not status.exists():
        return False
    supervisor = json.loads(status.read_text(encoding="utf-8"))["supervisor"]
    try:
        return "tongban" in " ".join(psutil.Process(supervisor).cmdline())
    except psutil.NoSuchProcess:
        return False
