"""Fonts, the browser of the tests, translations, and the data folder's privacy."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tongban.assembly.doctor import Finding, Subject, same
from tongban.kernel.errors import Text

_SOURCE = Path(__file__).resolve().parents[2]
LICENCE_FONT = _SOURCE / "surfaces" / "shared" / "fonts" / "NotoSansSC_400Regular.ttf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def findings(subject: Subject) -> Iterator[Finding]:
    """What lies on the disk."""
    yield _licence_font()
    yield _screen_font()
    yield _browser()
    yield _translations()
    yield _privacy(subject.data_dir)


def _licence_font() -> Finding:
    if LICENCE_FONT.exists():
        return Finding("licence-font", "ok", Text(zh="证照字体已就绪", en="The font of licences is there"))
    return Finding(
        "licence-font",
        "problem",
        Text(zh="缺少证照字体", en="The font of licences is missing"),
        Text(zh="运行 make assets", en="Run make assets"),
    )


def _screen_font() -> Finding:
    program = shutil.which("fc-list")
    if program is None:
        has_font = any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))
    else:
        command = [program, ":lang=zh-cn", "family"]
        has_font = bool(subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout.strip())
    if has_font:
        return Finding("screen-font", "ok", Text(zh="有中文屏幕字体", en="A Chinese screen font is installed"))
    return Finding(
        "screen-font",
        "warning",
        Text(zh="没有中文屏幕字体，截图测试无法通过", en="No Chinese screen font: the browser tests cannot pass"),
        Text(zh="apt-get install fonts-noto-cjk", en="apt-get install fonts-noto-cjk"),
    )


def find_browser() -> Path | None:
    """A Chromium that can be driven from outside: not Ubuntu's snap."""
    for name in (os.environ.get("TONGBAN_CHROMIUM", ""), *BROWSERS):
        found = shutil.which(name) if name else None
        if found and not _is_snap(Path(found)):
            return Path(found)
    return None


def _is_snap(program: Path) -> bool:
    target = program.resolve()
    if target.is_relative_to("/snap") or target == Path("/usr/bin/snap"):
        return True
    with program.open("rb") as file:
        return b"/snap/bin/chromium" in file.read(4096)


def _browser() -> Finding:
    browser = find_browser()
    if browser:
        return Finding("browser", "ok", same(str(browser)))
    return Finding(
        "browser",
        "warning",
        Text(zh="没有测试用的 Chromium", en="No Chromium for the tests"),
        Text(
            zh="apt-get install chromium（Ubuntu 上是 snap，不能用："
            "运行 .venv/bin/playwright install --with-deps chromium，并把 TONGBAN_CHROMIUM 设为它的路径）",
            en="apt-get install chromium (on Ubuntu that is a snap, which cannot be driven: run "
            ".venv/bin/playwright install --with-deps chromium and set TONGBAN_CHROMIUM to its path)",
        ),
    )


def _translations() -> Finding:
    repository = _SOURCE.parents[1]
    compiled = [*repository.glob("locale/en/**/*.mo"), *_SOURCE.glob("locale/en/**/*.mo")]
    if compiled:
        return Finding("translations", "ok", Text(zh="英文目录已编译", en="The English catalogue is compiled"))
    return Finding(
        "translations",
        "warning",
        Text(zh="英文目录未编译，界面只有中文", en="The English catalogue is not compiled: pages are Chinese only"),
        Text(zh="运行 make assets", en="Run make assets"),
    )


def _privacy(data_dir: Path) -> Finding:
    folder = data_dir / "secrets"
    if not folder.exists():
        return Finding("secrets", "ok", Text(zh="首次启动时生成密钥", en="Keys are made at the first start"))
    open_to_others = [
        path for path in (folder, *folder.iterdir()) if path.is_file() or path == folder if _others_may_read(path)
    ]
    if not open_to_others:
        return Finding("secrets", "ok", Text(zh="密钥文件只有本用户可读", en="Only this user can read the keys"))
    return Finding(
        "secrets",
        "problem",
        Text(
            zh=f"其他用户可以读 {folder} 中的 {len(open_to_others)} 个文件",
            en=f"Other users can read {len(open_to_others)} of the files in {folder}",
        ),
        same(f"chmod -R go-rwx {folder}"),
    )


def _others_may_read(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
