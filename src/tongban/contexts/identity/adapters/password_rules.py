"""What a password may not be: one that was in a breach, digits only, or one that says whose it is."""

from __future__ import annotations

import mmap
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongban.contexts.identity.domain.password_filter import PasswordFilter, normalise

FILTER_FILE = Path(__file__).resolve().parents[1] / "breached" / "passwords.fuse"
_SHORTEST_WORD, _SHORTEST_CHINESE = 4, 2


@cache
def breached() -> PasswordFilter:
    """The shipped filter, mapped: opening it reads a header, and a question reads three places."""
    with FILTER_FILE.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mapped.madvise(mmap.MADV_RANDOM)
    return PasswordFilter(memoryview(mapped))


class NotBreached:
    """Refuses passwords from known breaches, and digits alone: birthdays, telephone and identity numbers."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises: ValidationError saying what to do."""
        if unicodedata.normalize("NFKC", password).isdecimal():
            raise ValidationError(_("密码不要只用数字：生日、手机号最先被人试"), code="password_entirely_numeric")
        if normalise(password) in breached():
            raise ValidationError(
                _("这个密码在泄露过的密码里，别人会先试它。换一个，比如把几个不相干的词连起来"),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("不要用泄露过的常见密码，也不要只用数字")


class NotAboutOneself:
    """Refuses passwords that hold the username, number, address or name of their owner, or the city's name."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = tuple(words)

    def validate(self, password: str, user: Any = None) -> None:
        """Raises: ValidationError naming what the password holds."""
        folded = normalise(password)
        for word in (*self._words, *_words_of(user)):
            if _is_telling(word) and normalise(word) in folded:
                raise ValidationError(
                    _("密码里不要有“%(word)s”：用户名、手机号、姓名、城市名最先被人试") % {"word": word},
                    code="password_about_oneself",
                )

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("不要包含用户名、手机号、姓名或城市名")


def _words_of(user: Any) -> Iterable[str]:
    phone = str(getattr(user, "phone", None) or "")
    yield from (str(getattr(user, "username", "") or ""), str(getattr(user, "email", "") or "").partition("@")[0])
    yield from (phone, phone[-8:])
    person = getattr(user, "person", None) if getattr(user, "pk", None) else None
    if person is not None:
        yield person.name


def _is_telling(word: str) -> bool:
    """Short words are in too many passwords to tell anything; two Chinese characters are a name."""
    is_chinese = any("\u3400" <= character <= "\u9fff" for character in word)
    return len(word) >= (_SHORTEST_CHINESE if is_chinese else _SHORTEST_WORD)
