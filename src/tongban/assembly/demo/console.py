"""What the demo says in the terminal: a line a step with its seconds, then where to go and who to be."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from unicodedata import east_asian_width

from tongban.kernel.errors import Text

LABEL_COLUMNS = 48


class Console:
    """Plain lines in both languages, so that they also read well in a file."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @contextmanager
    def step(self, label: Text) -> Iterator[None]:
        """A step: named when it begins, timed when it ends."""
        began = time.monotonic()
        words = f"{label.zh} {label.en}"
        print(f"· {words}", end="", flush=True)
        try:
            yield
        except BaseException:
            print(flush=True)
            raise
        print(f"{' ' * max(1, LABEL_COLUMNS - _columns(words))}{time.monotonic() - began:5.1f} s", flush=True)

    def tell(self, text: Text) -> None:
        """One event."""
        print("\n".join(f"  {line}" for line in dict.fromkeys((text.zh, text.en))), file=sys.stderr, flush=True)

    def ready(
        self, addresses: Mapping[str, str], accounts: Sequence[Mapping[str, str]], password: str, totp_secret: str
    ) -> None:
        """Where to go and who to be."""
        seconds = time.monotonic() - self.began
        print(f"\n就绪 Ready  ({seconds:.1f} s)\n")
        for label, address in addresses.items():
            print(f"  {_padded(label, 30)}{address}")
        print(f"\n  演示账号 Demo accounts（口令 password: {password}）")
        for account in accounts:
            print(f"  {_padded(account['username'], 30)}{account['who']}")
        print("\n  工作人员还要验证码，页面会显示 Staff also type a code, which the page shows")
        print(f"  {_padded('验证器密钥 TOTP secret', 30)}{totp_secret}")
        print("\n按 Ctrl-C 停止，数据保留。Ctrl-C stops; the data is kept.\n", flush=True)


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, columns: int) -> str:
    return text + " " * max(1, columns - _columns(text))
